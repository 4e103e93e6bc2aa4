import Records
import ValueProtocol

/// A meter's clock, its usage and events, and what meters report by card.
extension ElementContact {
    /// How far a meter's usage and events are read.
    struct UseProgress {
        let everything: Bool
        var index = 0
        /// Whether a series is being read: an error keeps what there is of it.
        var isInSeries = false
        var from = Timestamp(rawValue: 0)
        var cursor: UInt16 = 0
        /// In this session.
        var pages = 0
        var clock = Timestamp(rawValue: 0)
        var use: [UsageRecord] = []
        var events: [EventRecord] = []
        var newRecords: [UsageSeries: Int] = [:]
        var newEvents: [EventRecord] = []

        static let allSeries: [UsageSeries] = ElementClient.useSeries + [.events]
        /// Less than a session's 256 exchanges, because STATUS comes first.
        static let pagesOfSession = 250

        init(everything: Bool) { self.everything = everything }

        var series: UsageSeries { UseProgress.allSeries[index] }

        func request(at now: Timestamp) -> [UInt8] {
            ReadUsage(time: now, series: series, from: from, to: Timestamp(rawValue: .max), cursor: cursor).request
        }

        /// The next session continues at the last record, which is read again.
        mutating func continueInNewSession() {
            (pages, cursor) = (0, 0)
            from = use.last?.start ?? events.last?.time ?? from
            use.removeAll { $0.start >= from }
            events.removeAll { $0.time >= from }
        }
    }

    mutating func readSeries() -> ContactStep {
        guard let progress = reading else { preconditionFailure("series are read by a task that reads") }
        guard progress.index < UseProgress.allSeries.count else {
            return record(.clock(progress.clock, eid), .clockRead(progress.clock))
        }
        reading?.cursor = 0
        reading?.use = []
        reading?.events = []
        guard !progress.everything else { return beginSeries(at: Timestamp(rawValue: 0)) }
        return record(.readingStart(progress.series, eid), .seriesStart)
    }

    private mutating func beginSeries(at from: Timestamp) -> ContactStep {
        reading?.from = from
        reading?.isInSeries = true
        return readPage()
    }

    mutating func readPage() -> ContactStep {
        guard let progress = reading else { preconditionFailure("pages are read by a task that reads") }
        if progress.pages == UseProgress.pagesOfSession {
            reading?.continueInNewSession()
            agenda = [.resolve(.usage), .readPage]
            return next()
        }
        reading?.pages += 1
        return seal(.page)
    }

    mutating func takePage(_ page: ReadUsage.Answer) throws(SessionError) -> ContactStep {
        guard var progress = reading else { preconditionFailure("pages are read by a task that reads") }
        let malformed = SessionError(.malformedAnswer, "READ USAGE of \(eid)")
        if progress.series == .events {
            guard let events = EventRecord.records(page.records) else { throw malformed }
            progress.events += events
        } else {
            guard let use = UsageRecord.records(page.records) else { throw malformed }
            progress.use += use
        }
        // A cursor that stands still would be read forever.
        guard page.next > progress.cursor else {
            reading = progress
            throw malformed
        }
        progress.cursor = page.next
        progress.clock = page.clock
        reading = progress
        return page.next == ReadUsage.end ? keepSeries(then: nil) : readPage()
    }

    /// Records what was read of a series, then goes on or, with an error, ends.
    mutating func keepSeries(then error: HostError?) -> ContactStep {
        guard let progress = reading else { preconditionFailure("series are kept by a task that reads") }
        reading?.isInSeries = false
        let request: RecordRequest =
            progress.series == .events
            ? .events(progress.events, eid) : .use(progress.use, progress.series, eid)
        return record(request, .seriesKept(then: error))
    }

    mutating func whenMeterRecorded(_ note: Note, _ reply: RecordReply) -> ContactStep {
        switch (note, reply) {
        case (.seriesStart, .time(let from)): return beginSeries(at: from)
        case (.seriesKept(let error), .count(let count)):
            if let series = reading?.series { reading?.newRecords[series] = count }
            return seriesEnds(error)
        case (.seriesKept(let error), .events(let events)):
            reading?.newEvents = events
            return seriesEnds(error)
        case (.clockRead(let clock), .done):
            guard reading == nil else { return record(.readingEnd(clock, eid), .readingEnd) }
            return finishSnapshot(clock)
        case (.readingEnd, .done):
            guard let progress = reading else { preconditionFailure("a reading ends where one began") }
            return finish(
                .use(
                    UseReading(
                        meter: eid, clock: progress.clock, newRecords: progress.newRecords,
                        newEvents: progress.newEvents, account: account, recovered: recovered)))
        case (.settingBegun(let target), .number(let number)):
            agenda.insert(.execute(.setClock(target, number: number)), at: 0)
            return next()
        case (.settingEnded(let target, let before), .done):
            return finish(.clock(ClockSetting(meter: eid, before: before, target: target, recovered: recovered)))
        case (.meterStatus, .meterStatus(let statuses)): return finish(.meterStatus(statuses))
        default: preconditionFailure("the records' reply is not to their request")
        }
    }

    private mutating func seriesEnds(_ error: HostError?) -> ContactStep {
        if let error { return fail(error) }
        reading?.index += 1
        return readSeries()
    }

    private mutating func finishSnapshot(_ clock: Timestamp) -> ContactStep {
        guard let selected, let status = lastStatus else { preconditionFailure("a snapshot has a balance") }
        return finish(
            .snapshot(
                MeterSnapshot(
                    meter: eid, state: selected.state, balance: status.balance, clock: clock, time: now,
                    sessions: status.nt, highest: status.highest, account: account, recovered: recovered)))
    }
}
