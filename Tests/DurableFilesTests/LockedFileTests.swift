import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct LockedFileTests {
    @Test func `a new file is locked and its owner's alone`() throws {
        let folder = try TemporaryFolder()
        let file = try LockedFile.create(at: folder.file("a"))
        try file.write([1, 2, 3], at: 0)
        try file.write([9].prefix(1), at: 5)
        try file.synchronize()
        #expect(try file.readAll() == [1, 2, 3, 0, 0, 9])
        try file.truncate(to: 2)
        #expect(try folder.read("a") == [1, 2])
        #expect(try folder.permissions("a") == 0o600)
        expect(.locked) { try LockedFile(at: folder.file("a")) }
        expect(.exists) { try LockedFile.create(at: folder.file("a")) }
        expect(.missing) { try LockedFile(at: folder.file("b")) }
        expect(.missing) { try LockedFile.create(at: folder.file("none").appending("a")) }
    }

    @Test func `a lock goes with the object`() throws {
        let folder = try TemporaryFolder()
        do { _ = try LockedFile.create(at: folder.file("a")) }
        _ = try unlocked { try LockedFile(at: folder.file("a")) }
    }

    @Test func `what lies beside is neither followed nor trusted`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "other")
        try folder.link("a.new", to: folder.path + "/other")
        let file = try LockedFile.create(beside: folder.file("a"))
        try file.write([2], at: 0)
        try file.replace(folder.file("a"))
        try file.synchronizeFolder()
        #expect(try folder.read("other") == [1])
        #expect(try folder.read("a") == [2])
        #expect(try folder.names() == ["a", "other"])
        #expect(file.path == folder.file("a"))
    }

    @Test func `links and what is not a regular file are not made files of`() throws {
        let folder = try TemporaryFolder()
        try folder.link("dangling", to: folder.path + "/none")
        expect(.exists) { try LockedFile.create(at: folder.file("dangling")) }
        expect(.isFolder) { try LockedFile(at: folder.filePath) }
        expect(.notRegular) { try LockedFile(at: "/dev/null") }
        #expect(try folder.names() == ["dangling"])
    }

    @Test func `a file that was renamed over a locked one is not taken for it`() throws {
        let folder = try TemporaryFolder()
        let first = try LockedFile.create(at: folder.file("a"))
        let second = try LockedFile.create(beside: folder.file("a"))
        try second.replace(folder.file("a"))
        expect(.locked) { try LockedFile(at: folder.file("a")) }
        withExtendedLifetime((first, second)) {}
    }

    /// Each process increments a number in the file, which it rewrites beside and renames: no increment is lost.
    @Test func `processes that lock a file one after the other lose nothing`() async throws {
        let folder = try TemporaryFolder()
        do {
            let file = try LockedFile.create(at: folder.file("count"))
            try file.write([0], at: 0)
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { [path = folder.path + "/count"] in
                    await #expect(processExitsWith: .success) { [path = path as String] in
                        for _ in 0..<20 { try LockedFileTests.add(FilePath(path)) }
                    }
                }
            }
        }
        #expect(try folder.read("count") == [80])
        #expect(try folder.names() == ["count"])
    }

    static func add(_ path: FilePath) throws {
        let file = try unlocked { try LockedFile(at: path) }
        let number = try file.readAll()
        let fresh = try LockedFile.create(beside: path)
        try fresh.write([number[0] + 1], at: 0)
        try fresh.replace(path)
        try fresh.synchronizeFolder()
    }

    /// A killed process runs no code that could release the lock.
    @Test func `the lock of a process that is killed is gone`() async throws {
        let folder = try TemporaryFolder()
        do { _ = try LockedFile.create(at: folder.file("a")) }
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path + "/a" as String] in
            let file = try unlocked { try LockedFile(at: FilePath(path)) }
            kill(getpid(), SIGKILL)
            withExtendedLifetime(file) {}
        }
        _ = try unlocked { try LockedFile(at: folder.file("a")) }
    }

    @Test func `a limit of the system on a file's length is an error`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4, rlim_max: .max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let file = try LockedFile.create(at: folder.file("a"))
            expect(.tooLarge) { try file.write([1, 2, 3, 4, 5], at: 0) }
        }
    }
}
