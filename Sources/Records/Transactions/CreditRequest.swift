public import ValueProtocol

/// An order before it has a number.
public struct CreditRequest: Sendable, Hashable {
    public let kind: CreditTransaction.Kind
    public let service: UtilityService
    public let currency: Currency
    /// Zero for a CONVERT TARIFF.
    public let amount: Amount
    /// The caller's identifier of the order; orders with the same reference are applied once.
    public let reference: String?
    /// The table of a CONVERT TARIFF; otherwise nil.
    public let tariff: TariffOrder?
    /// Whether a CONVERT TARIFF may replace the table that the meter holds for a later time.
    public let replacesTariffAhead: Bool

    public init(
        kind: CreditTransaction.Kind, service: UtilityService, currency: Currency, amount: Amount, reference: String?,
        tariff: TariffOrder? = nil, replacesTariffAhead: Bool = false
    ) {
        self.kind = kind
        self.service = service
        self.currency = currency
        self.amount = amount
        self.reference = reference
        self.tariff = tariff
        self.replacesTariffAhead = replacesTariffAhead
    }
}

extension CreditTransaction {
    /// Whether `request`, which also has no reference, requests the same.
    package func isRepeated(by request: CreditRequest) -> Bool {
        reference == nil && request.reference == nil && asksForTheSame(as: request)
    }

    /// Whether `request` requests the same, regardless of the references.
    package func asksForTheSame(as request: CreditRequest) -> Bool {
        kind == request.kind && order.service == request.service && order.amount == request.amount
            && order.currency == request.currency && tariff == request.tariff
    }
}
