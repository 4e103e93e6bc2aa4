import TestSupport
import ValueProtocol

@testable import Grid

/// A host, an area unit and a local unit with its line and its disk, in virtual time; any of them can be killed at any moment.
///
/// The engines of the trunks are those that programs run. The line has one exchange at a time, and its elements count what they
/// receive.
struct KeptWorld {
    enum Victim: CaseIterable {
        case localUnit, areaUnit, host
    }

    static let queueNumber: UInt64 = 77
    private(set) var now = Duration.zero
    private(set) var random: SeededGenerator
    private var host: TrunkUpper
    private var areaAbove: TrunkLower
    private var areaBelow: TrunkUpper
    private var unit: TrunkLower
    private var above: InProcessTrunk
    private var below: InProcessTrunk
    private var process: UInt64 = 10

    /// What the unit has written down.
    private(set) var disk: [TrunkRecord] = []
    /// Whether its disk takes anything.
    var isDiskFull = false
    private var writing: (due: Duration, records: [TrunkRecord])?
    private var line: [Exchange] = []
    /// Its beginning is being written down, until then.
    private var beginning: (due: Duration, exchange: Exchange)?
    /// It is with the element, which answers then.
    private var onLine: (due: Duration, exchange: Exchange)?
    /// How often the element has received each.
    private(set) var received: [ExchangeID: Int] = [:]

    private(set) var asked: [ExchangeID: Exchange] = [:]
    private(set) var ended: [ExchangeID: [ExchangeOutcome]] = [:]
    /// Why a trunk was closed by one of its ends.
    private(set) var faults: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        host = TrunkUpper(process: 1)
        areaAbove = TrunkLower(process: 2)
        areaBelow = TrunkUpper(process: 3)
        unit = TrunkLower(process: 4, kept: KeptQueue(Self.queueNumber))
        above = InProcessTrunk(delay: .milliseconds(2), random: SeededGenerator(seed: seed &+ 1))
        below = InProcessTrunk(delay: .milliseconds(2), random: SeededGenerator(seed: seed &+ 2))
    }

    /// Asks for exchanges with meters, of all priorities.
    mutating func ask(_ count: Int) {
        for _ in 0..<count {
            let id = ExchangeID(origin: process, number: UInt64(asked.count + 1))
            let exchange = Exchange(
                id, with: TrunkWorld.meter(Int.random(in: 1...5, using: &random)), .element,
                Exchange.Priority.allCases.randomElement(using: &random) ?? .load,
                until: now + .milliseconds(Int.random(in: 30...20_000, using: &random)),
                command: random.bytes(Int.random(in: 1...20, using: &random)))
            asked[id] = exchange
            host.exchange(exchange, at: now)
        }
    }

    mutating func kill(_ victim: Victim) {
        process += 2
        switch victim {
        case .localUnit:
            below.cut(at: now, &areaBelow, &unit)
            // Of what was being written, some may be on the disk.
            if let writing, !isDiskFull {
                disk += writing.records.prefix(Int.random(in: 0...writing.records.count, using: &random))
            }
            if let beginning, !isDiskFull, Bool.random(using: &random) { disk.append(.began(beginning.exchange.id)) }
            (writing, beginning, onLine, line) = (nil, nil, nil, [])
            unit = TrunkLower(process: process, kept: KeptQueue(Self.queueNumber, disk))
        case .areaUnit:
            above.cut(at: now, &host, &areaAbove)
            below.cut(at: now, &areaBelow, &unit)
            (areaAbove, areaBelow) = (TrunkLower(process: process), TrunkUpper(process: process + 1))
        case .host:
            above.cut(at: now, &host, &areaAbove)
            host = TrunkUpper(process: process)
            // What it had is in doubt in its own records.
            asked = asked.filter { ended[$0.key] != nil }
        }
    }

    /// Lets time pass, from one event to the next.
    mutating func run(until end: Duration) {
        while now < end {
            let due = [
                above.wake, below.wake, host.wake, areaAbove.wake, areaBelow.wake, unit.wake, writing?.due,
                beginning?.due,
                onLine?.due, line.map(\.deadline).min(),
            ]
            now = max(now + .microseconds(100), min(end, due.compactMap { $0 }.min() ?? end))
            settle()
        }
    }

    private mutating func settle() {
        above.advance(to: now, &host, &areaAbove)
        below.advance(to: now, &areaBelow, &unit)
        for error in [above.error, below.error].compactMap({ $0 }) { faults.append("\(error)") }
        for event in areaAbove.dequeueEvents() {
            if case .cancelled(let id) = event { areaBelow.cancel(id, at: now) }
        }
        while let exchange = areaAbove.next(at: now) { areaBelow.exchange(exchange, at: now) }
        for answer in areaBelow.dequeueOutcomes() { areaAbove.finish(answer.id, answer.outcome) }
        for answer in host.dequeueOutcomes() { ended[answer.id, default: []].append(answer.outcome) }
        write()
        serveLine()
    }

    private mutating func write() {
        if let done = writing, done.due <= now {
            writing = nil
            if isDiskFull {
                unit.notRecorded(at: now)
            } else {
                disk += done.records
                unit.recorded(at: now)
            }
        }
        guard writing == nil else { return }
        let records = unit.dequeueRecords()
        if !records.isEmpty { writing = (now + .milliseconds(2), records) }
    }

    private mutating func serveLine() {
        for event in unit.dequeueEvents() {
            guard case .cancelled(let id) = event, line.contains(where: { $0.id == id }) else { continue }
            line.removeAll { $0.id == id }
            unit.finish(id, .notSent(.cancelled))
        }
        while let exchange = unit.next(at: now) { line.append(exchange) }
        for exchange in line where exchange.deadline <= now { unit.finish(exchange.id, .notSent(.late)) }
        line.removeAll { $0.deadline <= now }
        if let done = beginning, done.due <= now {
            beginning = nil
            if isDiskFull {
                unit.finish(done.exchange.id, .notSent(.full))
            } else {
                disk.append(.began(done.exchange.id))
                send(done.exchange)
            }
        }
        if let done = onLine, done.due <= now {
            onLine = nil
            unit.finish(
                done.exchange.id, Int.random(in: 0..<8, using: &random) == 0 ? .perhapsDone(.silent) : .answered([7]))
        }
        guard onLine == nil, beginning == nil, !line.isEmpty else { return }
        let next = line.removeFirst()
        if next.priority.isKept { beginning = (now + .milliseconds(2), next) } else { send(next) }
    }

    private mutating func send(_ exchange: Exchange) {
        received[exchange.id, default: 0] += 1
        onLine = (now + .milliseconds(Int.random(in: 1...12, using: &random)), exchange)
    }
}
