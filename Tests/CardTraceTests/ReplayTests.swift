import CardIOTesting
import CardTrace
import ISO7816
import TestSupport
import Testing

@Suite struct ReplayTests {
    /// A trace of a reference card.
    static func trace(_ commands: [String]) throws -> [TraceRecord] {
        var records: [TraceRecord] = []
        let channel = TracingChannel(try InProcessChannel(ReferenceCard()), name: "R") { records.append(.exchange($0)) }
        for command in commands { _ = try channel.transmit(try CommandAPDU(hex(command))) }
        return records
    }

    @Test func `a trace is a card`() throws {
        let card = ReplayedCard(try Self.trace(["80100000021234", "8014000000", "8014000000"]))
        let channel = try InProcessChannel(card)
        #expect(
            try channel.transmit(try CommandAPDU([0x80, 0x10, 0, 0, 2, 0x12, 0x34])).data.suffix(2) == [0x12, 0x34])
        #expect(try channel.transmit(try CommandAPDU([0x80, 0x14, 0, 0, 0])).data == [0, 0, 0, 1])
        // Resets that are not in the trace have no effect.
        try channel.reset()
        #expect(!card.isFinished && card.left == 1)
        #expect(try channel.transmit(try CommandAPDU([0x80, 0x14, 0, 0, 0])).data == [0, 0, 0, 2])
        #expect(card.isFinished && card.played == 3)
        #expect(try channel.transmit(try CommandAPDU([0x80, 0x14, 0, 0, 0])).status == StatusWord(0x6F, 0x00))
        #expect(card.divergence?.description.hasPrefix("command 4 came after the trace's end") == true)
    }

    @Test func `the first divergence is reported`() throws {
        let card = ReplayedCard(try Self.trace(["8014000000", "80100000021234"]))
        _ = try card.process([0x80, 0x14, 0, 0, 0])
        #expect(try card.process([0x80, 0x10, 0, 0, 3, 0x12, 0x35, 0x36]) == [0x6F, 0x00])
        #expect(try card.process([0x80, 0x10, 0, 0, 2, 0x12, 0x34]) == [0x6F, 0x00])
        #expect(
            card.divergence?.description == """
                command 2 is not as recorded:
                expected  80 10 00 00 02 12 34
                came      80 10 00 00 03 12 35 36
                                      ^^    ^^ ^^
                """)
        #expect(card.played == 1)
    }

    @Test func `a PIN that came is not reported`() throws {
        let card = ReplayedCard(try Self.trace(["8014000000"]))
        _ = try card.process([0x00, 0x20, 0x00, 0x01, 0x04, 0x31, 0x32, 0x33, 0x34])
        let reported = try #require(card.divergence).description
        #expect(reported.contains("••") && !reported.contains("31 32"))
    }

    @Test func `masked bytes stand for any in commands and for none in answers`() throws {
        let verify = TraceEvent(
            time: 0, reader: "R", command: [0x00, 0x20, 0, 1, 2, 0x31, 0x32],
            outcome: .success(ResponseAPDU(status: .success)), duration: .zero)
        let card = ReplayedCard([.exchange(verify)])
        #expect(try card.process([0x00, 0x20, 0, 1, 2, 0x39, 0x38]) == [0x90, 0x00])
        var answer = MaskedBytes([1, 2, 0x90, 0x00])
        answer.mask(0..<2)
        let read = TraceEvent(
            time: 0, reader: "R", command: MaskedBytes([0x00, 0xB0, 0, 0, 2]), outcome: .response(answer),
            duration: .zero)
        let other = ReplayedCard([.exchange(read)])
        #expect(try other.process([0x00, 0xB0, 0, 0, 2]) == [0x6F, 0x00])
        #expect(other.divergence?.answerIsMasked == true)
    }

    @Test func `instructions may be ignored`() throws {
        let card = ReplayedCard(try Self.trace(["80100000021234"]), ignoring: [0x10])
        #expect(try card.process([0x80, 0x10, 0, 0, 2, 0xFF, 0xFF]).suffix(4) == [0x12, 0x34, 0x90, 0x00])
    }

    @Test func `traces are compared aligned`() throws {
        let first = try Self.trace(["8012900000", "80100000021234", "8011000200", "8012900000"])
        let second = try Self.trace(["80100000021235", "8011000200", "8012910000", "8012900000", "8014000000"])
        let comparison = TraceComparison(first, second)
        #expect(comparison.same == 2)
        let kinds = comparison.differences.map { difference in
            switch difference {
            case .onlyFirst(let number, _): "-\(number)"
            case .onlySecond(let number, _): "+\(number)"
            case .command(let first, _, let second, _): "\(first)/\(second)"
            case .answer(let first, _, let second, _): "\(first)~\(second)"
            }
        }
        #expect(kinds == ["-1", "2/1", "+3", "+5"])
        #expect(TraceComparison(first, first).differences.isEmpty)
        #expect(TraceComparison(first, second, ignoring: [0x10]).same == 3)
    }

    /// Thousands of different commands are divided at commands that are unique on either side, and the rest in step.
    @Test func `long traces that differ are compared too`() throws {
        func command(_ ins: Int, _ number: Int) -> String {
            let digits = String(number, radix: 16, uppercase: true)
            return "80\(ins)0000" + "04" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        let count = 6000
        let common = (0..<count).map { command(16, $0) }
        // A part that only one has, and challenges that occur only once.
        let first = try Self.trace(common.flatMap { [$0, command(14, Int($0.suffix(4), radix: 16) ?? 0)] })
        let second = try Self.trace(
            (0..<count).map { command(12, $0) }
                + common.flatMap { [$0, command(14, 1_000_000 + (Int($0.suffix(4), radix: 16) ?? 0))] })
        let comparison = TraceComparison(first, second)
        #expect(comparison.same == count)
        #expect(comparison.differences.count == 2 * count)
        // Nothing is unique: both sides go in step.
        let repeated = try Self.trace((0..<count).map { command(16, $0 % 2) })
        let others = try Self.trace((0..<count).map { command(12, $0 % 2) })
        #expect(TraceComparison(repeated, others).differences.count == 2 * count)
    }

    @Test func `another answer is a difference unless it is ignored`() throws {
        let first = try Self.trace(["8014000000", "8014000000"])
        let second = [first[1], first[0]]
        #expect(TraceComparison(first, second).differences.count == 2)
        #expect(TraceComparison(first, second, ignoring: [0x14]).same == 2)
    }
}
