import ValueProtocol

/// The lower end of a trunk, which serves: an area unit toward a host, or a local unit toward an area unit.
///
/// Its owner takes exchanges with ``next(at:)``, the most urgent first, and says with ``finish(_:_:)`` what became of each. An
/// exchange that is sent again is recognized by its id: it is never handed on twice, and an answer is kept until the upper side
/// has acknowledged it. What it holds never exceeds the credit that it gives, beside what it kept over a restart. It has no
/// clock and no connection, as ``TrunkUpper``.
///
/// One that keeps a queue writes loads and recoveries down: after each call what it wants written is dequeued with
/// ``dequeueRecords()``, and confirmed with ``recorded(at:)`` or ``notRecorded(at:)``. What is not written down is not accepted.
public struct TrunkLower: Sendable {
    /// What the owner has to know.
    public enum Event: Sendable, Hashable {
        /// The upper side's process is another one: it has none of the reports of before.
        case newUpper
        /// The upper side takes back an exchange that was handed on, or is gone. If the element has not received it, it need
        /// not; ``TrunkLower/finish(_:_:)`` is awaited all the same.
        case cancelled(ExchangeID)
    }

    private enum Phase: Sendable {
        case closed
        /// One's own hello is to be sent.
        case connected
        /// The other's is awaited.
        case greeting
        case open
    }

    private enum State: Sendable {
        /// It is being written down.
        case arriving(Exchange)
        /// Of before a restart: nobody has asked for it since.
        case dormant(Exchange, hasBegun: Bool)
        case waiting
        case handedOn
        case answered(ExchangeOutcome, wasSent: Bool)
    }

    private struct Entry: Sendable {
        let meter: PartyID
        let device: Exchange.Device
        /// In the order in which they came.
        let number: Int
        var state: State
        /// Whether it is written down.
        var isKept = false
        /// Whether the process that asked is gone.
        var isAbandoned = false
    }

    private let process: UInt64
    /// The number of the queue that it keeps; 0 for none.
    private let keeping: UInt64
    private let limits: TrunkLimits
    private var phase = Phase.closed
    private var peer = TrunkHello(process: 0)
    private var upperProcess: UInt64 = 0

    private var entries: [ExchangeID: Entry] = [:]
    private var number = 0
    private var queue = ExchangeQueue()
    /// Those of before a restart that nobody has asked for, by deadline.
    private var dormant: [(deadline: Duration, id: ExchangeID)] = []
    /// Credit that was given and not used, in this connection.
    private var granted = 0

    private var accepted: [ExchangeID] = []
    private var answers: [ExchangeID] = []
    private var events: [Event] = []
    private var records: [TrunkRecord] = []
    private var recordsUnderWay: [TrunkRecord] = []

    private var reports: [TrunkReport] = []
    private var reportNumber: UInt64 = 0
    /// The reports before this index of `reports` were sent in this connection.
    private var reportsSent = 0

    /// - Parameters:
    ///   - process: a random number above 0, drawn when the process starts.
    ///   - limits: its `credit`, `reports`, `items` and `bytes` are used.
    ///   - kept: the loads and recoveries that it has written down, with deadlines by its time; nil for one that keeps none.
    public init(process: UInt64, limits: TrunkLimits = TrunkLimits(), kept: KeptQueue? = nil) {
        precondition(process != 0, "a process has a number above 0")
        precondition(limits.credit > 0 && limits.reports > 1, "nothing can be served without credit")
        self.process = process
        self.limits = limits
        keeping = kept?.number ?? 0
        guard let kept else { return }
        upperProcess = kept.upper
        for item in kept.entries {
            number += 1
            let state: State =
                item.outcome.map { .answered($0, wasSent: false) } ?? .dormant(item.exchange, hasBegun: item.hasBegun)
            let id = item.exchange.id
            entries[id] = Entry(
                meter: item.exchange.meter, device: item.exchange.device, number: number, state: state, isKept: true)
            if item.outcome == nil { dormant.append((item.exchange.deadline, id)) } else { answers.append(id) }
        }
        dormant.sort { ($0.deadline, $0.id.number) < ($1.deadline, $1.id.number) }
    }

    /// Whether both sides have said hello.
    public var isOpen: Bool { phase == .open }
    /// Exchanges that it holds: waiting, handed on, or answered and not acknowledged. Never above the limit.
    public var count: Int { entries.count }
    /// Of those, the ones whose answers the upper side awaits: not those of before a restart that it has not asked for again.
    public var awaitedCount: Int { entries.count - dormant.count }
    /// Exchanges that wait for the owner.
    public var waitingCount: Int { queue.count }

    /// Whether something waits to be written down.
    public var hasRecords: Bool { !records.isEmpty }

    // MARK: The owner

    /// Hands the most urgent exchange on; nil where none waits. Its deadline is by this side's time.
    public mutating func next(at now: Duration) -> Exchange? {
        advance(to: now)
        guard let exchange = queue.popFirst() else { return nil }
        entries[exchange.id]?.state = .handedOn
        return exchange
    }

    /// Says what became of an exchange that was handed on.
    ///
    /// - Returns: false where it was not, or had ended before; then nothing changes.
    @discardableResult
    public mutating func finish(_ id: ExchangeID, _ outcome: ExchangeOutcome) -> Bool {
        precondition(outcome.byteCount <= TrunkHello.minBytes, "a response has at most 65,538 bytes")
        guard let entry = entries[id], case .handedOn = entry.state else { return false }
        if entry.isAbandoned {
            entries[id] = nil
        } else {
            answer(id, outcome)
        }
        return true
    }

    /// Dequeues what is to be written down now, on stable storage; nothing while the last of it is not confirmed.
    public mutating func dequeueRecords() -> [TrunkRecord] {
        guard recordsUnderWay.isEmpty else { return [] }
        (recordsUnderWay, records) = (records, [])
        return recordsUnderWay
    }

    /// What was dequeued is written down.
    public mutating func recorded(at now: Duration) {
        for case .accepted(let exchange) in recordsUnderWay {
            guard case .arriving = entries[exchange.id]?.state else { continue }
            entries[exchange.id]?.state = .waiting
            queue.insert(exchange)
            if isOpen { accepted.append(exchange.id) }
        }
        recordsUnderWay = []
        advance(to: now)
    }

    /// What was dequeued could not be written down: what it was to accept is refused, the rest is to be written later.
    public mutating func notRecorded(at now: Duration) {
        var rest: [TrunkRecord] = []
        var refused: Set<ExchangeID> = []
        for record in recordsUnderWay {
            switch record {
            case .accepted(let exchange):
                refused.insert(exchange.id)
                entries[exchange.id]?.isKept = false
                if case .arriving = entries[exchange.id]?.state { answer(exchange.id, .notSent(.full)) }
            case .answered(let id, _), .began(let id), .ended(let id):
                if !refused.contains(id) { rest.append(record) }
            case .upper: rest.append(record)
            }
        }
        records.removeAll { record in
            switch record {
            case .answered(let id, _), .ended(let id): refused.contains(id)
            case .upper, .accepted, .began: false
            }
        }
        (recordsUnderWay, records) = ([], rest + records)
        advance(to: now)
    }

    /// Reports something. It is kept until the upper side has it; beyond the limit the oldest is dropped, and that is reported.
    public mutating func report(_ report: UnitReport) {
        reportNumber += 1
        reports.append(TrunkReport(reportNumber, report))
        guard reports.count > limits.reports else { return }
        // The two oldest make way for a count, under the number of the second.
        let dropped = (reports.removeFirst(), reports.removeFirst())
        reportsSent = max(0, reportsSent - 2)
        let (unit, time) = (dropped.1.report.unit, dropped.1.report.time)
        let count = dropped.0.report.lostCount + dropped.1.report.lostCount
        reports.insert(TrunkReport(dropped.1.number, UnitReport(from: unit, at: time, .lost(count))), at: 0)
    }

    /// Dequeues what the owner has to know.
    public mutating func dequeueEvents() -> [Event] {
        defer { events = [] }
        return events
    }

    // MARK: Connection

    /// There is a connection to the upper side.
    public mutating func connected(at now: Duration) {
        if phase != .closed { disconnected(at: now) }
        phase = .connected
    }

    /// The connection was interrupted. What is held is held on.
    public mutating func disconnected(at now: Duration) {
        phase = .closed
        granted = 0
        (accepted, answers) = ([], [])
        reportsSent = 0
        for id in ids() {
            guard case .answered(let outcome, _) = entries[id]?.state else { continue }
            entries[id]?.state = .answered(outcome, wasSent: false)
            answers.append(id)
        }
    }

    /// Takes a message of the upper side.
    ///
    /// - Throws: `TrunkError` where it is not one that the upper side may send now. The connection has to be closed, and
    ///   ``disconnected(at:)`` called; what was in the message before the fault may have been taken.
    public mutating func receive(_ message: TrunkMessage, at now: Duration) throws(TrunkError) {
        switch message {
        case .hello(let hello):
            guard phase == .greeting else { throw TrunkError(.outOfTurn, message.name) }
            try greet(hello)
            return
        case .credit, .accepted, .answers, .reports: throw TrunkError(.outOfTurn, message.name)
        case .exchanges, .cancel, .acknowledge, .acknowledgeReports:
            guard phase == .open else { throw TrunkError(.outOfTurn, message.name) }
        }
        switch message {
        case .exchanges(let exchanges):
            try check(exchanges.count, message)
            guard exchanges.reduce(0, { $0 + $1.command.count }) <= limits.bytes else {
                throw TrunkError(.tooLarge, message.name)
            }
            for exchange in exchanges { try take(exchange, at: now) }
        case .cancel(let ids):
            try check(ids.count, message)
            for id in ids { cancel(id) }
        case .acknowledge(let ids):
            try check(ids.count, message)
            for id in ids {
                guard let entry = entries[id] else { continue }
                guard case .answered(_, wasSent: true) = entry.state else {
                    throw TrunkError(.outOfTurn, message.name)
                }
                if entry.isKept { records.append(.ended(id)) }
                entries[id] = nil
            }
        case .acknowledgeReports(let number):
            guard number <= reportNumber else { throw TrunkError(.outOfTurn, message.name) }
            let count = reports.prefix { $0.number <= number }.count
            guard count <= reportsSent else { throw TrunkError(.outOfTurn, message.name) }
            reports.removeFirst(count)
            reportsSent -= count
        default: break
        }
    }

    private mutating func greet(_ hello: TrunkHello) throws(TrunkError) {
        try hello.check()
        phase = .open
        peer = hello
        guard hello.process != upperProcess else { return }
        upperProcess = hello.process
        events.append(.newUpper)
        if keeping != 0 { records.append(.upper(upperProcess)) }
        dormant = []
        // Nobody waits for these any more.
        for id in ids() {
            guard let entry = entries[id] else { continue }
            switch entry.state {
            case .arriving, .dormant, .waiting, .answered:
                queue.remove(id)
                entries[id] = nil
            case .handedOn:
                guard !entry.isAbandoned else { continue }
                entries[id]?.isAbandoned = true
                events.append(.cancelled(id))
            }
        }
        answers = []
    }

    private func check(_ count: Int, _ message: TrunkMessage) throws(TrunkError) {
        guard count <= limits.items else { throw TrunkError(.tooLarge, message.name) }
    }

    private mutating func take(_ exchange: TrunkExchange, at now: Duration) throws(TrunkError) {
        guard granted > 0 else { throw TrunkError(.beyondCredit, "exchange \(exchange.id)") }
        guard exchange.command.count <= TrunkHello.minBytes, exchange.timeLeft >= .zero else {
            throw TrunkError(.malformed, "exchange \(exchange.id)")
        }
        granted -= 1
        if let known = entries[exchange.id] {
            guard known.meter == exchange.meter, known.device == exchange.device else {
                throw TrunkError(.reusedID, "exchange \(exchange.id)")
            }
            entries[exchange.id]?.isAbandoned = false
            switch known.state {
            case .arriving: break
            case .dormant(let kept, let hasBegun): goOn(with: kept, hasBegun, timeLeft: exchange.timeLeft, at: now)
            case .answered: answers.append(exchange.id)
            case .waiting, .handedOn: accepted.append(exchange.id)
            }
            return
        }
        number += 1
        entries[exchange.id] = Entry(
            meter: exchange.meter, device: exchange.device, number: number, state: .waiting)
        // It was accepted, and is not here: by a process before this one.
        guard !exchange.command.isEmpty else { return answer(exchange.id, .perhapsDone(.restarted)) }
        guard exchange.timeLeft > .zero else { return answer(exchange.id, .notSent(.late)) }
        let received = Exchange(
            exchange.id, with: exchange.meter, exchange.device, exchange.priority, until: now + exchange.timeLeft,
            command: exchange.command)
        if keeping != 0, exchange.priority.isKept {
            entries[exchange.id]?.state = .arriving(received)
            entries[exchange.id]?.isKept = true
            records.append(.accepted(received))
        } else {
            queue.insert(received)
            accepted.append(exchange.id)
        }
    }

    /// The upper side still wants what was kept over a restart. What may have been on a line is not sent there again.
    private mutating func goOn(
        with kept: Exchange, _ hasBegun: Bool, timeLeft: Duration, at now: Duration
    ) {
        dormant.removeAll { $0.id == kept.id }
        guard !hasBegun else { return answer(kept.id, .perhapsDone(.restarted)) }
        guard timeLeft > .zero else { return answer(kept.id, .notSent(.late)) }
        entries[kept.id]?.state = .waiting
        queue.insert(
            Exchange(
                kept.id, with: kept.meter, kept.device, kept.priority, until: now + timeLeft, command: kept.command))
        accepted.append(kept.id)
    }

    /// In the order in which they came, so that equal runs are equal.
    private func ids() -> [ExchangeID] {
        entries.sorted { $0.value.number < $1.value.number }.map { $0.key }
    }

    private mutating func cancel(_ id: ExchangeID) {
        guard let entry = entries[id] else { return }
        switch entry.state {
        case .arriving, .waiting:
            queue.remove(id)
            answer(id, .notSent(.cancelled))
        case .dormant(_, let hasBegun):
            dormant.removeAll { $0.id == id }
            answer(id, hasBegun ? .perhapsDone(.restarted) : .notSent(.cancelled))
        case .handedOn: events.append(.cancelled(id))
        case .answered: break
        }
    }

    private mutating func answer(_ id: ExchangeID, _ outcome: ExchangeOutcome) {
        entries[id]?.state = .answered(outcome, wasSent: false)
        if entries[id]?.isKept == true { records.append(.answered(id, outcome)) }
        answers.append(id)
    }

    // MARK: Messages

    /// Dequeues the next message to send; nil where there is none. Ask again only when the one before is on its way.
    public mutating func dequeueMessage(at now: Duration) -> TrunkMessage? {
        advance(to: now)
        if phase == .connected {
            phase = .greeting
            return .hello(
                TrunkHello(process: process, maxItems: limits.items, maxBytes: limits.bytes, queue: keeping))
        }
        guard phase == .open else { return nil }
        if !accepted.isEmpty { return .accepted(accepted.dequeue(peer.maxItems)) }
        let batch = nextAnswers()
        if !batch.isEmpty { return .answers(batch) }
        // In portions: a message per exchange would cost more than the exchange.
        let free = limits.credit - (entries.count - dormant.count) - granted
        if free > 0, granted == 0 || free >= max(1, limits.credit / 8) {
            granted += free
            return .credit(UInt32(free))
        }
        return nextReports(at: now)
    }

    private mutating func nextAnswers() -> [TrunkAnswer] {
        var batch: [TrunkAnswer] = []
        var (bytes, used) = (0, 0)
        for id in answers {
            guard batch.count < peer.maxItems else { break }
            if let entry = entries[id], case .answered(let outcome, _) = entry.state {
                guard bytes + outcome.byteCount <= peer.maxBytes else { break }
                bytes += outcome.byteCount
                entries[id]?.state = .answered(outcome, wasSent: true)
                batch.append(TrunkAnswer(id, outcome))
            }
            used += 1
        }
        answers.removeFirst(used)
        return batch
    }

    private mutating func nextReports(at now: Duration) -> TrunkMessage? {
        var batch: [TrunkReport] = []
        var bytes = 0
        while reportsSent < reports.count, batch.count < peer.maxItems {
            let item = reports[reportsSent]
            guard bytes + item.report.byteCount <= peer.maxBytes || batch.isEmpty else { break }
            bytes += item.report.byteCount
            reportsSent += 1
            batch.append(TrunkReport(item.number, item.report.at((now - item.report.time).wholeMilliseconds)))
        }
        return batch.isEmpty ? nil : .reports(batch)
    }

    // MARK: Time

    /// When ``advance(to:)`` next has something to do; nil while nothing waits.
    public var wake: Duration? {
        mutating get {
            let waiting = queue.nextDeadline
            guard let first = dormant.first?.deadline else { return waiting }
            return min(first, waiting ?? first)
        }
    }

    /// Advances the time: exchanges that were not handed on in time end.
    public mutating func advance(to now: Duration) {
        while let exchange = queue.popExpired(at: now) { answer(exchange.id, .notSent(.late)) }
        while let first = dormant.first, first.deadline <= now {
            guard case .dormant(_, let hasBegun) = entries[first.id]?.state else {
                preconditionFailure("it is dormant")
            }
            dormant.removeFirst()
            answer(first.id, hasBegun ? .perhapsDone(.restarted) : .notSent(.late))
        }
    }
}
