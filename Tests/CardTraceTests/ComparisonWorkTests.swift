import ISO7816
import TestSupport
import Testing

@testable import CardTrace

/// Comparing traces takes time in proportion to their lengths: steps are counted, not seconds.
@Suite struct ComparisonWorkTests {
    private static func events(_ commands: [[UInt8]], isMasked: Bool = false) -> [TraceEvent] {
        commands.map { command in
            var bytes = MaskedBytes(command)
            if isMasked { bytes.mask(3..<4) }
            return TraceEvent(
                time: nil, reader: "R", command: bytes, outcome: .response(MaskedBytes([0x90, 0x00])), duration: nil)
        }
    }

    private static func alignment(_ first: [TraceEvent], _ second: [TraceEvent]) -> CommandAlignment {
        CommandAlignment(
            first, second, alike: { ReplayedCard.alike($0.command, $1.command.bytes, headerOnly: false) },
            key: { $0.command.hasMasked ? nil : $0.command.bytes })
    }

    private static func commands(_ count: Int, _ ins: UInt8, _ random: inout SeededGenerator, kinds: UInt8) -> [[UInt8]]
    {
        (0..<count).map { _ in
            [0x00, ins, UInt8.random(in: 0..<kinds, using: &random), UInt8.random(in: 0..<kinds, using: &random), 0x00]
        }
    }

    /// Nothing in common; much in common but in another order; and bytes that are masked.
    @Test(arguments: [(UInt8(0xCB), UInt8(64), false), (0xCA, 4, false), (0xCA, 4, true)])
    func `twice the trace is at most twice the work`(other: (ins: UInt8, kinds: UInt8, isMasked: Bool)) {
        var counts: [Int] = []
        for size in [1250, 2500] {
            var random = SeededGenerator(seed: 7)
            let first = Self.events(Self.commands(size, 0xCA, &random, kinds: other.kinds), isMasked: other.isMasked)
            let second = Self.events(Self.commands(size, other.ins, &random, kinds: other.kinds))
            let alignment = Self.alignment(first, second)
            let partners = alignment.partners.compactMap(\.self)
            #expect(partners == partners.sorted() && Set(partners).count == partners.count)
            counts.append(alignment.steps)
        }
        #expect(counts[1] <= 600 * 2 * 2500, "\(counts)")
        #expect(Double(counts[1]) <= 2.5 * Double(counts[0]), "\(counts)")
    }

    /// Traces of a few commands against the length of their longest common subsequence, by dynamic programming.
    @Test func `short traces are aligned as well as can be`() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let first = Self.commands(Int.random(in: 0...12, using: &random), 0xCA, &random, kinds: 2)
            let second = Self.commands(Int.random(in: 0...12, using: &random), 0xCA, &random, kinds: 2)
            var lengths = [[Int]](repeating: [Int](repeating: 0, count: second.count + 1), count: first.count + 1)
            for i in first.indices {
                for j in second.indices {
                    lengths[i + 1][j + 1] =
                        first[i] == second[j] ? lengths[i][j] + 1 : max(lengths[i][j + 1], lengths[i + 1][j])
                }
            }
            let alignment = Self.alignment(Self.events(first), Self.events(second))
            let pairs = alignment.partners.enumerated().compactMap { i, j in j.map { (i, $0) } }
            #expect(pairs.allSatisfy { first[$0.0] == second[$0.1] })
            #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0.0.1 < $0.1.1 })
            #expect(pairs.count == lengths[first.count][second.count])
        }
    }
}
