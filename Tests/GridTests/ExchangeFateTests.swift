import Grid
import GridSimulation
import LineTesting
import PowerLine
import Testing

/// What elements received, by the number that each command carries.
private final class Received {
    var counts: [UInt8: [UInt8: Int]] = [:]
}

@Suite("What becomes of an exchange") struct ExchangeFateTests {
    /// Lines with every fault, meters that lose power, a unit that is killed.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `each ends once, and what was not sent has not arrived`(_ seed: UInt64) {
        let received = Received()
        var faults = SimulatedLine.Faults.bitErrors(0.0008)
        faults.burstRate = 0.0005
        faults.loses = 0.05
        faults.doubles = 0.03
        faults.delays = 0.03
        var branch = SimulatedBranch(
            bitRate: 9_600, meters: 6, faults: faults, seed: seed,
            element: { _, _, command in
                received.counts[command[0], default: [:]][command[1], default: 0] += 1
                return command + [0x90, 0x00]
            })
        var random = LineRandom(seed: seed &* 77)
        _ = branch.run(until: .seconds(60)) { !$0.unit.isRegistering }
        var numbers: Set<UInt64> = []
        for number in 0..<200 as Range<Int> {
            let id = ExchangeID(origin: 1, number: UInt64(number))
            numbers.insert(id.number)
            let meter = Int.random(in: 0..<6, using: &random)
            branch.accept(
                Exchange(
                    id, with: branch.meters[meter].eid, .element,
                    Exchange.Priority.allCases.randomElement(using: &random) ?? .load,
                    until: branch.now + .seconds(Int.random(in: 1...20, using: &random)),
                    command: [UInt8(number >> 4), UInt8(number & 15)]
                        + random.bytes(Int.random(in: 0...120, using: &random))))
            switch Int.random(in: 0..<40, using: &random) {
            case 0: branch.setPower(false, of: meter)
            case 1...4: for meter in 0..<6 { branch.setPower(true, of: meter) }
            case 5: branch.restartUnit(keepsList: Bool.random(using: &random))
            default: break
            }
            branch.run(until: branch.now + .milliseconds(Int.random(in: 0...900, using: &random)))
        }
        branch.run(until: branch.now + .seconds(120))
        #expect(branch.outcomes.map(\.id.number).sorted() == numbers.sorted())
        for (id, outcome, _) in branch.outcomes {
            let count = received.counts[UInt8(id.number >> 4)]?[UInt8(id.number & 15)] ?? 0
            switch outcome {
            case .answered: #expect(count >= 1, "\(id) was answered by nobody")
            case .notSent: #expect(count == 0, "\(id) arrived, and is said not to have been sent")
            case .perhapsDone: break
            }
        }
        let answered = branch.outcomes.count { if case .answered = $0.outcome { true } else { false } }
        #expect(answered > 60)
    }
}
