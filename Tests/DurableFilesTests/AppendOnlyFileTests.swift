import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct AppendOnlyFileTests {
    private static let header = "a journal 1"

    @Test func `lines come back in their order`() throws {
        let folder = try TemporaryFolder()
        do {
            let file = try AppendOnlyFile(at: folder.file("a"), header: Self.header)
            #expect(file.lines == [])
            try file.append("first")
            try file.append("")
            try file.append("third, with é")
        }
        let file = try unlocked { try AppendOnlyFile(at: folder.file("a"), header: Self.header) }
        #expect(file.lines == ["first", "", "third, with é"])
        #expect(try folder.permissions("a") == 0o600)
    }

    @Test func `a file torn at any byte has the whole lines before it, and grows on`() throws {
        let folder = try TemporaryFolder()
        let whole = Array("\(Self.header)\none\ntwo é\nthree\n".utf8)
        let lines = ["one", "two é", "three"]
        for length in 0...whole.count {
            try folder.write(Array(whole.prefix(length)), "a")
            let kept = max(0, whole.prefix(length).count { $0 == 0x0A } - 1)
            do {
                let file = try unlocked { try AppendOnlyFile(at: folder.file("a"), header: Self.header) }
                #expect(file.lines == Array(lines.prefix(kept)), "torn after \(length)")
                try file.append("more")
            }
            let text = ([Self.header] + lines.prefix(kept) + ["more"]).map { $0 + "\n" }.joined()
            #expect(try folder.read("a") == Array(text.utf8), "torn after \(length)")
        }
    }

    @Test func `another file is left as it is`() throws {
        let folder = try TemporaryFolder()
        for (bytes, code): ([UInt8], FileError.Code) in [
            (Array("a journal 2\nx\n".utf8), .wrongHeader), (Array("notes".utf8), .wrongHeader),
            (Array("\(Self.header)x".utf8), .wrongHeader), (Array("\(Self.header)\n".utf8) + [0xFF, 0x0A], .notText),
        ] {
            try folder.write(bytes, "a")
            let path = folder.file("a")
            let error = #expect(throws: FileError.self) {
                try unlocked { try AppendOnlyFile(at: path, header: Self.header) }
            }
            #expect(error?.code == code)
            #expect(try folder.read("a") == bytes)
        }
    }

    @Test func `what keeps nothing is not taken for a journal`() throws {
        let folder = try TemporaryFolder()
        expect(.notRegular) { try AppendOnlyFile(at: "/dev/null", header: Self.header) }
        expect(.isFolder) { try AppendOnlyFile(at: folder.filePath, header: Self.header) }
        expect(.missing) { try AppendOnlyFile(at: folder.file("none").appending("a"), header: Self.header) }
    }

    @Test func `one program at a time has it open`() throws {
        let folder = try TemporaryFolder()
        let file = try AppendOnlyFile(at: folder.file("a"), header: Self.header)
        expect(.locked) { try AppendOnlyFile(at: folder.file("a"), header: Self.header) }
        withExtendedLifetime(file) {}
    }

    @Test(.enabled(if: TinyDisk.isPossible))
    func `a line that found no space is taken back, and the next one is written`() throws {
        let disk = try TinyDisk(64)
        let path = disk.folder.file("a")
        do {
            let file = try AppendOnlyFile(at: path, header: Self.header)
            try file.append("before")
            try disk.folder.write([UInt8](repeating: 0, count: 48_000), "filler")
            expect(.diskFull) { try file.append(String(repeating: "x", count: 40_000)) }
            #expect(try disk.folder.read("a") == Array("\(Self.header)\nbefore\n".utf8))
            try FileManager.default.removeItem(atPath: disk.folder.path + "/filler")
            try file.append("after")
        }
        let file = try unlocked { try AppendOnlyFile(at: path, header: Self.header) }
        #expect(file.lines == ["before", "after"])
    }
}
