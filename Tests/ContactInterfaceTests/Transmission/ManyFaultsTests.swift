import ContactInterface
import ISO7816
import TestSupport
import Testing

/// Lines with continuous faults: seeded, so that a failure can be reproduced.
@Suite struct ManyFaultsTests {
    /// A card that numbers its answers: a command processed twice, or an answer to another command, is detected.
    private func run(
        seed: UInt64, number: UInt8, check: AnswerToReset.BlockCheck, rate: Double, faults: [LineFault],
        atLeastApart distance: Int
    ) throws -> (answered: Int, failed: Int) {
        var random = SeededGenerator(seed: seed)
        var since = 0
        var isFaulty = false
        var seen: [UInt8: Int] = [:]
        let atr = try TestATR.bytes([number], check: check, waiting: 0x14)
        var line = try TestLine(atr: atr) { _, command in
            seen[command[3], default: 0] += 1
            return [UInt8](repeating: command[3], count: Int(command[4])) + [0x90, command[3]]
        }
        line.line.disturbance = { transit in
            since += 1
            guard isFaulty, since > distance, Double.random(in: 0..<1, using: &random) < rate,
                let fault = faults.randomElement(using: &random)
            else { return [transit] }
            since = 0
            return fault.apply(transit)
        }
        _ = try line.activate()
        var (answered, failed) = (0, 0)
        for index in 0..<40 as Range<UInt8> {
            let count = UInt8.random(in: 1...120, using: &random)
            isFaulty = true
            let result = try line.exchange([0x80, 0xB0, 0, index, count])
            isFaulty = false
            #expect(seen[index, default: 0] <= 1, "seed \(seed): command \(index) was processed more than once")
            switch result {
            case .success(let answer):
                answered += 1
                #expect(answer == [UInt8](repeating: index, count: Int(count)) + [0x90, index], "seed \(seed)")
                #expect(seen[index] == 1)
            case .failure(let error):
                failed += 1
                if error.code != .resynchronized { _ = try line.activate() }
            }
        }
        return (answered, failed)
    }

    @Test(arguments: 1...16 as ClosedRange<UInt64>)
    func `T=1 answers exactly or not at all`(seed: UInt64) throws {
        let all: [LineFault] = [
            .lost, .parity, .corrupted(0x03), .corrupted(0x81), .corrupted(0x18), .doubled, .delayed(5_000),
            .delayed(300_000),
        ]
        // The CRC detects everything; the LRC only one fault per block.
        let crc = try run(seed: seed, number: 1, check: .crc, rate: 0.01, faults: all, atLeastApart: 0)
        let lrc = try run(seed: seed, number: 1, check: .lrc, rate: 0.02, faults: all, atLeastApart: 300)
        let parity = try run(seed: seed, number: 1, check: .lrc, rate: 0.02, faults: [.parity], atLeastApart: 0)
        for (answered, failed) in [crc, lrc, parity] {
            #expect(answered + failed == 40)
            #expect(answered >= 10, "seed \(seed): \(answered) answered")
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `T=0 repeats characters`(seed: UInt64) throws {
        let parity = try run(seed: seed, number: 0, check: .lrc, rate: 0.05, faults: [.parity], atLeastApart: 0)
        #expect(parity.answered == 40)
        let lost = try run(
            seed: seed, number: 0, check: .lrc, rate: 0.02, faults: [.parity, .lost, .delayed(4_000_000)],
            atLeastApart: 400)
        #expect(lost.answered + lost.failed == 40)
    }
}
