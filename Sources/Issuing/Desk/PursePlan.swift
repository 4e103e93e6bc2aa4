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
        return "\(service): at most \(limit) \(currency)\(bound)"
    }
}
