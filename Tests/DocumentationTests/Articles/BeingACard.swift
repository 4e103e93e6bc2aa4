import CardIO
import ContactInterface
import ISO7816
import Testing
import ValueElement

// A card at the top of its file, as an article shows it.
final class Counter: IntegratedCircuitCard {
    let answerToReset: [UInt8] = [0x3B, 0x80, 0x01, 0x81]
    private var count: UInt8 = 0

    func reset() throws(CardError) { count = 0 }

    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        count += 1
        return [count, 0x90, 0x00]
    }
}

@Suite struct BeingACardArticle {
    // It needs a virtual reader, so it is compiled here and not run.
    func emulating(_ records: [RecordName: [UInt8]]) async throws {
        let card = try VirtualReaderCard(ValueCard(VolatileMemory(records)))
        try await card.insert(deadline: .now + .seconds(2))
        print("out again:", await card.waitUntilRemoved())
    }

    @Test func `being a card`() throws {
        let channel = try InProcessChannel(Counter())
        let answer = try channel.transmit(try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x01]))
        #expect(answer.bytes == [0x01, 0x90, 0x00])
    }

    @Test func beingACardOverContacts() throws {
        let slot = try ContactSlot(Counter())
        let channel = EnvelopeChannel(GetResponseChannel(slot))
        let overContacts = try channel.transmit(try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x01]))
        #expect(overContacts.bytes == [0x01, 0x90, 0x00])
    }
}
