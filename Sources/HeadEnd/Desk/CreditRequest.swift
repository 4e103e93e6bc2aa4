internal import ValueProtocol

/// What is ordered, before it has a number.
struct CreditRequest {
    let kind: CreditTransaction.Kind
    let service: UtilityService
    let currency: Currency
    let amount: Amount
    let reference: String?
    /// Of a CONVERT TARIFF.
    var tariff: TariffOrder?
}

extension CreditTransaction {
    /// Whether `wish`, which has no name either, asks for the same.
    func isRepeated(by wish: CreditRequest) -> Bool {
        reference == nil && wish.reference == nil && kind == wish.kind && order.service == wish.service
            && order.amount == wish.amount && order.currency == wish.currency && tariff == wish.tariff
    }
}
