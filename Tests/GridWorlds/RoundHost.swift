package import Grid
package import GridSimulation
internal import ValueProtocol

/// A branch whose meters are read in a round, as a host does it: the next command of a meter comes a while after its answer.
package struct RoundHost {
    package private(set) var branch: SimulatedBranch
    private var number: UInt64 = 0
    private var waiting: [ExchangeID: (meter: Int, step: Int)] = [:]
    private var due: [(time: Duration, meter: Int, step: Int, priority: Exchange.Priority)] = []
    private let thinking: Duration
    /// The sizes of a contact's commands, and of their answers.
    private let steps: [(command: Int, answer: Int)]
    /// When each meter was read.
    package private(set) var read: [Int: Duration] = [:]
    /// What became of meters that were not.
    package private(set) var failed: [Int: ExchangeOutcome] = [:]
    /// When each load was done.
    package private(set) var loads: [Int: Duration] = [:]
    /// Those of a load.
    package var loadSteps: [(command: Int, answer: Int)] = []

    package init(_ branch: SimulatedBranch, thinking: Duration, steps: [(command: Int, answer: Int)]) {
        self.branch = branch
        self.thinking = thinking
        self.steps = steps
    }

    package mutating func begin(_ meter: Int, _ priority: Exchange.Priority = .reading, at time: Duration) {
        due.append((time, meter, 0, priority))
    }

    private mutating func send(_ meter: Int, _ step: Int, _ priority: Exchange.Priority) {
        number += 1
        let id = ExchangeID(origin: priority == .load ? 2 : 1, number: number)
        waiting[id] = (meter, step)
        let sizes = priority == .load ? loadSteps[step] : steps[step]
        // The element's answer is as long as the first two bytes say.
        let command =
            [UInt8(sizes.answer >> 8), UInt8(sizes.answer & 0xFF)] + [UInt8](repeating: 0x7E, count: sizes.command - 2)
        branch.accept(
            Exchange(
                id, with: branch.meters[meter].eid, .element, priority, until: branch.now + .seconds(6 * 3600),
                command: command))
    }

    package mutating func run(until end: Duration, _ isDone: (RoundHost) -> Bool) {
        while !isDone(self), branch.now < end {
            let next = due.map(\.time).min()
            _ = branch.run(until: min(end, next ?? end)) { !$0.outcomes.isEmpty }
            for (id, outcome, time) in branch.outcomes {
                guard let (meter, step) = waiting.removeValue(forKey: id) else { continue }
                let isLoad = id.origin == 2
                guard case .answered = outcome else {
                    failed[meter] = outcome
                    continue
                }
                if step + 1 < (isLoad ? loadSteps : steps).count {
                    due.append((time + thinking, meter, step + 1, isLoad ? .load : .reading))
                } else if isLoad {
                    loads[meter] = time
                } else {
                    read[meter] = time
                }
            }
            branch.outcomes = []
            for item in due where item.time <= branch.now { send(item.meter, item.step, item.priority) }
            due.removeAll { $0.time <= branch.now }
        }
    }

    /// The branch with a connection to every meter.
    package static func opened(_ branch: SimulatedBranch) -> SimulatedBranch {
        var host = RoundHost(branch, thinking: .zero, steps: [(5, 2)])
        for meter in branch.meters.indices { host.begin(meter, at: branch.now) }
        host.run(until: branch.now + .seconds(3_600)) { $0.read.count == branch.meters.count }
        return host.branch
    }

    /// Begins to count anew.
    package mutating func forget() { (read, failed, loads) = ([:], [:], [:]) }

    /// An element whose answers are as long as its commands ask.
    package static func element(_ meter: Int, _ device: Exchange.Device, _ command: [UInt8]) -> [UInt8]? {
        [UInt8](repeating: 0x55, count: Int(command[0]) << 8 | Int(command[1]))
    }
}
