public import ValueProtocol

/// One purse that an issued element will have.
public struct PursePlan: Sendable, Hashable, CustomStringConvertible {
    public let service: UtilityService
    public let currency: Currency
    /// The maximum balance.
    public let limit: Amount
    /// The meter that may draw from it; `.none` for a meter's own purse, or a float.
    public let meter: PartyID
    /// The version of the meter's TRANSFER key; 0 without a meter.
    public let version: UInt8

    public init(
        service: UtilityService, currency: Currency, limit: Amount, meter: PartyID = .none, version: UInt8 = 0
    ) {
        self.service = service
        self.currency = currency
        self.limit = limit
        self.meter = meter
        self.version = version
    }

    /// The operation that creates it.
    public var bind: Bind {
        Bind(service: service, currency: currency, limit: limit, meter: meter, version: version)
    }

    public var description: String {
        let bound = meter == .none ? "" : ", bound to \(meter) under TRANSFER \(version)"
        return "\(service): at most \(limit.money(in: currency))\(bound)"
    }
}

extension PursePlan {
    /// Parses a purse: service, currency and limit, and the meter to which it is bound, if any: `gas:EUR:200.00`,
    /// `gas:EUR:200.00:00A1B2C3-02-000078`.
    ///
    /// - Returns: nil if the text is not a purse.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        guard (3...4).contains(parts.count), let service = UtilityService(named: parts[0]),
            let currency = Currency(parts[1]), let limit = Amount(parts[2])
        else { return nil }
        var meter = PartyID.none
        if parts.count == 4 {
            guard let bound = PartyID(parts[3]) else { return nil }
            meter = bound
        }
        self.init(service: service, currency: currency, limit: limit, meter: meter)
    }
}
