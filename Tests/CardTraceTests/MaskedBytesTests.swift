import CardTrace
import TestSupport
import Testing

@Suite struct MaskedBytesTests {
    /// Compared with an unordered set of indices.
    @Test func `any indices in any order`() {
        var random = SeededGenerator(seed: 7816)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...40, using: &random)
            var masked = MaskedBytes((0..<count).map { _ in UInt8.random(in: 1...255, using: &random) })
            var indices: Set<Int> = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let start = Int.random(in: -5...45, using: &random)
                let range = start..<(start + Int.random(in: 0...6, using: &random))
                masked.mask(range)
                indices.formUnion(range.filter { (0..<count).contains($0) })
            }
            #expect(Set(masked.maskedRanges.flatMap { $0 }) == indices)
            #expect(
                zip(masked.maskedRanges, masked.maskedRanges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
            #expect(masked.maskedRanges.allSatisfy { !$0.isEmpty } && masked.hasMasked == !indices.isEmpty)
            for index in 0..<count {
                #expect((masked.bytes[index] == 0) == indices.contains(index))
                let range = index..<min(count, index + 3)
                #expect(masked.hasMasked(in: range) == !indices.isDisjoint(with: range))
            }
        }
    }

    /// A secret is masked wherever it occurs, also where it overlaps itself or another; nothing else is.
    @Test func `secrets are masked wherever they are`() {
        var random = SeededGenerator(seed: 1977)
        for _ in 0..<2_000 {
            // Only two values, so that prefixes of a secret repeat within and around it.
            func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
                (0..<Int.random(in: count, using: &random)).map { _ in UInt8.random(in: 1...2, using: &random) }
            }
            let answer = bytes(0...30)
            let secrets = (0..<Int.random(in: 0...2, using: &random)).map { _ in bytes(0...6) }
            var expected = [Bool](repeating: false, count: answer.count)
            for secret in secrets where !secret.isEmpty && secret.count <= answer.count {
                for start in 0...(answer.count - secret.count)
                where Array(answer[start..<(start + secret.count)]) == secret {
                    for index in start..<(start + secret.count) { expected[index] = true }
                }
            }
            let event = TraceEvent(
                time: 0, reader: "", command: MaskedBytes([0x00, 0xCA, 0x01, 0x00, 0x00]),
                outcome: .response(MaskedBytes(answer + [0x90, 0x00])), duration: .zero
            ).masking(secrets)
            guard case .response(let response) = event.outcome else {
                Issue.record("no answer")
                return
            }
            #expect(response.bytes.dropLast(2).map { $0 == 0 } == expected, "\(answer) \(secrets)")
            #expect(response.bytes.suffix(2) == [0x90, 0x00])
        }
    }
}
