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
    /// Whether a CONVERT TARIFF may take the place of another table that the meter holds for the same time.
    public let replacesTariffAhead: Bool
    /// The master-key card that seals the order, whose float pays for it if it has one; nil for a holder of keys without a
    /// float.
    public private(set) var payer: PartyID?

    public init(
        kind: CreditTransaction.Kind, service: UtilityService, currency: Currency, amount: Amount, reference: String?,
        tariff: TariffOrder? = nil, replacesTariffAhead: Bool = false, payer: PartyID? = nil
    ) {
        self.kind = kind
        self.service = service
        self.currency = currency
        self.amount = amount
        self.reference = reference
        self.tariff = tariff
        self.replacesTariffAhead = replacesTariffAhead
        self.payer = payer
    }
}

extension CreditRequest {
    /// The same order, sealed by another authority.
    package func paid(by payer: PartyID?) -> CreditRequest {
        var request = self
        request.payer = payer
        return request
    }
}

extension CreditTransaction {
    /// Whether `request`, which also has no reference, requests the same.
    package func isRepeated(by request: CreditRequest, now: Timestamp) -> Bool {
        reference == nil && request.reference == nil && asksForTheSame(as: request, now: now)
    }

    /// Whether `request` requests the same, regardless of the references. A table for once is the same at any time.
    package func asksForTheSame(as request: CreditRequest, now: Timestamp) -> Bool {
        guard kind == request.kind, order.service == request.service, order.amount == request.amount,
            order.currency == request.currency
        else { return false }
        guard let tariff, let repeated = request.tariff else { return tariff == request.tariff }
        return repeated.repeats(tariff, takenAt: order.time, now: now)
    }
}
