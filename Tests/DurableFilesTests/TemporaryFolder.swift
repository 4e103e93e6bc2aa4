import DurableFiles
import Foundation
import SystemPackage
import Testing

/// A temporary folder, removed after the test.
final class TemporaryFolder {
    let text: String
    var path: FilePath { FilePath(text) }

    init() throws {
        text = NSTemporaryDirectory() + "durable-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: text, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: text) } catch { Issue.record(error) }
    }

    func file(_ name: String) -> FilePath { path.appending(name) }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: text).sorted() }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(filePath: text + "/" + name))
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: text + "/" + name)))
    }

    func permissions(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: text + "/" + name)[.posixPermissions] as? Int
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: text + "/" + name, withDestinationPath: target)
    }

    func target(ofLink name: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: text + "/" + name)
    }
}

/// Expects an error of this code.
func expect<Value>(
    _ code: FileError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Value
) {
    let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}

/// A process that another test starts shares this one's open files, and their locks, until it calls exec.
func unlocked<Value>(_ open: () throws -> Value) throws -> Value {
    let end = ContinuousClock.now + .seconds(60)
    while true {
        do {
            return try open()
        } catch let error as FileError where error.code == .locked && ContinuousClock.now < end {
            sched_yield()
        }
    }
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
        let isMounted = try TinyDisk.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(size)k", "tmpfs", folder.text])
        try #require(isMounted, "a file system in memory can be mounted")
    }

    deinit {
        do {
            #expect(try TinyDisk.run("/bin/umount", ["-l", folder.text]))
        } catch {
            Issue.record(error)
        }
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
