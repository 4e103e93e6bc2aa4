import ISO7816
import Testing

@Suite struct ReadingAnAnswerArticle {
    @Test func `reading an answer`() throws {
        let channel = try ArticleCards.blankMasterKeyCard()
        let applicationIdentifier = ArticleCards.aid

        let select = try CommandAPDU(
            cla: 0x00, ins: 0xA4, p1: 0x04, p2: 0x00, data: applicationIdentifier, expectedLength: 256)
        let response = try channel.transmit(select)
        guard response.status == .success else {
            throw CardError(.malformedAnswer, subject: "SELECT: \(response.status) \(response.status.meaning)")
        }

        let whole = GetResponseChannel(channel)

        #expect(try whole.transmit(select) == response)
    }
}
