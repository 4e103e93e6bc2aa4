import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct FolderTests {
    @Test func `folders on the way are made, for their owner alone`() throws {
        let folder = try TemporaryFolder()
        try Folder.create(FilePath(folder: folder.path + "/a/b/c/"))
        for name in ["a", "a/b", "a/b/c"] { #expect(try folder.permissions(name) == 0o700) }
        #expect(chmod(folder.path + "/a/b", 0o750) == 0)
        try Folder.create(folder.file("a").appending("b"))
        #expect(try folder.permissions("a/b") == 0o750)
        try folder.link("link", to: "a")
        try Folder.create(folder.file("link"))
        #expect(try FileKind.ofName(folder.file("link")) == .symbolicLink)
    }

    @Test func `a file in the way is reported`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "file")
        expect(.exists) { try Folder.create(folder.file("file")) }
        expect(.exists) { try Folder.create(folder.file("file").appending("a")) }
    }

    @Test func `names are listed in their order, without the folder itself`() throws {
        let folder = try TemporaryFolder()
        for name in ["b", "a", ".hidden", "c d"] { try folder.write([], name) }
        #expect(try Folder.names(in: folder.filePath).map(\.string) == [".hidden", "a", "b", "c d"])
        expect(.missing) { try Folder.names(in: folder.file("none")) }
    }

    @Test func `a name is taken away`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "a")
        try Folder.remove(folder.file("a"))
        #expect(try folder.names() == [])
        expect(.missing) { try Folder.remove(folder.file("a")) }
    }

    @Test func `a name tells its kind, and a link what it leads to`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "file")
        try folder.link("link", to: "file")
        try folder.link("dangling", to: "none")
        try folder.link("loop", to: "loop")
        #expect(try FileKind.ofName(folder.file("link")) == .symbolicLink)
        #expect(try FileKind.ofTarget(folder.file("link")) == .regular)
        #expect(try FileKind.ofTarget(folder.filePath) == .folder)
        #expect(try FileKind.ofTarget(folder.file("dangling")) == nil)
        #expect(try FileKind.ofTarget(folder.file("file").appending("x")) == nil)
        expect(.notRegular) { try FileKind.ofTarget(folder.file("loop")) }
        #expect(try ExternalFile.target(ofLink: folder.file("link")) == "file")
        expect(.notRead) { try ExternalFile.target(ofLink: folder.file("file")) }
    }

    @Test func `an empty file for another library is made once`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a")
        expect(.missing) { try ExternalFile.checkReadWrite(path) }
        try ExternalFile.createEmpty(path)
        #expect(try folder.permissions("a") == 0o600)
        try ExternalFile.checkReadWrite(path)
        expect(.exists) { try ExternalFile.createEmpty(path) }
    }
}
