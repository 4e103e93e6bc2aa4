public import ValueProtocol

extension MeterStore {
    /// All of a meter's records of one series, oldest first.
    public func use(of meter: PartyID, _ series: UsageSeries) throws(HostError) -> [UsageRecord] {
        try use(of: meter, series, from: Timestamp(rawValue: 0), to: Timestamp(rawValue: .max))
    }

    /// All events of a meter, oldest first.
    public func events(of meter: PartyID) throws(HostError) -> [EventRecord] {
        try events(of: meter, from: Timestamp(rawValue: 0), to: Timestamp(rawValue: .max))
    }
}
