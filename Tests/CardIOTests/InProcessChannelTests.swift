import ISO7816
import Testing

@Suite struct InProcessChannelTests {
    /// Answers every command with its own bytes, and fails at INS 44.
    final class EchoCard: IntegratedCircuitCard {
        let answerToReset: [UInt8] = [0x3B, 0x00]
        private(set) var resets = 0
        func reset() throws(CardError) { resets += 1 }
        func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
            if command[1] == 0x44 { throw CardError(.cardUnresponsive, subject: "echo card") }
            return command + [0x90, 0x00]
        }
    }

    @Test func `a dead card stays dead until reset`() throws {
        let card = EchoCard()
        let channel = try InProcessChannel(card)
        let echo = try CommandAPDU([0x80, 0x10, 0x01, 0x02])
        let killer = try CommandAPDU([0x80, 0x44, 0x00, 0x00])
        #expect(try Array(channel.transmit(echo).data) == echo.bytes)
        #expect(throws: CardError(.cardUnresponsive, subject: "")) { try channel.transmit(killer) }
        #expect(throws: CardError(.cardUnresponsive, subject: "")) { try channel.transmit(echo) }
        try channel.reset()
        #expect(try channel.transmit(echo).status == .success)
        #expect(card.resets == 2)
    }
}
