import Foundation
import LineTesting
import PowerLine
import TestSupport
import Testing

/// Long stories over lines with every kind of fault.
@Suite("HDLC on rough lines") struct HDLCRoughLineTests {
    private static let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil

    /// A line keeps what is sent in order; it hits, loses and bursts as it likes.
    private static func faults(_ random: inout SeededGenerator) -> SimulatedLine.Faults {
        var faults = SimulatedLine.Faults()
        faults.bitErrorRate = [0, 1e-4, 5e-4, 1e-3].randomElement(using: &random) ?? 0
        faults.burstRate = [0, 0.002].randomElement(using: &random) ?? 0
        faults.loses = [0, 0.05, 0.2].randomElement(using: &random) ?? 0
        faults.hasEcho = Bool.random(using: &random)
        return faults
    }

    @Test(arguments: 0..<(isCampaign ? 2_000 : 25) as Range<UInt64>)
    func `each answer is that of its command, each command is done once, or the outcome is known`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let offered = HDLCParameters(
            length: [16, 64, 128, 257].randomElement(using: &random) ?? 64,
            window: Int.random(in: 1...7, using: &random))
        var run = HDLCWorld.run(
            bitRate: [2_400, 9_600, 38_400, 128_000].randomElement(using: &random) ?? 9_600,
            faults: Self.faults(&random),
            seed: seed, offered: offered, meterOffers: offered)
        run.line.isRecording = false
        run.processing = [.zero, .milliseconds(5), .milliseconds(200)].randomElement(using: &random) ?? .zero
        for _ in 0..<20 {
            let command = random.bytes(Int.random(in: 5...400, using: &random))
            let before = run.commands.count
            switch run.exchange(command) {
            case .answered(let response):
                #expect(.answered(response) == HDLCWorld.answer(command))
                #expect(run.commands.count == before + 1)
            case .failed(.notSent), .refused: #expect(run.commands.count == before)
            case .failed(.perhapsDone): #expect(run.commands.count <= before + 1)
            default: Issue.record("an exchange without an outcome")
            }
            #expect(run.commands.dropFirst(before).allSatisfy { $0 == command })
        }
    }

    /// With copies and delays a line is no longer one that keeps its order; what an element then hears twice, its session
    /// answers the same way. What is promised without that: no answer is taken for another command's.
    @Test(arguments: 0..<(isCampaign ? 2_000 : 25) as Range<UInt64>)
    func `with copies and delays no answer is another command's`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 1_000_000)
        var faults = Self.faults(&random)
        faults.doubles = 0.05
        faults.delays = 0.05
        faults.delay = .milliseconds(40)
        var run = HDLCWorld.run(faults: faults, seed: seed)
        run.line.isRecording = false
        for _ in 0..<20 {
            let command = random.bytes(Int.random(in: 5...400, using: &random))
            if case .answered(let response) = run.exchange(command) {
                #expect(.answered(response) == HDLCWorld.answer(command))
            }
        }
    }

    @Test func `two that send at once are neither understood, and both come through in the end`() {
        var run = HDLCWorld.run()
        #expect(run.connect() == .connected)
        // A third party talks over the first command.
        run.primary.exchange([1, 2, 3], at: run.now)
        run.line.send([UInt8](repeating: 0x55, count: 30), from: 1, at: run.now)
        #expect(run.settle() == HDLCWorld.answer([1, 2, 3]))
        #expect(run.commands == [[1, 2, 3]])
    }
}
