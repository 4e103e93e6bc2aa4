/// The upper end of a trunk, which asks: a host toward an area unit, or an area unit toward a local unit.
///
/// It holds exchanges in a queue of its own and sends them within the credit that the lower side gives. Each ends exactly once,
/// with what is known. After an interruption those without an answer are sent again under their ids, which the lower side
/// recognizes. It has no clock and no connection: times are passed in as durations since any fixed moment, and the messages to
/// send are dequeued with ``dequeueMessage(at:)``.
public struct TrunkUpper: Sendable {
    private enum Phase: Sendable {
        /// There is no connection.
        case closed
        /// There is one; the lower side has not said hello.
        case connected
        /// Hello was received; one's own is to be sent.
        case greeted
        case open
    }

    /// An exchange that has not ended. Those that wait are in the queue too.
    private struct Entry: Sendable {
        var exchange: Exchange
        /// In the order in which they were asked for.
        let number: Int
        /// In any connection.
        var wasSent = false
        /// In this connection.
        var isOnItsWay = false
        /// Accepted by the lower side's process: it needs no command any more.
        var isAccepted = false
        var isCancelled = false
    }

    private struct Overdue: Comparable, Sendable {
        let end: Duration
        let id: ExchangeID

        static func < (left: Overdue, right: Overdue) -> Bool { left.end < right.end }
    }

    private let process: UInt64
    private let limits: TrunkLimits
    private var phase = Phase.closed
    private var peer = TrunkHello(process: 0)
    /// The lower side's process that was last heard; 0 before the first.
    private var lowerProcess: UInt64 = 0
    /// The queue that it kept then; 0 for none.
    private var lowerQueue: UInt64 = 0
    private var lastReport: UInt64 = 0

    private var entries: [ExchangeID: Entry] = [:]
    private var queue = ExchangeQueue()
    private var overdue = Heap<Overdue>()
    private var number = 0

    private var acknowledgements: [ExchangeID] = []
    /// The last report of this connection, if it is not acknowledged.
    private var reportToAcknowledge: UInt64?
    private var cancellations: [ExchangeID] = []
    private var outcomes: [TrunkAnswer] = []
    private var reports: [UnitReport] = []

    /// So many exchanges may be sent now.
    public private(set) var credit = 0

    /// - Parameters:
    ///   - process: a random number above 0, drawn when the process starts.
    ///   - limits: its `queue`, `grace`, `items` and `bytes` are used.
    public init(process: UInt64, limits: TrunkLimits = TrunkLimits()) {
        precondition(process != 0, "a process has a number above 0")
        self.process = process
        self.limits = limits
    }

    /// Whether both sides have said hello.
    public var isOpen: Bool { phase == .open || phase == .greeted }
    /// Exchanges that have not ended.
    public var count: Int { entries.count }
    /// Exchanges that wait to be sent, for the first time or again.
    public var waitingCount: Int { queue.count }

    // MARK: What is asked for

    /// Takes an exchange over. What becomes of it is among ``dequeueOutcomes()`` once, maybe at once.
    ///
    /// - Returns: false where an exchange with that id has not ended; then nothing changes.
    @discardableResult
    public mutating func exchange(_ exchange: Exchange, at now: Duration) -> Bool {
        guard entries[exchange.id] == nil else { return false }
        precondition(!exchange.command.isEmpty && exchange.command.count <= TrunkHello.minBytes)
        guard exchange.deadline > now else {
            outcomes.append(TrunkAnswer(exchange.id, .notSent(.late)))
            return true
        }
        guard queue.count < limits.queue else {
            outcomes.append(TrunkAnswer(exchange.id, .notSent(.full)))
            return true
        }
        number += 1
        entries[exchange.id] = Entry(exchange: exchange, number: number)
        queue.insert(exchange)
        return true
    }

    /// Takes an exchange back. If it was never sent, it ends at once; otherwise it ends with what the lower side knows of it.
    public mutating func cancel(_ id: ExchangeID, at now: Duration) {
        guard let entry = entries[id], !entry.isCancelled else { return }
        guard entry.wasSent else { return end(id, .notSent(.cancelled)) }
        entries[id]?.isCancelled = true
        if entry.isOnItsWay { cancellations.append(id) }
    }

    /// Ends everything: nobody will be connected any more.
    public mutating func end() {
        for id in ids(where: { _ in true }) {
            end(id, entries[id]?.wasSent == true ? .perhapsDone(.disconnected) : .notSent(.disconnected))
        }
    }

    /// Dequeues what became of exchanges.
    public mutating func dequeueOutcomes() -> [TrunkAnswer] {
        defer { outcomes = [] }
        return outcomes
    }

    /// Dequeues what the unit has reported; each report once per process of the unit.
    public mutating func dequeueReports() -> [UnitReport] {
        defer { reports = [] }
        return reports
    }

    // MARK: Connection

    /// The unit has connected, in place of a connection that exists.
    public mutating func connected(at now: Duration) {
        if phase != .closed { disconnected(at: now) }
        phase = .connected
    }

    /// The connection was interrupted. What was never sent goes on waiting.
    public mutating func disconnected(at now: Duration) {
        phase = .closed
        credit = 0
        (acknowledgements, cancellations, reportToAcknowledge) = ([], [], nil)
        for id in ids(where: { $0.isOnItsWay }) {
            guard let exchange = entries[id]?.exchange else { continue }
            entries[id]?.isOnItsWay = false
            if exchange.deadline > now { queue.insert(exchange) }
        }
    }

    /// Takes a message of the lower side.
    ///
    /// - Throws: `TrunkError` where it is not one that the lower side may send now. The connection has to be closed, and
    ///   ``disconnected(at:)`` called.
    public mutating func receive(_ message: TrunkMessage, at now: Duration) throws(TrunkError) {
        switch message {
        case .hello(let hello):
            guard phase == .connected else { throw TrunkError(.outOfTurn, message.name) }
            try greet(hello)
            return
        case .exchanges, .cancel, .acknowledge, .acknowledgeReports: throw TrunkError(.outOfTurn, message.name)
        case .credit, .accepted, .answers, .reports:
            // The lower side says nothing else before it has our hello, which comes after its own.
            guard phase == .open else { throw TrunkError(.outOfTurn, message.name) }
        }
        switch message {
        case .credit(let more):
            guard more > 0, Int(more) <= Self.maxCredit - credit else { throw TrunkError(.malformed, message.name) }
            credit += Int(more)
        case .accepted(let ids):
            try check(ids.count, message)
            for id in ids where try wasSent(id, message) { accepted(id) }
        case .answers(let answers):
            try check(answers.count, message)
            // No unit can have that many, and acknowledgements take memory where it does not fetch them.
            guard acknowledgements.count + answers.count <= Self.maxCredit else {
                throw TrunkError(.beyondCredit, message.name)
            }
            for answer in answers {
                acknowledgements.append(answer.id)
                if try wasSent(answer.id, message) { end(answer.id, answer.outcome) }
            }
        case .reports(let numbered):
            try check(numbered.count, message)
            for item in numbered where item.number > lastReport {
                lastReport = item.number
                reports.append(item.report.at(now - item.report.time))
            }
            // Not one of an earlier connection: the lower side sends those again.
            reportToAcknowledge = numbered.last?.number ?? reportToAcknowledge
        default: break
        }
    }

    /// No unit needs more, and the sum stays far from overflow.
    private static let maxCredit = 1 << 20

    private mutating func greet(_ hello: TrunkHello) throws(TrunkError) {
        try hello.check()
        phase = .greeted
        peer = hello
        guard hello.process != lowerProcess else { return }
        // What the unit's earlier process had and did not keep, nobody knows what became of.
        let isKept = hello.queue != 0 && hello.queue == lowerQueue
        if lowerProcess != 0 {
            for id in ids(where: { $0.wasSent && !(isKept && $0.exchange.priority.isKept) }) {
                end(id, .perhapsDone(.restarted))
            }
        }
        lowerProcess = hello.process
        lowerQueue = hello.queue
        lastReport = 0
    }

    private func check(_ count: Int, _ message: TrunkMessage) throws(TrunkError) {
        guard count <= limits.items else { throw TrunkError(.tooLarge, message.name) }
    }

    /// False for an exchange that has ended. One that was never sent can have no answer.
    private func wasSent(_ id: ExchangeID, _ message: TrunkMessage) throws(TrunkError) -> Bool {
        guard let entry = entries[id] else { return false }
        guard entry.wasSent else { throw TrunkError(.outOfTurn, message.name) }
        return true
    }

    private mutating func accepted(_ id: ExchangeID) {
        guard let entry = entries[id], !entry.isAccepted else { return }
        let exchange = entry.exchange
        entries[id]?.isAccepted = true
        entries[id]?.exchange = Exchange(
            id, with: exchange.meter, exchange.device, exchange.priority, until: exchange.deadline, command: [])
    }

    // MARK: Messages

    /// Dequeues the next message to send; nil where there is none. Ask again only when the one before is on its way, so that
    /// whatever is most urgent then goes next.
    public mutating func dequeueMessage(at now: Duration) -> TrunkMessage? {
        advance(to: now)
        if phase == .greeted {
            phase = .open
            return .hello(TrunkHello(process: process, maxItems: limits.items, maxBytes: limits.bytes))
        }
        guard phase == .open else { return nil }
        if !acknowledgements.isEmpty { return .acknowledge(acknowledgements.dequeue(peer.maxItems)) }
        if let number = reportToAcknowledge {
            reportToAcknowledge = nil
            return .acknowledgeReports(number)
        }
        if !cancellations.isEmpty { return .cancel(cancellations.dequeue(peer.maxItems)) }
        let batch = nextBatch(at: now)
        return batch.isEmpty ? nil : .exchanges(batch)
    }

    private mutating func nextBatch(at now: Duration) -> [TrunkExchange] {
        var batch: [TrunkExchange] = []
        var bytes = 0
        while credit > 0, batch.count < peer.maxItems, let next = queue.first(),
            bytes + next.command.count <= peer.maxBytes, let exchange = queue.popFirst()
        {
            guard var entry = entries[exchange.id] else { continue }
            // What was accepted while it waited to be sent again needs no command.
            let command = entry.exchange.command
            bytes += command.count
            credit -= 1
            if !entry.wasSent { overdue.insert(Overdue(end: exchange.deadline + limits.grace, id: exchange.id)) }
            entry.wasSent = true
            entry.isOnItsWay = true
            entries[exchange.id] = entry
            if entry.isCancelled { cancellations.append(exchange.id) }
            batch.append(
                TrunkExchange(
                    exchange.id, with: exchange.meter, exchange.device, exchange.priority,
                    timeLeft: (exchange.deadline - now).wholeMilliseconds, command: command))
        }
        return batch
    }

    // MARK: Time

    /// When ``advance(to:)`` next has something to do; nil while nothing has a deadline.
    public var wake: Duration? {
        mutating get {
            while let first = overdue.first, entries[first.id] == nil { overdue.removeFirst() }
            let waiting = queue.nextDeadline.map { $0 - Self.least }
            guard let end = overdue.first?.end else { return waiting }
            return min(end, waiting ?? end)
        }
    }

    /// A shorter time than this is no time to a trunk.
    private static let least = Duration.milliseconds(1)

    /// Advances the time: deadlines pass.
    public mutating func advance(to now: Duration) {
        while let exchange = queue.popExpired(at: now + Self.least) {
            if entries[exchange.id]?.wasSent == false { end(exchange.id, .notSent(.late)) }
        }
        while let first = overdue.first, first.end <= now {
            overdue.removeFirst()
            guard let entry = entries[first.id] else { continue }
            if entry.isOnItsWay, !entry.isCancelled { cancellations.append(first.id) }
            end(first.id, .perhapsDone(isOpen ? .late : .disconnected))
        }
    }

    /// In the order in which they were asked for, so that equal runs are equal.
    private func ids(where isMeant: (Entry) -> Bool) -> [ExchangeID] {
        entries.filter { isMeant($0.value) }.sorted { $0.value.number < $1.value.number }.map(\.key)
    }

    private mutating func end(_ id: ExchangeID, _ outcome: ExchangeOutcome) {
        guard entries.removeValue(forKey: id) != nil else { return }
        queue.remove(id)
        outcomes.append(TrunkAnswer(id, outcome))
    }
}

extension TrunkHello {
    /// - Throws: `TrunkError` where no trunk can be had with who says this.
    func check() throws(TrunkError) {
        guard version >= 1 else { throw TrunkError(.unsupportedVersion, "hello, version \(version)") }
        guard process != 0, maxItems >= 1, maxBytes >= Self.minBytes else { throw TrunkError(.malformed, "hello") }
    }
}

extension Array {
    /// Takes the first elements, at most `count`.
    mutating func dequeue(_ count: Int) -> [Element] {
        defer { removeFirst(Swift.min(count, self.count)) }
        return Array(prefix(count))
    }
}

extension Duration {
    /// Rounded down, and at least zero.
    var wholeMilliseconds: Duration {
        .milliseconds(Swift.max(0, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000))
    }
}
