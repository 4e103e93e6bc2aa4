import CardTrace
import ISO7816
import Testing
import ValueProtocol

@Suite struct TracingArticle {
    @Test func `tracing`() throws {
        let reader = try ArticleCards.blankMasterKeyCard()
        var lines: [String] = []

        var decoder = TraceDecoder(try APDUDictionary())
        let text = TraceText()
        let channel = TracingChannel(reader, name: "desk") { event in
            lines += text.lines(for: decoder.decode(event))
        }

        _ = try ElementInfo.select(.masterKey, over: channel)
        _ = try channel.transmit(try CommandAPDU(cla: 0, ins: 0x20, p1: 0, p2: 1, data: Array("1234".utf8)))
        #expect(lines.count == 4)
        #expect(lines[2].contains("••") && !lines[2].contains("31 32 33 34"))
    }

    @Test func `replaying`() throws {
        let reader = try ArticleCards.blankMasterKeyCard()
        var writer = TraceWriter(.json, try APDUDictionary())
        var bytes = writer.start()
        let channel = TracingChannel(reader, name: "desk") { bytes += writer.write(.exchange($0)) }
        _ = try ElementInfo.select(.masterKey, over: channel)

        let recorded = try TraceReader.records(in: bytes, file: "desk.jsonl")
        let card = ReplayedCard(recorded)
        let program = try InProcessChannel(card)
        let element = try ElementInfo.select(.masterKey, over: program)
        if let divergence = card.divergence { print(divergence) }

        #expect(element.eid == ArticleCards.id && card.isFinished)
    }
}
