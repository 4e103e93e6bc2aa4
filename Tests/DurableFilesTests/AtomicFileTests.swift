import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    static let old = [UInt8](repeating: 0x6F, count: 10_000)
    static let new = [UInt8](repeating: 0x6E, count: 20_000)

    @Test func `what was written comes back, and its owner alone can read it`() throws {
        let folder = try TemporaryFolder()
        let file = AtomicFile(at: folder.file("a"))
        try file.create(Self.old)
        #expect(try file.read(atMost: 10_000) == Self.old)
        try file.replace(with: Self.new)
        #expect(try folder.read("a") == Self.new)
        try file.replace(with: [])
        #expect(try file.read(atMost: 0) == [])
        #expect(try folder.permissions("a") == 0o600)
        #expect(try folder.names() == ["a"])
    }

    @Test func `the steps come in the order that makes it durable`() throws {
        let folder = try TemporaryFolder()
        final class Steps: @unchecked Sendable { var list: [AtomicFile.Step] = [] }
        let steps = Steps()
        let file = AtomicFile(at: folder.file("a")) { steps.list.append($0) }
        try file.create(Self.old)
        try file.replace(with: Self.new)
        #expect(steps.list == AtomicFile.Step.allCases + AtomicFile.Step.allCases)
    }

    /// A process that ends at any step leaves the old file or the new one under the name, and nothing that blocks the
    /// next write.
    @Test(arguments: AtomicFile.Step.allCases, [true, false])
    func `a process that dies leaves the old file or the new one`(_ step: AtomicFile.Step, replaces: Bool) async throws
    {
        let folder = try TemporaryFolder()
        if replaces { try folder.write(Self.old, "a") }
        await #expect(processExitsWith: .exitCode(7)) {
            [path = folder.path + "/a" as String, step = step as AtomicFile.Step, replaces = replaces as Bool] in
            let file = AtomicFile(at: FilePath(path)) { if $0 == step { _exit(7) } }
            if replaces { try file.replace(with: AtomicFileTests.new) } else { try file.create(AtomicFileTests.new) }
        }
        let isNamed = step == .named || step == .folderSynchronized
        if replaces || isNamed {
            #expect(try folder.read("a") == (isNamed ? Self.new : Self.old))
        } else {
            #expect(try folder.names().contains("a") == false)
        }
        let file = AtomicFile(at: folder.file("a"))
        try file.replace(with: [1])
        #expect(try folder.read("a") == [1])
    }

    @Test(arguments: [AtomicFile.Step.created, .written, .synchronized])
    func `a write that fails leaves nothing behind`(_ step: AtomicFile.Step) throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.old, "a")
        let file = AtomicFile(at: folder.file("a")) { (reached) throws(FileError) in
            if reached == step { throw FileError(.diskFull, "beside", cause: Errno.noSpace) }
        }
        let error = #expect(throws: FileError.self) { try file.replace(with: Self.new) }
        #expect(error?.code == .diskFull)
        #expect(error?.subject == folder.file("a").description)
        #expect(error?.cause as? Errno == .noSpace)
        #expect(try folder.names() == ["a"])
        #expect(try folder.read("a") == Self.old)
    }

    @Test func `a name that is taken is not written over by a new file`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "file")
        try folder.link("link", to: folder.path + "/file")
        try folder.link("dangling", to: folder.path + "/none")
        for name in ["file", "link", "dangling"] {
            expect(.exists) { try AtomicFile(at: folder.file(name)).create([2]) }
        }
        #expect(try folder.read("file") == [1])
        #expect(try folder.names() == ["dangling", "file", "link"])
    }

    @Test func `a link is replaced and not followed`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "file")
        try folder.link("link", to: folder.path + "/file")
        try AtomicFile(at: folder.file("link")).replace(with: [2])
        #expect(try folder.read("file") == [1])
        #expect(try FileKind.ofName(folder.file("link")) == .regular)
        #expect(try folder.read("link") == [2])
    }

    @Test func `a folder, a pipe and a device are never replaced`() throws {
        let folder = try TemporaryFolder()
        try Folder.create(folder.file("folder"))
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        expect(.isFolder) { try AtomicFile(at: folder.file("folder")).replace(with: [1]) }
        expect(.notRegular) { try AtomicFile(at: folder.file("pipe")).replace(with: [1]) }
        expect(.notRegular) { try AtomicFile(at: "/dev/null").replace(with: [1]) }
        #expect(try FileKind.ofName("/dev/null") == .other)
        #expect(try folder.names() == ["folder", "pipe"])
    }

    @Test func `names of any bytes and any length serve`() throws {
        let folder = try TemporaryFolder()
        let odd: [CInterop.PlatformChar] = [-1, 10, 0x20, 0x2A, -128, 0x41, 0]
        for name in [
            FilePath(platformString: odd), FilePath(String(repeating: "n", count: 255)),
            FilePath(String(repeating: "é", count: 127)), "-", ".hidden", "a\nb",
        ] {
            let file = AtomicFile(at: folder.filePath.pushing(name))
            try file.create([1])
            try file.replace(with: [2])
            #expect(try file.read(atMost: 1) == [2])
        }
        #expect(try Folder.names(in: folder.filePath).count == 6)
        expect(.invalidName) { try AtomicFile(at: folder.file(String(repeating: "n", count: 256))).create([1]) }
    }

    @Test func `a file longer than its bound is not read`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.old, "a")
        expect(.tooLarge) { try AtomicFile(at: folder.file("a")).read(atMost: 9_999) }
        expect(.missing) { try AtomicFile(at: folder.file("b")).read(atMost: 1) }
        expect(.isFolder) { try AtomicFile(at: folder.filePath).read(atMost: 1) }
        // Endless.
        expect(.tooLarge) { try AtomicFile(at: "/dev/zero").read(atMost: 1 << 16) }
    }

    @Test func `a folder that does not exist is named as missing`() throws {
        let folder = try TemporaryFolder()
        expect(.missing) { try AtomicFile(at: folder.file("none").appending("a")).create([1]) }
        expect(.missing) { try AtomicFile(at: folder.file("none").appending("a")).replace(with: [1]) }
    }

    @Test(.enabled(if: TinyDisk.isPossible)) func `on a full disk the old file stays whole`() throws {
        let disk = try TinyDisk(64)
        let file = AtomicFile(at: disk.folder.file("a"))
        try file.create(Self.old)
        expect(.diskFull) { try file.replace(with: [UInt8](repeating: 1, count: 60_000)) }
        expect(.diskFull) { try AtomicFile(at: disk.folder.file("b")).create([UInt8](repeating: 1, count: 60_000)) }
        #expect(try disk.folder.names() == ["a"])
        #expect(try file.read(atMost: 10_000) == Self.old)
        try file.replace(with: Self.new)
        #expect(try disk.folder.read("a") == Self.new)
    }
}
