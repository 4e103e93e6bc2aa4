import CardIOTesting
import ISO7816
import Testing

@Suite struct ChainingAndChannelTests {
    /// Extended or not, chaining or not, whole answers or parts: the same operations give the same result.
    @Test(arguments: [(true, true, 65_536), (false, true, 256), (false, true, 17), (true, false, 100)])
    func `long data`(extended: Bool, chains: Bool, answers: Int) throws {
        let card = FileSystemWorld.card(
            .init(supportsExtendedLengths: extended, supportsCommandChaining: chains, answerData: answers))
        let atr = try AnswerToReset(card.answerToReset)
        let limits = TransferLimits(atr.historical.capabilities)
        #expect(limits.supportsExtendedLengths == extended && limits.supportsCommandChaining == chains)
        let channel = CommandChaining(GetResponseChannel(try InProcessChannel(card)), limits: limits)
        try channel.select(FileSystemWorld.wallet)
        let data = Array(FileSystemWorld.long.prefix(3000))
        _ = try channel.perform(.putData(0x9F70, data), "PUT DATA")
        #expect(Array(try channel.perform(.getData(0x9F70, length: 3000), "GET DATA").data) == data)
        _ = try channel.perform(.putData([TLV(0x45, [1, 2])]), "PUT DATA")
        let both = try channel.perform(.getData([0x42, 0x45]), "GET DATA")
        #expect(Array(both.data) == [0x42, 3, 1, 2, 3, 0x45, 2, 1, 2])
    }

    @Test func `a card that takes no more is not sent more`() throws {
        let card = FileSystemWorld.card(.init(supportsExtendedLengths: false, supportsCommandChaining: false))
        let channel = CommandChaining(try InProcessChannel(card), limits: .short)
        let command = try CommandAPDU.putData(0x9F70, [UInt8](repeating: 1, count: 256))
        let error = #expect(throws: CardError.self) { try channel.transmit(command) }
        #expect(error?.code == .unsupported)
        #expect(error?.cause.map { "\($0)" } == "the card takes 255 bytes at once; the card does not announce chaining")
        let chained = try CommandAPDU(cla: 0x10, ins: 0xDA, p1: 0, p2: 0x42, data: [1])
        #expect(try channel.transmit(chained).status == StatusWord(0x6884))
    }

    @Test func `a part of a chain that is too long is refused as such`() throws {
        let card = FileSystemWorld.card(.init(supportsExtendedLengths: false))
        let limits = TransferLimits(try AnswerToReset(card.answerToReset).historical.capabilities)
        let channel = CommandChaining(try InProcessChannel(card), limits: limits)
        let part = try CommandAPDU(cla: 0x10, ins: 0xDA, p1: 0, p2: 0x42, data: [UInt8](repeating: 1, count: 256))
        let error = #expect(throws: CardError.self) { try channel.transmit(part) }
        #expect(error?.code == .unsupported)
        #expect(error?.cause.map { "\($0)" } == "the card takes 255 bytes at once; a part of a chain cannot be split")
    }

    @Test func `a chain that is broken off counts for nothing`() throws {
        let card = FileSystemWorld.card()
        let channel = try InProcessChannel(card)
        let part = try CommandAPDU(cla: 0x10, ins: 0xDA, p1: 0x9F, p2: 0x71, data: [1])
        #expect(try channel.transmit(part).status == .success)
        #expect(try channel.transmit(.getData(0x42)).status == StatusWord(0x6883))
        #expect(try channel.transmit(.getData(0x42)).status == .referencedDataNotFound)
        #expect(card.root.objects.isEmpty)
    }

    @Test func `lengths of the ATR file`() throws {
        let objects = try TLV.parse([0x7F, 0x66, 0x08, 0x02, 0x02, 0x01, 0x05, 0x02, 0x02, 0x01, 0x02])
        let lengths = try #require(ExtendedLengthInformation(objects))
        #expect(lengths.commandData == 252 && lengths.answerData == 256)
        #expect(ExtendedLengthInformation(try TLV.parse([0x7F, 0x66, 0x03, 0x02, 0x01, 0x05])) == nil)
    }

    @Test func `channels are apart`() throws {
        let card = FileSystemWorld.card()
        let channel = try InProcessChannel(card)
        try channel.select(FileSystemWorld.wallet)
        try channel.withLogicalChannel { second in
            #expect(second.number == 1)
            try second.select(.name([0xA0, 0, 0, 0, 1, 2]))
            #expect(try channel.readFile(.short(1), count: 2) == [0, 1])
            #expect(throws: InterindustryError(.refused, "")) { try second.readFile(.short(1)) }
        }
        #expect(card.openChannels == [0])
        try channel.withLogicalChannel(19) { last in
            try last.select(FileSystemWorld.wallet)
            #expect(try last.readFile(.short(1)).count == 200)
            #expect(card.openChannels == [0, 19])
        }
    }

    @Test func `a channel is closed on every way out`() throws {
        struct Stop: Error {}
        let card = FileSystemWorld.card()
        let channel = try InProcessChannel(card)
        #expect(throws: Stop.self) { try channel.withLogicalChannel { _ in throw Stop() } }
        #expect(card.openChannels == [0])
        #expect(throws: Stop.self) {
            try channel.withLogicalChannel { _ in
                try channel.reset()
                throw Stop()
            }
        }
        #expect(throws: InterindustryError(.refused, "")) {
            try channel.withLogicalChannel { _ in try channel.reset() }
        }
    }

    @Test func `no channel is left`() throws {
        let channel = try InProcessChannel(FileSystemWorld.card(.init(channels: 2)))
        let second = try channel.openChannel()
        #expect(throws: InterindustryError(.noChannel, "")) { try second.openChannel() }
        #expect(throws: InterindustryError(.outOfRange, "")) { try channel.openChannel(20) }
    }
}
