import ContactInterface
import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// The code of ISO7816's articles.
@Suite struct ISO7816Articles {
    @Test func readingAnAnswer() throws {
        let id = PartyID(issuer: 1, kind: .masterKeyCard, number: 1)
        let channel = try InProcessChannel(ValueCard(VolatileMemory(ValueCard.blankMasterKeyCard(id))))
        let applicationIdentifier = ElementApplication.purse.aid

        let select = try CommandAPDU(
            cla: 0x00, ins: 0xA4, p1: 0x04, p2: 0x00, data: applicationIdentifier, expectedLength: 256)
        let response = try channel.transmit(select)
        guard response.status == .success else {
            throw CardError(.malformedAnswer, subject: "SELECT: \(response.status) \(response.status.meaning)")
        }

        let whole = GetResponseChannel(channel)

        #expect(try whole.transmit(select) == response)
        let answer = try TLV(response.data)
        let identifier = answer.first(0xA5, 0x80)?.value
        #expect(identifier?.count == 8)
        #expect(try balance([0x6F, 0x03, 0x81, 0x01, 0x07]) == 7)
    }

    func balance(_ bytes: [UInt8]) throws -> UInt64? {
        var balance: UInt64?
        var cursor = TLVCursor(bytes.span)
        while let element = try cursor.next() {
            if element.tag.isConstructed {
                var children = try element.children()
                balance = try children.next(0x81)?.unsignedInteger
            }
        }
        return balance
    }

    @Test func writing() throws {
        let name = ElementApplication.purse.aid
        let bytes = try [UInt8](capacity: 64) { (room) throws(TLVError) in
            try room.appendTLV(0x6F) { (room) throws(TLVError) in
                try room.appendTLV(0x84, value: name.span)
            }
        }
        #expect(bytes == [0x6F, 0x09, 0x84, 0x07] + name)
    }

    @Test func overTheContacts() throws {
        let answer = try AnswerToReset.Builder(protocols: [0, 1]).build()
        var line = CharacterLine(reader: InterfaceDevice(), card: CardTransceiver(answer))
        line.card.reset(at: line.now)
        line.reader.reset(at: line.now)

        var response: [UInt8] = []
        while line.step() {
            if let command = line.card.takeCommand() {
                line.card.answer(command + StatusWord.success.bytes, at: line.now)
            }
            switch line.reader.takeEvent() {
            case .ready: line.reader.exchange([0x00, 0xB0, 0x00, 0x00], at: line.now)
            case .exchanged(let result): response = try result.get()
            case .failed(let error): throw error
            case .resetWanted, nil: break
            }
        }
        #expect(response == [0x00, 0xB0, 0x00, 0x00, 0x90, 0x00])
    }
}
