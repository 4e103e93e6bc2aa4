public import ISO7816
public import Records
public import ValueProtocol

/// The result of reading a meter's usage.
public struct UseReading: Sendable, Hashable {
    public let meter: PartyID
    /// The meter's clock at the reading.
    public let clock: Timestamp
    /// The number of new hours, days, weeks and months.
    public let newRecords: [UsageSeries: Int]
    /// The new events, oldest first.
    public let newEvents: [EventRecord]
    /// Transactions in doubt that were resolved.
    public let recovered: [CreditTransaction]
}

extension CreditDesk {
    /// The usage series, in the order in which they are read.
    public static let useSeries: [UsageSeries] = [.hours, .days, .weeks, .months]

    /// Reads a meter's usage and events since the last reading, and records them.
    ///
    /// - Parameters:
    ///   - channel: the channel to the meter.
    ///   - expected: the meter that must answer; nil accepts any.
    ///   - everything: whether to read everything that the meter still has.
    /// - Throws: `HostError` `.noSession` if the meter did not answer completely (what was read is kept, and the next
    ///   call reads the rest), `.stillInDoubt`, or of the records.
    public func readUse(
        over channel: any CardChannel, expecting expected: PartyID? = nil, everything: Bool = false
    ) throws(HostError) -> UseReading {
        let meter = try select(over: channel, expecting: expected)
        var contact = try openContact(.usage, with: meter, over: channel)
        let recovered = contact.recovered
        let service = UtilityService(rawValue: meter.eid.kind.rawValue)
        _ = try contact.ask(service)
        var pages = 0
        var clock = now
        var newRecords: [UsageSeries: Int] = [:]
        var newEvents: [EventRecord] = []
        for series in CreditDesk.useSeries + [.events] {
            var from = everything ? Timestamp(rawValue: 0) : try records.readingStart(series, of: meter.eid)
            var cursor: UInt16 = 0
            var use: [UsageRecord] = []
            var events: [EventRecord] = []
            func keep() throws(HostError) {
                if series == .events {
                    newEvents = try records.record(events, of: meter.eid, at: now)
                } else {
                    newRecords[series] = try records.record(use, series, of: meter.eid, at: now)
                }
            }
            do throws(HostError) {
                repeat {
                    // A session has 256 exchanges; the next one continues at the last record, which is read again.
                    if pages == CreditDesk.pagesOfSession {
                        contact = try openContact(.usage, with: meter, over: channel)
                        (pages, cursor) = (0, 0)
                        from = use.last?.start ?? events.last?.time ?? from
                        use.removeAll { $0.start >= from }
                        events.removeAll { $0.time >= from }
                    }
                    pages += 1
                    let page = try contact.perform(
                        ReadUsage(
                            time: now, series: series, from: from, to: Timestamp(rawValue: .max), cursor: cursor))
                    if series == .events {
                        events += try whole(EventRecord.records(page.records), meter.eid)
                    } else {
                        use += try whole(UsageRecord.records(page.records), meter.eid)
                    }
                    // A cursor that stands still would be read forever.
                    cursor = try whole(page.next > cursor ? page.next : nil, meter.eid)
                    clock = page.clock
                } while cursor != ReadUsage.end
            } catch {
                try keep()
                throw error
            }
            try keep()
        }
        try records.recordClock(clock, of: meter.eid, at: now)
        try records.recordReading(upTo: clock, of: meter.eid)
        return UseReading(
            meter: meter.eid, clock: clock, newRecords: newRecords, newEvents: newEvents, recovered: recovered)
    }

    /// Less than a session's 256 exchanges, because STATUS comes first.
    private static let pagesOfSession = 250

    private func whole<Content>(_ found: Content?, _ meter: PartyID) throws(HostError) -> Content {
        guard let found else {
            throw HostError(.noSession, "\(meter)", cause: SessionError(.malformedAnswer, "READ USAGE of \(meter)"))
        }
        return found
    }
}
