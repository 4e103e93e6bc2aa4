import CardTrace
import TestSupport
import Testing

@Suite struct MaskedBytesTests {
    /// Against a set of places, which needs no order.
    @Test func `any places in any order`() {
        var random = SeededGenerator(seed: 7816)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...40, using: &random)
            var masked = MaskedBytes((0..<count).map { _ in UInt8.random(in: 1...255, using: &random) })
            var places: Set<Int> = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let start = Int.random(in: -5...45, using: &random)
                let range = start..<(start + Int.random(in: 0...6, using: &random))
                masked.mask(range)
                places.formUnion(range.filter { (0..<count).contains($0) })
            }
            #expect(Set(masked.maskedPlaces.flatMap { $0 }) == places)
            #expect(
                zip(masked.maskedPlaces, masked.maskedPlaces.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
            #expect(masked.maskedPlaces.allSatisfy { !$0.isEmpty } && masked.hasMasked == !places.isEmpty)
            for place in 0..<count {
                #expect((masked.bytes[place] == 0) == places.contains(place))
                let range = place..<min(count, place + 3)
                #expect(masked.hasMasked(in: range) == !places.isDisjoint(with: range))
            }
        }
    }

    /// A secret goes wherever it is, also where it overlaps itself or another; nothing else does.
    @Test func `secrets are masked wherever they are`() {
        var random = SeededGenerator(seed: 1977)
        for _ in 0..<2_000 {
            // Two values alone, so that beginnings of a secret repeat in it and around it.
            func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
                (0..<Int.random(in: count, using: &random)).map { _ in UInt8.random(in: 1...2, using: &random) }
            }
            let answer = bytes(0...30)
            let secrets = (0..<Int.random(in: 0...2, using: &random)).map { _ in bytes(0...6) }
            var expected = [Bool](repeating: false, count: answer.count)
            for secret in secrets where !secret.isEmpty && secret.count <= answer.count {
                for start in 0...(answer.count - secret.count)
                where Array(answer[start..<(start + secret.count)]) == secret {
                    for place in start..<(start + secret.count) { expected[place] = true }
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
