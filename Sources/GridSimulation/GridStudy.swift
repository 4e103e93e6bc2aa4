public import Grid
internal import LineTesting
internal import PowerLine

/// What a grid of local units would do: each with a line of meters, which a host reads every hour and loads now and then, in
/// virtual time.
///
/// Units, lines and stations are the engines that programs run. The elements behind the stations are not: they answer as much
/// as an element would to a reading of a day and to STORE CREDIT. The same seed gives the same results on every machine.
public struct GridStudy: Sendable {
    /// What is simulated.
    public struct Setup: Sendable, Hashable {
        /// Of each unit's line, 1 to 256.
        public var meters = 256
        public var units = 1
        /// Bits per second.
        public var bitRate = 2_400
        /// The probability that a bit is inverted.
        public var bitErrorRate = 0.0
        public var hours = 24
        /// How many meters of each unit are loaded per hour.
        public var loads = 10
        /// From the host's command to the next, beside the line.
        public var thinking = Duration.milliseconds(100)
        public var seed: UInt64 = 1

        public init() {}
    }

    /// One round of readings.
    public struct Round: Sendable, Hashable {
        /// Of the units, from 0.
        public let unit: Int
        /// From 0.
        public let hour: Int
        /// From its begin to the last meter that was read.
        public let time: Duration
        /// Meters that were read, and that were not.
        public let readCount: Int
        public let missedCount: Int
    }

    public let setup: Setup
    /// How long each unit took to give all its meters a station and a connection.
    public private(set) var registrations: [Duration] = []
    /// By units, then by hours.
    public private(set) var rounds: [Round] = []
    /// From the order of each load to its answer, ascending.
    public private(set) var loads: [Duration] = []
    /// Loads that had no answer.
    public private(set) var failedLoads = 0
    /// The bytes on all lines.
    public private(set) var byteCount = 0
    /// What the units reported: how often.
    public private(set) var reports: [(unit: Int, report: LocalUnit.Report, time: Duration)] = []

    /// Simulates it all.
    ///
    /// - Parameters:
    ///   - setup: what is simulated.
    ///   - progress: called when a unit's hour is over.
    public init(_ setup: Setup, progress: (_ unit: Int, _ hour: Int) -> Void = { _, _ in }) {
        self.setup = setup
        for unit in 0..<setup.units {
            var line = StudiedLine(setup, unit: unit)
            registrations.append(line.register())
            for hour in 0..<setup.hours {
                let (round, loads, failed) = line.read(hour: hour)
                rounds.append(round)
                self.loads += loads
                failedLoads += failed
                progress(unit, hour)
            }
            byteCount += line.branch.byteCount
            reports += line.branch.reports.map { (unit, $0.report, $0.time) }
        }
        loads.sort()
    }

    /// The load that is slower than a share of all; nil if there was none.
    ///
    /// - Parameter share: from 0 to 1.
    public func load(slowerThan share: Double) -> Duration? {
        loads.isEmpty ? nil : loads[min(loads.count - 1, Int(Double(loads.count) * share))]
    }
}

/// One unit of a study, with its line.
private struct StudiedLine {
    private struct Asked {
        let meter: Int
        let step: Int
        let priority: Exchange.Priority
        let since: Duration
    }

    private let setup: GridStudy.Setup
    private let unit: Int
    private(set) var branch: SimulatedBranch
    private var random: LineRandom
    private var number: UInt64 = 0
    private var waiting: [ExchangeID: Asked] = [:]
    private var due: [(time: Duration, asked: Asked)] = []
    private var begins = Duration.zero

    /// The bytes of commands and answers: INITIALIZE and a day of hours by READ USAGE in its packed form, or STORE CREDIT.
    private static let reading = [(command: 30, answer: 46), (command: 39, answer: 133)]
    private static let load = [(command: 30, answer: 46), (command: 56, answer: 52)]

    init(_ setup: GridStudy.Setup, unit: Int) {
        self.setup = setup
        self.unit = unit
        random = LineRandom(seed: setup.seed &* 1_000_003 &+ UInt64(unit))
        branch = SimulatedBranch(
            bitRate: setup.bitRate, meters: setup.meters, faults: .bitErrors(setup.bitErrorRate), seed: random.next(),
            element: { _, _, command in
                [UInt8](repeating: 0x55, count: Int(command[0]) << 8 | Int(command[1]))
            })
    }

    mutating func register() -> Duration {
        _ = branch.run(until: .seconds(24 * 3_600)) { !$0.unit.isRegistering }
        begins = branch.now
        return begins
    }

    /// One hour: everything is read, and some are loaded.
    mutating func read(hour: Int) -> (GridStudy.Round, loads: [Duration], failed: Int) {
        let start = begins + .seconds(3_600 * hour)
        branch.run(until: start)
        due = (0..<setup.meters).map { (start, Asked(meter: $0, step: 0, priority: .reading, since: start)) }
        for _ in 0..<setup.loads {
            let time = start + .milliseconds(Int.random(in: 0..<3_000_000, using: &random))
            let meter = Int.random(in: 0..<setup.meters, using: &random)
            due.append((time, Asked(meter: meter, step: 0, priority: .load, since: time)))
        }
        due.sort { $0.time > $1.time }
        var (last, read, missed, loads, failed) = (start, 0, 0, [Duration](), 0)
        while !due.isEmpty || !waiting.isEmpty {
            let next = due.last?.time ?? branch.now + .seconds(7 * 3_600)
            _ = branch.run(until: next) { !$0.outcomes.isEmpty }
            let outcomes = branch.outcomes
            branch.outcomes = []
            for (id, outcome, time) in outcomes {
                guard let asked = waiting.removeValue(forKey: id) else { continue }
                let isLoad = asked.priority == .load
                guard case .answered = outcome else {
                    if isLoad { failed += 1 } else { missed += 1 }
                    continue
                }
                guard asked.step + 1 == (isLoad ? Self.load : Self.reading).count else {
                    plan(
                        Asked(
                            meter: asked.meter, step: asked.step + 1, priority: asked.priority, since: asked.since),
                        at: time + setup.thinking)
                    continue
                }
                if isLoad { loads.append(time - asked.since) } else { (last, read) = (time, read + 1) }
            }
            while let first = due.last, first.time <= branch.now {
                due.removeLast()
                send(first.asked)
            }
        }
        let round = GridStudy.Round(unit: unit, hour: hour, time: last - start, readCount: read, missedCount: missed)
        return (round, loads, failed)
    }

    /// Descending by time: the next one is the last.
    private mutating func plan(_ asked: Asked, at time: Duration) {
        let index = due.lastIndex { $0.time > time }.map { $0 + 1 } ?? 0
        due.insert((time, asked), at: index)
    }

    private mutating func send(_ asked: Asked) {
        number += 1
        let id = ExchangeID(origin: 1, number: number)
        waiting[id] = asked
        let sizes = (asked.priority == .load ? Self.load : Self.reading)[asked.step]
        // The element's answer is as long as the first two bytes say.
        let command =
            [UInt8(sizes.answer >> 8), UInt8(sizes.answer & 0xFF)] + [UInt8](repeating: 0x7E, count: sizes.command - 2)
        let limit: Duration = asked.priority == .load ? .seconds(60) : .seconds(3_600)
        branch.accept(
            Exchange(
                id, with: branch.meters[asked.meter].eid, .element, asked.priority, until: branch.now + limit,
                command: command))
    }
}
