import ContactInterface
import ISO7816
import Testing

@Suite struct OverTheContactsArticle {
    @Test func `over the contacts`() throws {
        let answer = try AnswerToReset.Builder(protocols: [0, 1]).build()
        var line = CharacterLine(reader: InterfaceDevice(), card: CardTransceiver(answer))
        line.card.reset(at: line.now)
        line.reader.reset(at: line.now)

        var response: [UInt8] = []
        while line.step() {
            if let command = line.card.dequeueCommand() {
                line.card.answer(command + StatusWord.success.bytes, at: line.now)
            }
            switch line.reader.dequeueEvent() {
            case .ready: line.reader.exchange([0x00, 0xB0, 0x00, 0x00], at: line.now)
            case .exchanged(let result): response = try result.get()
            case .failed(let error): throw error
            case .resetWanted, nil: break
            }
        }
        #expect(response == [0x00, 0xB0, 0x00, 0x00, 0x90, 0x00])
    }
}
