import CardIOTesting
import ISO7816
import Testing

@Suite struct RecordFileTests {
    let channel: InProcessChannel

    init() throws {
        channel = try InProcessChannel(FileSystemWorld.card())
        try channel.select(FileSystemWorld.wallet)
    }

    @Test func `all records of every structure`() throws {
        #expect(try channel.readRecords(of: .short(2)) == [[1, 1, 1], [2, 2, 2], [0, 0, 0]])
        #expect(try channel.readRecords(of: .short(3)) == [[1], [2, 2], [3, 3, 3]])
        #expect(try channel.readRecords(of: .short(4), length: 7) == [[9, 9], [8, 8], [7, 7]])
        let joined = try channel.perform(.readRecords(from: 2, of: .short(3)), "READ RECORD")
        #expect(Array(joined.data) == [2, 2, 3, 3, 3])
    }

    @Test func `one after the other`() throws {
        func read(_ occurrence: Selection.Occurrence) throws -> [UInt8] {
            Array(try channel.perform(.readRecord(.identifier(0, occurrence), of: .short(2)), "READ RECORD").data)
        }
        #expect(try read(.first) == [1, 1, 1])
        #expect(try read(.next) == [2, 2, 2])
        #expect(try read(.last) == [0, 0, 0])
        #expect(try read(.previous) == [2, 2, 2])
    }

    @Test func `writing`() throws {
        _ = try channel.perform(.updateRecord(.number(1), of: .short(2), [4, 5, 6]), "UPDATE RECORD")
        _ = try channel.perform(.writeRecord(.number(3), [7, 7, 7]), "WRITE RECORD")
        _ = try channel.perform(.appendRecord(to: .short(2), [8, 8, 8]), "APPEND RECORD")
        #expect(try channel.readRecords() == [[4, 5, 6], [2, 2, 2], [7, 7, 7], [8, 8, 8]])
        #expect(throws: InterindustryError(.refused, "")) {
            try channel.perform(.writeRecord(.number(3), [1, 1, 1]), "WRITE RECORD")
        }
        _ = try channel.perform(.eraseRecord(3, andFollowing: true), "ERASE RECORD")
        #expect(try channel.readRecords() == [[4, 5, 6], [2, 2, 2], [0, 0, 0], [0, 0, 0]])
    }

    @Test func `a ring forgets the oldest`() throws {
        _ = try channel.perform(.appendRecord(to: .short(4), [1, 2]), "APPEND RECORD")
        _ = try channel.perform(.updateRecord(.identifier(0, .previous), [3, 4]), "UPDATE RECORD")
        #expect(try channel.readRecords() == [[3, 4], [1, 2], [9, 9]])
    }

    @Test func `searching`() throws {
        let found = try channel.perform(.searchRecord(for: [3, 3], of: .short(3)), "SEARCH RECORD")
        #expect(Array(found.data) == [3])
        let back = try channel.perform(.searchRecord(for: [2], from: 3, backwards: true), "SEARCH RECORD")
        #expect(Array(back.data) == [2])
        #expect(throws: InterindustryError(.outOfRange, "")) { try CommandAPDU.readRecord(.number(255)) }
    }
}
