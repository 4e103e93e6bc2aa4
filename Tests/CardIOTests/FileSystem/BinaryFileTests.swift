import CardIOTesting
import ISO7816
import Testing

@Suite struct BinaryFileTests {
    let card = FileSystemWorld.card()
    let channel: InProcessChannel

    init() throws {
        channel = try InProcessChannel(card)
        try channel.select(FileSystemWorld.wallet)
    }

    @Test(arguments: [1, 7, 199, 200, 256])
    func `whole file`(step: Int) throws {
        var steps: [Int] = []
        let bytes = try channel.readFile(.short(1), step: step) { steps.append($0) }
        #expect(bytes == Array(0..<200))
        #expect(steps.last == 200 && steps == steps.sorted())
        #expect(try channel.readFile(offset: 190, step: step) == Array(190..<200))
        #expect(try channel.readFile(offset: 10, count: 5, step: step) == Array(10..<15))
    }

    @Test func `beyond fifteen bits the offset is a data object`() throws {
        try channel.select(.elementaryFile(0x0006))
        #expect(try channel.readFile(step: 200) == FileSystemWorld.long)
        #expect(
            try channel.readFile(offset: 32_760, count: 40, step: 16) == Array(FileSystemWorld.long[32_760..<32_800]))
        #expect(throws: InterindustryError(.tooLong, "")) { try channel.readFile(limit: 1000) }
        try channel.updateFile(offset: 65_000, Array(repeating: 0xEE, count: 700), step: 100)
        #expect(try channel.readFile(offset: 65_000, count: 700) == Array(repeating: 0xEE, count: 700))
        let found = try channel.perform(.searchBinary(offset: 40_000, for: [0xEE, 0xEE]), "SEARCH BINARY")
        #expect(Array(found.data) == [0x54, 0x02, 0xFD, 0xE8])
        _ = try channel.perform(.eraseBinary(offset: 65_000, until: 65_002), "ERASE BINARY")
        #expect(try channel.readFile(offset: 64_999, count: 4).suffix(3) == [0, 0, 0xEE])
    }

    @Test func `writing and erasing`() throws {
        try channel.updateFile(.short(1), offset: 10, [0x0F, 0x0F])
        _ = try channel.perform(.writeBinary(offset: 10, [0xF0]), "WRITE BINARY")
        #expect(try channel.readFile(offset: 9, count: 4) == [9, 0xFF, 0x0F, 12])
        _ = try channel.perform(.eraseBinary(offset: 9, until: 11), "ERASE BINARY")
        #expect(try channel.readFile(offset: 8, count: 4) == [8, 0, 0, 0x0F])
        _ = try channel.perform(.eraseBinary(.short(1), offset: 100), "ERASE BINARY")
        #expect(try channel.readFile(offset: 99) == [99] + Array(repeating: 0, count: 100))
        #expect(throws: InterindustryError(.refused, "")) { try channel.updateFile(offset: 199, [1, 2]) }
        #expect(throws: InterindustryError(.outOfRange, "")) { try CommandAPDU.readBinary(.short(31)) }
        #expect(throws: InterindustryError(.outOfRange, "")) { try CommandAPDU.eraseBinary(offset: 5, until: 5) }
        #expect(throws: InterindustryError(.outOfRange, "")) { try CommandAPDU.eraseBinary(offset: -1) }
        for offset in [0, 0x8000] {
            #expect(try CommandAPDU.readBinary(offset: offset, length: .max).expectedLength == 65_536)
            #expect(throws: InterindustryError.self) { try CommandAPDU.readBinary(offset: offset, length: .min) }
        }
        #expect(throws: InterindustryError(.outOfRange, "")) { try CommandAPDU.eraseBinary(offset: -1, until: 5) }
    }

    @Test func `record files are not binary`() throws {
        do throws(InterindustryError) {
            _ = try channel.readFile(.short(2))
            Issue.record("records were read as bytes")
        } catch { #expect(error.status == StatusWord(0x6981)) }
    }

    @Test func `commands as they travel`() throws {
        #expect(try CommandAPDU.readBinary(offset: 0x1234, length: 16).bytes == [0, 0xB0, 0x12, 0x34, 0x10])
        #expect(try CommandAPDU.readBinary(.short(5), offset: 9).bytes == [0, 0xB0, 0x85, 9, 0])
        #expect(
            try CommandAPDU.readBinary(.short(5), offset: 0x100, length: 8).bytes
                == [0, 0xB1, 0, 5, 4, 0x54, 2, 1, 0, 10])
        #expect(
            try CommandAPDU.updateBinary(offset: 0x8000, [0xAA]).bytes
                == [0, 0xD7, 0, 0, 7, 0x54, 2, 0x80, 0, 0x53, 1, 0xAA])
    }
}
