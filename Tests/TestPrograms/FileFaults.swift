package import Foundation

/// What happens to one of a program's calls that change files, counted from 1 over all its threads.
package enum FileFault: Sendable, Hashable, CustomStringConvertible {
    /// The program is killed before the call.
    case killedBefore(Int)
    /// It is killed when half of the bytes are written, or when any other call is done.
    case killedIn(Int)
    /// From this call on the disk is full.
    case diskFull(from: Int)
    /// This sync, counted among the syncs alone, fails once.
    case syncFails(Int)

    package var description: String {
        switch self {
        case .killedBefore(let number): "kill:\(number)"
        case .killedIn(let number): "torn:\(number)"
        case .diskFull(let number): "full:\(number)"
        case .syncFails(let number): "sync:\(number)"
        }
    }
}

/// A library that is loaded into a program before its own, and lets its calls that change files fail.
///
/// A program linked statically, or one that calls the kernel without the C library, does not notice it.
package enum FileFaults {
    /// A call that changes files.
    package struct Call: Sendable, Hashable, CustomStringConvertible {
        /// As in C: `write`, `fsync`, `rename`.
        package let name: String
        package let path: String

        package var isSync: Bool { name == "fsync" || name == "fdatasync" }
        package var description: String { "\(name) \(path)" }
    }

    /// What the compiler said.
    private struct NotCompiled: Error, CustomStringConvertible {
        let description: String
    }

    /// Compiled once per process, beside the programs under test, with the compiler that came with Swift's.
    private static let library = Result {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "FileFaults/filefaults.c")
        let library = BuiltProgram.vstore.deletingLastPathComponent().appending(path: "filefaults.so")
        // Another process of tests may be using the one that is there.
        let fresh = library.path + ".\(ProcessInfo.processInfo.processIdentifier)"
        let compiled = try Program("clang", ["-O1", "-shared", "-fPIC", "-o", fresh, source.path]).runBlocking()
        guard compiled.status == 0 else { throw NotCompiled(description: compiled.errors) }
        let named = try Program("mv", ["-f", fresh, library.path]).runBlocking()
        guard named.status == 0 else { throw NotCompiled(description: named.errors) }
        return library
    }

    /// What a program's environment has in addition.
    ///
    /// - Parameters:
    ///   - fault: nil only counts.
    ///   - log: gets the calls.
    package static func environment(_ fault: FileFault?, log: URL? = nil) throws -> [String: String] {
        var added = ["LD_PRELOAD": try library.get().path, "FILE_FAULT": fault.map { "\($0)" } ?? "count"]
        if let log { added["FILE_FAULT_LOG"] = log.path }
        return added
    }

    /// The calls in a log, in their order.
    package static func calls(in log: URL) throws -> [Call] {
        let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
        return lines.map { $0.split(separator: " ", maxSplits: 2).map(String.init) }
            .sorted { Int($0[0]) ?? 0 < Int($1[0]) ?? 0 }
            .map { Call(name: $0[1], path: $0[2]) }
    }
}
