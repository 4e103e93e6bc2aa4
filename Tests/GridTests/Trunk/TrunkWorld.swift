import TestSupport
import ValueProtocol

@testable import Grid

/// A host, a unit and the connection between them, in virtual time, with a meter behind the unit that answers or does not; and
/// a book of everything that happened.
struct TrunkWorld {
    var random: SeededGenerator
    var now = Duration.zero
    var upper: TrunkUpper
    var lower: TrunkLower
    var wire: InProcessTrunk
    let limits: TrunkLimits
    private var process: UInt64 = 1

    /// What the unit's owner has, with when it will be done.
    private var running: [(due: Duration, id: ExchangeID)] = []
    private(set) var handedOn: [ExchangeID] = []
    /// What the owner said of each.
    private(set) var said: [ExchangeID: ExchangeOutcome] = [:]
    private(set) var ended: [ExchangeID: [ExchangeOutcome]] = [:]
    private(set) var asked: [Exchange] = []
    private(set) var reportsMade = 0
    private(set) var reports: [UnitReport] = []
    /// The most that the owner works on at a time.
    var ownerLimit = 8
    var slowest = Duration.seconds(3)

    /// In the connection that exists: what was given, and what was sent.
    private var given = 0
    private var sent = 0
    private(set) var faults: [String] = []
    private(set) var batches: [[TrunkExchange]] = []

    init(seed: UInt64, limits: TrunkLimits = TrunkLimits()) {
        random = SeededGenerator(seed: seed)
        self.limits = limits
        upper = TrunkUpper(process: 0xA, limits: limits)
        lower = TrunkLower(process: 1, limits: limits)
        wire = InProcessTrunk(
            delay: .milliseconds(Int.random(in: 0...40, using: &random)),
            capacity: Int.random(in: 1...4, using: &random), random: SeededGenerator(seed: ~seed))
    }

    static let unit = PartyID(issuer: 1, kind: .areaUnit, number: 1)

    static func meter(_ number: Int) -> PartyID {
        PartyID(issuer: 1, kind: .electricMeter, number: UInt32(number))
    }

    /// Asks for an exchange with a random meter.
    @discardableResult
    mutating func ask(within timeLimit: Duration) -> ExchangeID {
        let id = ExchangeID(origin: 7, number: UInt64(asked.count + 1))
        let exchange = Exchange(
            id, with: Self.meter(Int.random(in: 1...20, using: &random)),
            Exchange.Device.allCases.randomElement(using: &random) ?? .element,
            Exchange.Priority.allCases.randomElement(using: &random) ?? .load, until: now + timeLimit,
            command: random.bytes(Int.random(in: 1...40, using: &random)))
        asked.append(exchange)
        upper.exchange(exchange, at: now)
        return id
    }

    mutating func report() {
        reportsMade += 1
        lower.report(
            UnitReport(
                from: Self.unit, at: now, .otherMeter(expected: .none, found: PartyID(rawValue: UInt64(reportsMade)))))
    }

    /// The unit loses what it had in memory.
    mutating func restartLower() {
        wire.cut(at: now, &upper, &lower)
        process += 1
        lower = TrunkLower(process: process, limits: limits)
        running = []
    }

    /// All that is due now.
    mutating func settle() {
        var (given, sent) = wire.isConnected ? (given, sent) : (0, 0)
        var faults: [String] = []
        var batches: [[TrunkExchange]] = []
        wire.advance(to: now, &upper, &lower) { direction, message in
            switch message {
            case .credit(let more): given += Int(more)
            case .exchanges(let batch):
                sent += batch.count
                batches.append(batch)
                if sent > given { faults.append("\(sent) sent, credit \(given)") }
            default: break
            }
        }
        (self.given, self.sent) = (given, sent)
        self.faults += faults
        self.batches += batches
        if let error = wire.error { self.faults.append("closed: \(error)") }
        if lower.count > limits.credit { self.faults.append("holds \(lower.count)") }
        for answer in upper.dequeueOutcomes() { ended[answer.id, default: []].append(answer.outcome) }
        reports += upper.dequeueReports()
        work()
    }

    /// The owner of the unit takes exchanges and finishes them after a while.
    private mutating func work() {
        for index in running.indices.reversed() where running[index].due <= now {
            let id = running.remove(at: index).id
            let outcome: ExchangeOutcome =
                switch Int.random(in: 0..<10, using: &random) {
                case 0: .notSent(.silent)
                case 1: .perhapsDone(.silent)
                default: .answered(random.bytes(Int.random(in: 0...30, using: &random)))
                }
            said[id] = outcome
            lower.finish(id, outcome)
        }
        while running.count < ownerLimit, let exchange = lower.next(at: now) {
            handedOn.append(exchange.id)
            let milliseconds = Int(slowest / .milliseconds(1))
            running.append((now + .milliseconds(Int.random(in: 0...milliseconds, using: &random)), exchange.id))
        }
    }

    /// On to the next moment at which something is due, at most `step` from now.
    mutating func pass(_ step: Duration) {
        let end = now + step
        while now < end {
            let due = [wire.wake, upper.wake, lower.wake] + running.map(\.due)
            now = max(now + .microseconds(1), min(end, due.compactMap { $0 }.min() ?? end))
            settle()
        }
    }

    /// Until every exchange has ended.
    ///
    /// - Returns: whether that came to pass within an hour.
    mutating func run() -> Bool {
        let end = now + .seconds(3600)
        while upper.count > 0 || lower.count > 0 || !wire.isConnected {
            guard now < end else { return false }
            pass(.seconds(1))
        }
        return true
    }
}
