import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct InputFileTests {
    @Test func `pieces follow one another to the end`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3, 4, 5], "a")
        let file = try InputFile(at: folder.file("a"))
        var room: [UInt8] = [0, 0]
        #expect(try file.read(into: &room) == 2 && room == [1, 2])
        #expect(try file.readAll(atMost: 3) == [3, 4, 5])
        #expect(try file.read(into: &room) == 0)
    }

    @Test func `a pipe is read to its end`() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        let pipe = try FileDescriptor.open(folder.file("pipe"), .readWrite)
        try pipe.writeAll(Array("text".utf8))
        let file = try InputFile(at: folder.file("pipe"))
        try pipe.close()
        #expect(try file.readAll(atMost: 4) == Array("text".utf8))
    }

    @Test func `what is longer than the bound is refused, whatever it is`() throws {
        expect(.tooLarge) { try InputFile(at: "/dev/zero").readAll(atMost: 100_000) }
        let folder = try TemporaryFolder()
        expect(.isFolder) { try InputFile(at: folder.filePath).readAll(atMost: 1) }
        expect(.missing) { try InputFile(at: folder.file("a")) }
    }

    @Test func `without a limit all is read`() throws {
        let folder = try TemporaryFolder()
        let bytes = [UInt8](repeating: 7, count: 70_000)
        try folder.write(bytes, "a")
        #expect(try InputFile(at: folder.file("a")).readAll(atMost: .max) == bytes)
    }

    /// The check value of the CRC catalogue for "123456789" (CRC-32/ISO-HDLC).
    @Test func `a checksum goes on where it stopped`() {
        let bytes = Array("123456789".utf8)
        #expect(CRC32.of(bytes[...]) == 0xCBF4_3926)
        #expect(CRC32.of(bytes[4...], after: CRC32.of(bytes[..<4])) == 0xCBF4_3926)
    }
}
