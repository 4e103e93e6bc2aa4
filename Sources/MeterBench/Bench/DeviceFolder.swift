internal import DurableFiles
internal import SystemPackage
public import ValueElement

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The environment of a simulated device, as its folder stores it.
public protocol SimulatedEnvironment: Codable, Sendable, Equatable {
    /// Whether a device can be simulated in it: a file may hold any numbers.
    var isPossible: Bool { get }
}

/// A folder with a device of a bench: its memory, a flash, and its environment.
public protocol DeviceFolder: Sendable, Hashable {
    associatedtype Environment: SimulatedEnvironment
    var path: String { get }
    /// The file of its memory.
    var memory: String { get }
}

extension DeviceFolder {
    /// The file that describes its environment.
    public var environmentFile: String { path + "/surroundings.json" }

    /// Whether it contains such a device.
    public var exists: Bool { FileKind.exists(memory) }

    /// Creates the folder, accessible by its owner only. One that a program left unfinished, since it was killed, is
    /// completed.
    ///
    /// - Parameters:
    ///   - records: of the device's memory.
    ///   - around: the device's environment.
    /// - Throws: `BenchError` `.exists`, `.folderNotMade`, `.notWritten`; `MemoryError`.
    public func make(_ records: [RecordName: [UInt8]], _ around: Environment) throws {
        if FileKind.exists(path), try !isUnfinished { throw BenchError(.exists, path) }
        do throws(FileError) {
            try Folder.create(FilePath(folder: path))
        } catch {
            throw BenchError(.folderNotMade, path, cause: error.reason)
        }
        try save(around)
        try FileFlash.create(at: memory, records)
    }

    /// Whether a program that was killed left it before it had a memory.
    private var isUnfinished: Bool {
        get throws(BenchError) {
            do throws(FileError) {
                guard try FileKind.ofName(FilePath(folder: path)) == .folder else { return false }
                let names = try Folder.names(in: FilePath(folder: path)).map(\.string)
                let (memory, environment) = (FilePath(memory), FilePath(environmentFile))
                guard
                    names.allSatisfy({ name in
                        [memory, environment].contains { name.hasPrefix($0.lastComponent?.string ?? "/") }
                    })
                else { return false }
                guard try FileKind.ofName(memory) != nil else { return true }
                return try InputFile(at: memory).readAll(atMost: 1).isEmpty
            } catch {
                // A memory of more bytes.
                if error.code == .tooLarge { return false }
                throw BenchError(.unreadable, path, cause: error.reason)
            }
        }
    }

    /// The device's environment when it was stopped.
    ///
    /// - Throws: `BenchError` `.unreadable`, `.notEnvironment`.
    public func load() throws(BenchError) -> Environment {
        let json: [UInt8]
        do throws(FileError) {
            json = try AtomicFile(at: FilePath(file: environmentFile)).read(atMost: DeviceFolderLimit.maxBytes)
        } catch {
            throw BenchError(.unreadable, environmentFile, cause: error.reason)
        }
        let around: Environment
        do {
            around = try JSONDecoder().decode(Environment.self, from: Data(json))
        } catch {
            throw BenchError(.notEnvironment, environmentFile, cause: error)
        }
        guard around.isPossible else { throw BenchError(.notEnvironment, environmentFile) }
        return around
    }

    /// Saves the device's environment atomically; only its owner can read it.
    ///
    /// - Throws: `BenchError` `.notWritten`.
    public func save(_ around: Environment) throws(BenchError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let json: Data
        do {
            json = try encoder.encode(around)
        } catch {
            throw BenchError(.notWritten, environmentFile, cause: error)
        }
        do throws(FileError) {
            try AtomicFile(at: FilePath(file: environmentFile)).replace(with: Array(json) + [0x0A])
        } catch {
            throw BenchError(.notWritten, environmentFile, cause: error.reason)
        }
    }
}

private enum DeviceFolderLimit {
    /// Larger than any description; one with three channels has two kilobytes.
    static let maxBytes = 1 << 20
}
