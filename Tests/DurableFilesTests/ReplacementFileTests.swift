import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct ReplacementFileTests {
    @Test func `a file keeps its content until the new one is complete`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "a")
        #expect(chmod(folder.path + "/a", 0o664) == 0)
        do {
            let file = try ReplacementFile(at: folder.file("a"))
            try file.write([2])
            try file.write([3])
            #expect(try folder.read("a") == [1])
            try file.finish()
        }
        #expect(try folder.read("a") == [2, 3])
        #expect(try folder.permissions("a") == 0o664)
        #expect(try folder.names() == ["a"])
    }

    @Test(arguments: [true, false]) func `an output that stays unfinished leaves nothing behind`(exists: Bool) throws {
        let folder = try TemporaryFolder()
        if exists { try folder.write([1], "a") }
        do { try ReplacementFile(at: folder.file("a")).write([2]) }
        #expect(try folder.names() == (exists ? ["a"] : []))
        if exists { #expect(try folder.read("a") == [1]) }
    }

    @Test func `a link stays, and the file that it leads to is replaced`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "file")
        try folder.link("link", to: "file")
        let file = try ReplacementFile(at: folder.file("link"))
        try file.write([2])
        try file.finish()
        #expect(try folder.target(ofLink: "link") == "file")
        #expect(try folder.read("file") == [2])
    }

    @Test func `a device is written through and its error names it`() throws {
        let file = try ReplacementFile(at: "/dev/full")
        let error = #expect(throws: FileError.self) { try file.write([1]) }
        #expect(error?.code == .diskFull && error?.subject == "/dev/full")
        try file.finish()
        #expect(try FileKind.ofName("/dev/full") == .other)
    }

    @Test func `what cannot be put in its place is an error that names it`() throws {
        let folder = try TemporaryFolder()
        let file = try ReplacementFile(at: folder.file("a"))
        try FileManager.default.createDirectory(atPath: folder.path + "/a", withIntermediateDirectories: false)
        let error = #expect(throws: FileError.self) { try file.finish() }
        #expect(error?.subject == folder.path + "/a")
    }

    @Test func `a file is the same by all its names`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "a")
        try folder.write([1], "b")
        try folder.link("link", to: "a")
        try FileManager.default.linkItem(atPath: folder.path + "/a", toPath: folder.path + "/second")
        let identity = try FileIdentity(of: folder.file("a"))
        #expect(identity != nil)
        for name in ["link", "second"] { #expect(try FileIdentity(of: folder.file(name)) == identity) }
        #expect(try FileIdentity(of: folder.file("b")) != identity)
        #expect(try FileIdentity(of: folder.file("none")) == nil)
    }
}
