internal import Issuing
public import Records
public import ValueProtocol

/// The host's records of one meter: balance, clock, use and events.
public struct MeterRecords: Sendable, Hashable {
    public let meter: PartyID
    /// The last proven balance of its purse.
    public let balance: ProvenBalance?
    /// The last reading of its clock.
    public let clock: ClockRecord?
    /// By hour, oldest first.
    public let hours: [UsageRecord]
    /// By day, oldest first.
    public let days: [UsageRecord]
    /// By week, oldest first.
    public let weeks: [UsageRecord]
    /// By month, oldest first.
    public let months: [UsageRecord]
    /// Oldest first.
    public let events: [EventRecord]
    /// Of its purse; nil if nothing was loaded yet and it was not issued here.
    public let currency: Currency?

    public init(
        meter: PartyID, balance: ProvenBalance? = nil, clock: ClockRecord? = nil, hours: [UsageRecord] = [],
        days: [UsageRecord] = [], weeks: [UsageRecord] = [], months: [UsageRecord] = [], events: [EventRecord] = [],
        currency: Currency? = nil
    ) {
        self.meter = meter
        self.balance = balance
        self.clock = clock
        self.hours = hours
        self.days = days
        self.weeks = weeks
        self.months = months
        self.events = events
        self.currency = currency
    }
}

extension HostContext {
    /// The host's records of `meter`.
    ///
    /// - Throws: `WorkplaceError` `.unknownElement` if it never contacted the meter; `HostError` of the record file;
    ///   `JournalError`.
    public func meterRecords(of meter: PartyID) throws -> MeterRecords {
        guard try records.element(meter) != nil else { throw WorkplaceError(.unknownElement, "\(meter)") }
        let loaded = try records.transactions(of: meter).last?.order.currency
        return MeterRecords(
            meter: meter, balance: try records.balances(of: meter).first { $0.service.rawValue == meter.kind.rawValue },
            clock: try records.clocks(of: meter).last { $0.clock != nil }, hours: try records.use(of: meter, .hours),
            days: try records.use(of: meter, .days), weeks: try records.use(of: meter, .weeks),
            months: try records.use(of: meter, .months), events: try records.events(of: meter),
            currency: try loaded ?? purses(of: meter).first?.currency)
    }
}
