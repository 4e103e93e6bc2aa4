import ContactInterface
import TestSupport
import Testing

/// The scenarios of ISO/IEC 7816-3, annex A, on the card's side.
@Suite struct CardScenarioTests {
    private func card(announced: UInt8? = nil, maxCommandLength: Int = 100) throws -> Scenario<T1Card> {
        Scenario(
            T1Card(
                try Scenario<T1Card>.parameters(), announcedFieldSize: announced, maxCommandLength: maxCommandLength))
    }

    private func answer(_ it: inout Scenario<T1Card>, _ command: String, _ answer: String) {
        #expect(it.end.dequeueCommand() == hex(command))
        it.end.answer(hex(answer), at: it.time)
    }

    @Test func `information goes back and forth`() throws {
        var it = try card()
        it.gets("00 00 02 AABB")
        answer(&it, "AABB", "9000")
        it.sends("00 00 02 9000")
        it.gets("00 40 01 CC")
        answer(&it, "CC", "6A82")
        it.sends("00 40 02 6A82")
    }

    @Test func `chains go both ways`() throws {
        var it = try card()
        it.gets("00 20 01 AA")
        it.sends("00 90 00")
        it.gets("00 60 00")
        it.sends("00 80 00")
        it.gets("00 00 01 BB")
        let long = [UInt8](repeating: 7, count: 40).map { "0\($0)" }.joined()
        answer(&it, "AABB", long)
        it.sends("00 20 20" + long.prefix(64))
        it.gets("00 90 00")
        it.sends("00 40 08" + long.suffix(16))
    }

    @Test func `a block twice is one command`() throws {
        var it = try card()
        it.gets("00 00 01 AA")
        answer(&it, "AA", "9000")
        it.sends("00 00 02 9000")
        it.gets("00 00 01 AA")
        #expect(it.end.dequeueCommand() == nil)
        it.sends("00 92 00")
        it.gets("00 82 00")
        it.sends("00 00 02 9000")
    }

    @Test func `errors are asked about and answered`() throws {
        var it = try card()
        it.getsGarbled("00 00 01 AA")
        it.sends("00 81 00")
        it.gets("00 82 00")
        it.sends("00 80 00")
        it.gets("00 00 01 AA")
        answer(&it, "AA", "9000")
        it.sends("00 00 02 9000")
        it.gets("00 81 00")
        it.sends("00 00 02 9000")
        it.gets("00 40 01 BB")
        answer(&it, "BB", "9001")
        it.sends("00 40 02 9001")
    }

    @Test func `time is asked for`() throws {
        var it = try card()
        it.gets("00 00 01 AA")
        #expect(it.end.dequeueCommand() == hex("AA"))
        it.waits()
        it.sends("00 C3 01 01")
        it.getsGarbled("00 E3 01 01")
        it.sends("00 C3 01 01")
        it.gets("00 82 00")
        it.sends("00 C3 01 01")
        it.gets("00 E3 01 01")
        it.sendsNothing()
        it.end.answer(hex("9000"), at: it.time)
        it.sends("00 00 02 9000")
    }

    @Test func `field sizes are reported and taken`() throws {
        var it = try card(announced: 0xF0)
        it.gets("00 C1 01 02")
        it.sends("00 E1 01 02")
        it.gets("00 C1 01 00")
        it.sends("00 82 00")
        it.gets("00 00 01 AA")
        it.sends("00 C1 01 F0")
        answer(&it, "AA", "019000")
        it.gets("00 E1 01 F0")
        it.sends("00 20 02 0190")
        it.gets("00 90 00")
        it.sends("00 40 01 00")
    }

    @Test func `numbers begin anew`() throws {
        var it = try card()
        it.gets("00 00 01 AA")
        answer(&it, "AA", "9000")
        it.sends("00 00 02 9000")
        it.gets("00 C0 00")
        it.sends("00 E0 00")
        it.gets("00 00 01 BB")
        answer(&it, "BB", "9001")
        it.sends("00 00 02 9001")
    }

    @Test func `chains are aborted`() throws {
        var it = try card(maxCommandLength: 3)
        it.gets("00 20 04 AABBCCDD")
        it.sends("00 C2 00")
        it.gets("00 E2 00")
        it.sends("00 90 00")
        it.gets("00 40 01 AA")
        answer(&it, "AA", [String](repeating: "07", count: 40).joined())
        _ = it.end.dequeueOutgoing()
        it.gets("00 C2 00")
        it.sends("00 E2 00")
        it.gets("00 00 01 BB")
        answer(&it, "BB", "9000")
        it.sends("00 40 02 9000")
    }

    @Test func `one card is one node`() throws {
        var it = try card()
        it.gets("21 20 01 AA")
        it.sends("12 90 00")
        // Another node pair within a chain, which would have other sequence numbers.
        it.gets("31 40 01 BB")
        it.sends("12 92 00")
        it.gets("21 40 01 BB")
        answer(&it, "AABB", "9000")
        it.sends("12 00 02 9000")
        // After resynchronization another pair may be chosen.
        it.gets("31 C0 00")
        it.sends("13 E0 00")
        it.gets("31 00 01 CC")
        answer(&it, "CC", "9000")
        it.sends("13 00 02 9000")
    }

    @Test func `the reader aborts either chain`() throws {
        var it = try card()
        it.gets("00 20 01 AA")
        it.sends("00 90 00")
        it.gets("00 C2 00")
        it.sends("00 E2 00")
        it.gets("00 40 01 BB")
        let long = [UInt8](repeating: 7, count: 40).map { "0\($0)" }.joined()
        answer(&it, "BB", long)
        it.sends("00 20 20" + long.prefix(64))
        it.gets("00 C2 00")
        it.sends("00 E2 00")
        it.gets("00 00 01 CC")
        answer(&it, "CC", "9000")
        it.sends("00 40 02 9000")
    }

    @Test func `what the card must not do it`() throws {
        for block in ["00 E1 01 20", "00 C3 01 01", "88 00 01 AA", "00 40 01 AA", "00 1F 01 AA"] {
            var it = try card()
            it.gets(block)
            it.sends("00 82 00")
            #expect(it.end.dequeueCommand() == nil)
        }
    }
}
