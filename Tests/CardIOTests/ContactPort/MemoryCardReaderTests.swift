import CardIO
import ISO7816
import Testing

/// The pseudo-APDUs byte by byte, as the makers' manuals have them.
@Suite struct MemoryCardReaderTests {
    private static func answers(_ commands: [[UInt8]]) throws -> [[UInt8]] {
        let reader = try MemoryCardReader(TwoWireBench().port)
        return try commands.map { try reader.process($0) }
    }

    private static let select: [UInt8] = [0xFF, 0xA4, 0x00, 0x00, 0x01, 0x06]

    @Test func theAnswerToResetHoldsTheCardsFourBytes() throws {
        let reader = try MemoryCardReader(TwoWireBench().port)
        #expect(reader.answerToReset == [0x3B, 0x04, 0xA2, 0x13, 0x10, 0x91])
        #expect(try AnswerToReset(reader.answerToReset).historicalBytes.elementsEqual([0xA2, 0x13, 0x10, 0x91]))
    }

    @Test func aSessionAnswersAsTheManualSays() throws {
        let answers = try Self.answers([
            [0xFF, 0xB0, 0x00, 0x00, 0x04],
            Self.select,
            [0xFF, 0xB0, 0x00, 0x04, 0x03],
            [0xFF, 0xB1, 0x00, 0x00, 0x04],
            [0xFF, 0x20, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00],
            [0xFF, 0x20, 0x00, 0x00, 0x03, 0x12, 0x34, 0x56],
            [0xFF, 0xD0, 0x00, 0x64, 0x02, 0xAB, 0xCD],
            [0xFF, 0xD6, 0x00, 0x66, 0x01, 0xEF],
            [0xFF, 0xB0, 0x00, 0x64, 0x03],
            [0xFF, 0xD1, 0x00, 0x00, 0x02, 0xA2, 0x13],
            [0xFF, 0xB2, 0x00, 0x00, 0x04],
        ])
        #expect(
            answers == [
                [0x69, 0x85], [0x90, 0x00], [0x04, 0x05, 0x06, 0x90, 0x00], [0x07, 0x00, 0x00, 0x00, 0x90, 0x00],
                [0x90, 0x03], [0x90, 0x07], [0x90, 0x00], [0x90, 0x00], [0xAB, 0xCD, 0xEF, 0x90, 0x00], [0x90, 0x00],
                [0xFC, 0xFF, 0xFF, 0xFF, 0x90, 0x00],
            ])
    }

    @Test func whatIsNoPseudoAPDUIsRefused() throws {
        #expect(
            try Self.answers([
                [0x00, 0xA4, 0x04, 0x00], [0xFF, 0x99, 0x00, 0x00], [0xFF], Self.select.dropLast() + [0x01],
            ])
                == [[0x6E, 0x00], [0x6D, 0x00], [0x67, 0x00], [0x6A, 0x80]])
    }

    @Test func codesAreMaskedInTraces() throws {
        var events: [TraceEvent] = []
        let channel = TracingChannel(
            try InProcessChannel(try MemoryCardReader(TwoWireBench().port)), name: "port", now: { 0 },
            sink: { events.append($0) })
        let card = try RemoteMemoryCard(over: channel)
        try card.presentRightCode()
        try card.changeCode(to: SecretBytes(copying: [0x77, 0x88, 0x99]))
        let text = events.map { $0.command.hexadecimal() }.joined(separator: "\n")
        #expect(text.contains("FF20000003••••••") && text.contains("FFD2000103••••••"))
        #expect(!text.contains("123456") && !text.contains("778899"))
    }
}
