import ContactInterface
import TestSupport
import Testing

/// The scenarios of ISO/IEC 7816-3, annex A, on the reader's side. IFSD stays 32 unless a scenario is about it.
@Suite struct ReaderScenarioTests {
    private func reader(_ command: String, fieldSize: UInt8? = nil, nodeAddress: UInt8 = 0) throws -> Scenario<T1Reader>
    {
        let settings = T1Settings(nodeAddress: nodeAddress, informationFieldSize: fieldSize)
        var scenario = Scenario(T1Reader(try Scenario<T1Reader>.parameters(4), settings: settings))
        scenario.end.exchange(hex(command), at: 0)
        return scenario
    }

    private func expect(
        _ scenario: inout Scenario<T1Reader>, _ answer: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let result = try? scenario.end.dequeueResult()?.get()
        #expect(result == hex(answer), sourceLocation: location)
        #expect(!scenario.end.hasOutgoing && scenario.end.deadline == nil, sourceLocation: location)
    }

    private func expect(
        _ scenario: inout Scenario<T1Reader>, failure: TransmissionError.Code,
        _ location: SourceLocation = #_sourceLocation
    ) {
        guard case .failure(let error) = scenario.end.dequeueResult() else {
            Issue.record("no failure", sourceLocation: location)
            return
        }
        #expect(error.code == failure, sourceLocation: location)
    }

    @Test func `information goes back and forth`() throws {
        var it = try reader("AABB")
        it.sends("00 00 02 AABB")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
        it.end.exchange(hex("CC"), at: it.time)
        it.sends("00 40 01 CC")
        it.gets("00 40 03 019000")
        expect(&it, "019000")
        it.end.exchange(hex("DD"), at: it.time)
        it.sends("00 00 01 DD")
    }

    @Test func `more time is granted`() throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.gets("00 C3 01 05")
        let granted = it.time
        it.sends("00 E3 01 05")
        #expect((it.end.deadline ?? 0) - granted > 5 * 960 * 372 << 4)
        it.gets("00 00 02 9000")
        expect(&it, "9000")
    }

    @Test func `field sizes are reported`() throws {
        var it = try reader("AABBCCDDEEFF", fieldSize: 0x20 + 1)
        it.sends("00 C1 01 21")
        it.gets("00 E1 01 21")
        it.sends("00 20 04 AABBCCDD")
        it.gets("00 C1 01 01")
        it.sends("00 E1 01 01")
        it.gets("00 90 00")
        it.sends("00 60 01 EE")
        it.gets("00 80 00")
        it.sends("00 00 01 FF")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
    }

    @Test func `chains go both ways`() throws {
        var it = try reader("AABBCCDDEEFF")
        it.sends("00 20 04 AABBCCDD")
        it.gets("00 90 00")
        it.sends("00 40 02 EEFF")
        it.gets("00 20 02 0102")
        it.sends("00 90 00")
        it.gets("00 60 00")
        it.sends("00 80 00")
        it.gets("00 00 02 9000")
        expect(&it, "0102 9000")
    }

    @Test func `a block that the card missed is sent again`() throws {
        for fault in ["80", "81", "82"] {
            var it = try reader("AA")
            it.sends("00 00 01 AA")
            it.gets("00 \(fault) 00")
            it.sends("00 00 01 AA")
            it.gets("00 00 02 9000")
            expect(&it, "9000")
        }
    }

    @Test func `an answer that is garbled is asked for again`() throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.getsGarbled("00 00 02 9000")
        it.sends("00 81 00")
        it.getsGarbled("00 00 02 9000")
        it.sends("00 81 00")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
    }

    @Test func `an answer that does not come is asked for again`() throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.waits()
        it.sends("00 82 00")
        it.gets("00 80 00")
        it.sends("00 00 01 AA")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
    }

    @Test(arguments: [
        "00 40 02 9000", "00 90 00", "00 E3 01 01", "00 C3 00", "00 C3 01 00", "00 C1 01 00", "00 C1 01 FF", "00 C0 00",
        "00 01 02 9000", "00 84 00", "00 C5 00", "00 80 01 00", "11 00 02 9000", "00 00 FF",
    ])
    func `what is against the rules is asked for again`(block: String) throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.gets(block)
        it.sends("00 82 00")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
    }

    @Test func `requests are repeated`() throws {
        var it = try reader("AA", fieldSize: 0xFE)
        it.sends("00 C1 01 FE")
        it.getsGarbled("00 E1 01 FE")
        it.sends("00 C1 01 FE")
        it.gets("00 E1 01 FD")
        it.sends("00 C1 01 FE")
        it.gets("00 E1 01 FE")
        it.sends("00 00 01 AA")
    }

    @Test func `a garbled extension is asked for again`() throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.getsGarbled("00 C3 01 02")
        it.sends("00 81 00")
        it.gets("00 C3 01 02")
        it.sends("00 E3 01 02")
        it.waits()
        it.sends("00 82 00")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
    }

    @Test func `after three attempts numbers begin anew`() throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
        it.end.exchange(hex("BB"), at: it.time)
        it.sends("00 40 01 BB")
        it.waits()
        it.sends("00 92 00")
        it.waits()
        it.sends("00 92 00")
        it.waits()
        it.sends("00 C0 00")
        it.waits()
        it.sends("00 C0 00")
        it.gets("00 E0 00")
        expect(&it, failure: .resynchronized)
        it.end.exchange(hex("CC"), at: it.time)
        it.sends("00 00 01 CC")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
    }

    @Test func `a command that the card does not have whole begins anew once`() throws {
        var it = try reader("AABBCCDDEEFF")
        it.sends("00 20 04 AABBCCDD")
        it.gets("00 80 00")
        it.sends("00 20 04 AABBCCDD")
        it.gets("00 80 00")
        it.sends("00 20 04 AABBCCDD")
        it.gets("00 80 00")
        it.sends("00 C0 00")
        it.gets("00 E0 00")
        it.sends("00 20 04 AABBCCDD")
        for _ in 0..<2 {
            it.gets("00 80 00")
            it.sends("00 20 04 AABBCCDD")
        }
        it.gets("00 80 00")
        expect(&it, failure: .unrecoverable)
        it.end.exchange(hex("AA"), at: it.time)
        expect(&it, failure: .notReady)
    }

    @Test func `after three resynchronizations the card is given up`() throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.gets("00 C3 01 01")
        it.sends("00 E3 01 01")
        it.waits()
        it.sends("00 82 00")
        it.waits()
        it.sends("00 82 00")
        for _ in 0..<3 {
            it.waits()
            it.sends("00 C0 00")
        }
        it.waits()
        expect(&it, failure: .unrecoverable)
    }

    @Test func `a card that never spoke is mute`() throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.waits()
        it.sends("00 82 00")
        it.waits()
        it.sends("00 82 00")
        it.waits()
        expect(&it, failure: .mute)
    }

    @Test func `the card aborts the reader's chain`() throws {
        var it = try reader("AABBCCDDEEFF")
        it.sends("00 20 04 AABBCCDD")
        it.gets("00 C2 00")
        it.sends("00 E2 00")
        it.gets("00 90 00")
        expect(&it, failure: .aborted)
        it.end.exchange(hex("AA"), at: it.time)
        it.sends("00 40 01 AA")
    }

    @Test func `the reader aborts its own chain`() throws {
        var it = try reader("AABBCCDDEEFF")
        it.sends("00 20 04 AABBCCDD")
        it.end.abort()
        it.gets("00 90 00")
        it.sends("00 C2 00")
        it.getsGarbled("00 E2 00")
        it.sends("00 C2 00")
        it.gets("00 E2 00")
        expect(&it, failure: .aborted)
        it.end.exchange(hex("AA"), at: it.time)
        it.sends("00 40 01 AA")
        it.gets("00 00 02 9000")
        expect(&it, "9000")
    }

    @Test func `the reader aborts the card's chain`() throws {
        var it = try reader("AA")
        it.sends("00 00 01 AA")
        it.end.abort()
        it.gets("00 20 02 0102")
        it.sends("00 C2 00")
        it.gets("00 E2 00")
        expect(&it, failure: .aborted)
        it.end.exchange(hex("BB"), at: it.time)
        it.sends("00 40 01 BB")
        it.gets("00 40 02 9000")
        expect(&it, "9000")
    }

    @Test func `what is no chain is not aborted`() throws {
        var it = try reader("AA")
        it.end.abort()
        it.sends("00 00 01 AA")
        it.end.abort()
        it.gets("00 00 02 9000")
        expect(&it, "9000")
        it.end.abort()
        it.end.exchange(hex("AABBCCDDEEFF"), at: it.time)
        it.sends("00 60 04 AABBCCDD")
        it.gets("00 80 00")
        it.sends("00 00 02 EEFF")
    }

    @Test(arguments: [0x11, 0x08, 0x80, 0x88, 0x77] as [UInt8])
    func `nodes that cannot be reported apart are refused`(nodeAddress: UInt8) throws {
        var it = try reader("AA", nodeAddress: nodeAddress)
        it.sendsNothing()
        expect(&it, failure: .nodeAddress)
    }

    @Test func `node addresses change range`() throws {
        var it = try reader("AA", nodeAddress: 0x21)
        it.sends("21 00 01 AA")
        it.gets("21 00 02 9000")
        it.sends("21 82 00")
        it.gets("12 00 02 9000")
        expect(&it, "9000")
    }
}
