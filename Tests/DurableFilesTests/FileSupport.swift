import DurableFiles
import Foundation
import SystemPackage
import TestPrograms
import TestSupport
import Testing

extension TemporaryFolder {
    var filePath: FilePath { FilePath(path) }

    func file(_ name: String) -> FilePath { filePath.appending(name) }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(of: name), withDestinationPath: target)
    }

    func target(ofLink name: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: path(of: name))
    }
}

/// Expects an error of this code.
func expect<Value>(
    _ code: FileError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Value
) {
    let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}

/// Opens a file whose lock a process that another test starts may hold for a moment.
func unlocked<Value>(_ open: () throws -> Value) throws -> Value {
    try retry(while: { ($0 as? FileError)?.code == .locked }, open)
}

/// A small file system in memory that is soon full.
final class TinyDisk {
    let folder: TemporaryFolder
    static let isPossible: Bool = {
        do {
            return try (geteuid() == 0) && run("/bin/mount", ["--version"])
        } catch {
            return false
        }
    }()

    /// - Parameter size: in kibibytes, whole pages.
    init(_ size: Int) throws {
        folder = try TemporaryFolder()
        let isMounted = try TinyDisk.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(size)k", "tmpfs", folder.path])
        try #require(isMounted, "a file system in memory can be mounted")
    }

    deinit {
        do {
            #expect(try TinyDisk.run("/bin/umount", ["-l", folder.path]))
        } catch {
            Issue.record(error)
        }
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Bool {
        try Program(program, arguments).runBlocking().status == 0
    }
}
