import ContactInterface
import TestSupport
import Testing

@Suite struct T0CardTests {
    private func body(_ count: Int, _ status: String) -> [UInt8] { AnsweringCard.body(count) + hex(status) }

    @Test func `an answer to data is announced and fetched`() throws {
        let card = T0Card(AnsweringCard())
        #expect(try card.process(hex("80 10 00 2C 02 AA BB")) == hex("61 2C"))
        #expect(try card.process(hex("00 C0 00 00 2C")) == body(44, "9000"))
        #expect(try card.process(hex("00 C0 00 00 2C")) == hex("6D00"), "fetched once only")
    }

    @Test func `Le behind the data is passed over`() throws {
        let card = T0Card(AnsweringCard())
        #expect(try card.process(hex("80 10 00 07 01 AA 00")) == hex("61 07"))
        #expect(try card.process(hex("00 C0 00 00 07")) == body(7, "9000"))
    }

    @Test func `a wrong Le is corrected and the card acts once`() throws {
        let inner = AnsweringCard()
        let card = T0Card(inner)
        for wrong in ["00", "19", "1B", "FF"] {
            #expect(try card.process(hex("00 10 00 1A \(wrong)")) == hex("6C 1A"))
        }
        let acts = inner.commands.count
        #expect(try card.process(hex("00 10 00 1A 1A")) == body(26, "9000"))
        #expect(inner.commands.count == acts)
        #expect(try card.process(hex("00 10 00 1A 1A")) == body(26, "9000"))
        #expect(inner.commands.count == acts + 1, "the next is a command of its own")
    }

    @Test func `a wrong length of GET RESPONSE is corrected too`() throws {
        let card = T0Card(AnsweringCard())
        #expect(try card.process(hex("80 10 00 0A 01 AA")) == hex("61 0A"))
        #expect(try card.process(hex("00 C0 00 00 0B")) == hex("6C 0A"))
        #expect(try card.process(hex("00 C0 00 00 00")) == hex("6C 0A"))
        #expect(try card.process(hex("00 C0 00 00 04")) == AnsweringCard.body(10)[..<4] + hex("61 06"))
        #expect(try card.process(hex("00 C0 00 00 06")) == AnsweringCard.body(10)[4...] + hex("9000"))
    }

    @Test func `long answers come in parts`() throws {
        let card = T0Card(AnsweringCard())
        let all = AnsweringCard.body(600)
        #expect(try card.process(hex("80 12 02 58 01 AA")) == hex("61 00"))
        #expect(try card.process(hex("00 C0 00 00 00")) == all[..<256] + hex("61 00"))
        #expect(try card.process(hex("00 C0 00 00 00")) == all[256..<512] + hex("61 58"))
        #expect(try card.process(hex("00 C0 00 00 58")) == all[512...] + hex("6282"))
        #expect(try card.process(hex("80 12 02 58 00")) == all[..<256] + hex("61 00"), "case 2 too")
    }

    @Test(arguments: ["00 10 00 00", "00 10 00 00 00", "80 10 00 03 01 AA", "00 C0 00 01 0A", "01 C0 00 00 0A", "00"])
    func `any other command drops what is pending`(other: String) throws {
        let card = T0Card(AnsweringCard())
        #expect(try card.process(hex("80 10 00 0A 01 AA")) == hex("61 0A"))
        _ = try card.process(hex(other))
        let answer = try card.process(hex("00 C0 00 00 0A"))
        #expect(answer != body(10, "9000"))
        #expect(answer.count == 2)
    }

    @Test func `a reset drops what is pending`() throws {
        let inner = AnsweringCard()
        let card = T0Card(inner)
        #expect(try card.process(hex("80 10 00 0A 01 AA")) == hex("61 0A"))
        try card.reset()
        #expect(inner.resets == 1)
        #expect(try card.process(hex("00 C0 00 00 0A")) == hex("6D00"))
    }

    @Test(arguments: ["", "00", "00 10 00", "00 10 00 00 02 AA", "00 10 00 00 01 AA BB CC", "00 10 00 00 00 00 01 AA"])
    func `what is no command of T=0 is wrong length`(command: String) throws {
        let inner = AnsweringCard()
        #expect(try T0Card(inner).process(hex(command)) == hex("6700"))
        #expect(inner.commands.isEmpty)
    }

    /// The card's own `61xx` answers are not confused with those of T0Card.
    @Test func `a card that handles GET RESPONSE itself is left to it`() throws {
        let card = T0Card(ScriptedCard([hex("6102"), hex("AABB 9000")]))
        #expect(try card.process(hex("00 A4 04 00 01 AA")) == hex("6102"))
        #expect(try card.process(hex("00 C0 00 00 02")) == hex("AABB 9000"))
    }
}
