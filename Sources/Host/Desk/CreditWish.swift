internal import ValueProtocol

/// What is ordered, before it has a number.
struct CreditWish {
    let kind: CreditTransaction.Kind
    let service: Service
    let currency: Currency
    let amount: Amount
    let reference: String?
    /// Of a CONVERT TARIFF.
    var tariff: TariffOrder?
}
