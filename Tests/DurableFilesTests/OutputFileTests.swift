import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct OutputFileTests {
    @Test func `a regular file is replaced whole and keeps its permissions`() throws {
        let folder = try TemporaryFolder()
        try OutputFile.write([1], to: folder.file("a"), permissions: .ownerReadWrite)
        #expect(try folder.permissions("a") == 0o600)
        #expect(chmod(folder.path + "/a", 0o664) == 0)
        let before = try FileManager.default.attributesOfItem(atPath: folder.path + "/a")[.systemFileNumber] as? Int
        try OutputFile.write([2], to: folder.file("a"))
        let after = try FileManager.default.attributesOfItem(atPath: folder.path + "/a")[.systemFileNumber] as? Int
        #expect(before != after)
        #expect(try folder.permissions("a") == 0o664)
        #expect(try folder.read("a") == [2])
        #expect(try folder.names() == ["a"])
    }

    @Test func `a link stays, and the file that it leads to is replaced`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "file")
        try folder.link("link", to: "file")
        try folder.link("second", to: folder.path + "/link")
        try OutputFile.write([2], to: folder.file("second"))
        #expect(try folder.target(ofLink: "link") == "file")
        #expect(try folder.read("file") == [2])
        try folder.link("dangling", to: "made")
        try OutputFile.write([3], to: folder.file("dangling"))
        #expect(try folder.read("made") == [3])
        #expect(try folder.target(ofLink: "dangling") == "made")
    }

    @Test func `a device is written through and stays one`() throws {
        try OutputFile.write([1, 2, 3], to: "/dev/null")
        #expect(try FileKind.ofName("/dev/null") == .other)
        let error = #expect(throws: FileError.self) { try OutputFile.write([1], to: "/dev/full") }
        #expect(error?.code == .diskFull)
        #expect(error?.cause as? Errno == .noSpace)
        let stream = try OutputFile(at: "/dev/full")
        expect(.diskFull) { try stream.write([1]) }
        #expect(try FileKind.ofName("/dev/full") == .other)
    }

    @Test func `a pipe is written through`() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        // Opened for both, so that a writer does not wait for a reader.
        let pipe = try FileDescriptor.open(folder.file("pipe"), .readWrite)
        defer { #expect(throws: Never.self) { try pipe.close() } }
        try OutputFile.write(Array("through".utf8), to: folder.file("pipe"))
        var room = [UInt8](repeating: 0, count: 64)
        let count = try room.withUnsafeMutableBytes { try pipe.read(into: $0) }
        #expect(room.prefix(count) == Array("through".utf8)[...])
        #expect(try FileKind.ofName(folder.file("pipe")) == .other)
    }

    @Test(arguments: [[], .append] as [FileDescriptor.OpenOptions])
    func `a file that a shell has open is added to and neither replaced nor cut off`(
        options: FileDescriptor.OpenOptions
    ) throws {
        let folder = try TemporaryFolder()
        try folder.write([], "a")
        let open = try FileDescriptor.open(folder.file("a"), .readWrite, options: options)
        try open.writeAll(Array("before\n".utf8))
        defer { #expect(throws: Never.self) { try open.close() } }
        let path = FilePath("/dev/fd/\(open.rawValue)")
        try OutputFile.write(Array("whole\n".utf8), to: path)
        try OutputFile(at: path).write(Array("piece\n".utf8))
        try open.writeAll(Array("after\n".utf8))
        #expect(try folder.read("a") == Array("before\nwhole\npiece\nafter\n".utf8))
    }

    @Test func `a link to a shell's output stays one, and the output is added to`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("before\n".utf8), "a")
        let open = try FileDescriptor.open(folder.file("a"), .readWrite, options: .append)
        defer { #expect(throws: Never.self) { try open.close() } }
        try folder.link("link", to: "/dev/fd/\(open.rawValue)")
        try folder.link("second", to: "../\(folder.filePath.lastComponent?.string ?? "")/link")
        try OutputFile.write(Array("whole\n".utf8), to: folder.file("second"))
        try OutputFile(at: folder.file("link")).write(Array("piece\n".utf8))
        let piecewise = try ReplacementFile(at: folder.file("second"))
        try piecewise.write(Array("replacement\n".utf8))
        try piecewise.finish()
        try open.writeAll(Array("after\n".utf8))
        #expect(try folder.read("a") == Array("before\nwhole\npiece\nreplacement\nafter\n".utf8))
        #expect(try FileKind.ofName(folder.file("link")) == .symbolicLink)
    }

    @Test func `a lock that a shell holds stays held`() throws {
        let folder = try TemporaryFolder()
        try folder.write([], "a")
        let open = try FileDescriptor.open(folder.file("a"), .readWrite)
        defer { #expect(throws: Never.self) { try open.close() } }
        #expect(flock(open.rawValue, LOCK_EX | LOCK_NB) == 0)
        try OutputFile.write(Array("text".utf8), to: FilePath("/dev/fd/\(open.rawValue)"))
        let other = try FileDescriptor.open(folder.file("a"), .readOnly)
        defer { #expect(throws: Never.self) { try other.close() } }
        #expect(flock(other.rawValue, LOCK_EX | LOCK_NB) == -1)
    }

    @Test func `a link to a device or a pipe stays one`() throws {
        let folder = try TemporaryFolder()
        try folder.link("full", to: "/dev/full")
        expect(.diskFull) { try OutputFile.write([1], to: folder.file("full")) }
        #expect(try folder.target(ofLink: "full") == "/dev/full")
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        try folder.link("link", to: "pipe")
        let pipe = try FileDescriptor.open(folder.file("pipe"), .readWrite)
        defer { #expect(throws: Never.self) { try pipe.close() } }
        try OutputFile.write([7], to: folder.file("link"))
        var byte: [UInt8] = [0]
        #expect(try byte.withUnsafeMutableBytes { try pipe.read(into: $0) } == 1)
        #expect(byte == [7])
        #expect(try folder.target(ofLink: "link") == "pipe")
    }

    @Test func `links that lead to each other are an error`() throws {
        let folder = try TemporaryFolder()
        try folder.link("a", to: "b")
        try folder.link("b", to: "a")
        #expect(throws: FileError.self) { try OutputFile.write([1], to: folder.file("a")) }
    }

    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm")))
    func `a regular file in a file system under dev is like any other`() throws {
        let path = "/dev/shm/vstore-\(UUID().uuidString)"
        defer { unlink(path) }
        try OutputFile(at: FilePath(path)).write([1, 2, 3])
        try OutputFile(at: FilePath(path)).write([4])
        #expect(FileManager.default.contents(atPath: path) == Data([4]))
        try OutputFile.write([5, 6], to: FilePath(path))
        #expect(FileManager.default.contents(atPath: path) == Data([5, 6]))
    }

    @Test func `a stream begins anew and writes piece by piece`() throws {
        let folder = try TemporaryFolder()
        try folder.write([UInt8](repeating: 9, count: 100), "a")
        let file = try OutputFile(at: folder.file("a"))
        try file.write([1])
        #expect(try folder.read("a") == [1])
        try file.write([2, 3])
        #expect(try folder.read("a") == [1, 2, 3])
        _ = try OutputFile(at: folder.file("b"))
        #expect(try folder.permissions("b") == 0o600)
    }

    @Test func `a folder is not a file, and one that is missing is named`() throws {
        let folder = try TemporaryFolder()
        expect(.isFolder) { try OutputFile.write([1], to: folder.filePath) }
        expect(.isFolder) { try OutputFile(at: folder.filePath) }
        expect(.missing) { try OutputFile.write([1], to: folder.file("none").appending("a")) }
        expect(.missing) { try OutputFile(at: folder.file("none").appending("a")) }
        expect(.isFolder) { try FilePath(file: folder.path + "/a/") }
        expect(.invalidName) { try FilePath(file: "") }
        expect(.invalidName) { try FilePath(file: "a\0b") }
        expect(.invalidName) { try FilePath(folder: "a\0b") }
    }

    @Test(.enabled(if: TinyDisk.isPossible)) func `on a full disk the old file stays`() throws {
        let disk = try TinyDisk(64)
        try OutputFile.write([UInt8](repeating: 1, count: 30_000), to: disk.folder.file("a"))
        expect(.diskFull) { try OutputFile.write([UInt8](repeating: 2, count: 50_000), to: disk.folder.file("a")) }
        #expect(try disk.folder.read("a") == [UInt8](repeating: 1, count: 30_000))
        #expect(try disk.folder.names() == ["a"])
    }
}
