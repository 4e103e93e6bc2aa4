internal import DurableFiles
internal import SystemPackage
public import ValueElement

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Where an electric meter of a bench lives: a folder with its memory, a flash, and with what is around it.
public struct MeterFolder: Sendable, Hashable {
    public let path: String

    /// - Parameter path: of the folder; ``make(_:_:)`` makes it.
    public init(path: String) { self.path = path }

    /// The file of its memory.
    public var memory: String { path + "/memory" }
    /// The file that describes what is around it.
    public var surroundings: String { path + "/surroundings.json" }

    /// Whether it is the folder of an electric meter.
    public var exists: Bool { FileKind.exists(memory) }

    /// Makes the folder, for its owner alone.
    ///
    /// - Parameters:
    ///   - records: of the meter's memory.
    ///   - around: what is around it.
    /// - Throws: `BenchError` `.exists`, `.folderNotMade`, `.notWritten`; `MemoryError`.
    public func make(_ records: [RecordName: [UInt8]], _ around: MeterSurroundings) throws {
        guard !FileKind.exists(path) else { throw BenchError(.exists, path) }
        do throws(FileError) {
            try Folder.create(FilePath(folder: path))
        } catch {
            throw BenchError(.folderNotMade, path, cause: error.reason)
        }
        try save(around)
        try FileFlash.create(at: memory, records)
    }

    /// What was around the meter when it was stopped.
    ///
    /// - Throws: `BenchError` `.unreadable`, `.notSurroundings`.
    public func load() throws(BenchError) -> MeterSurroundings {
        let json: [UInt8]
        do throws(FileError) {
            json = try AtomicFile(at: FilePath(file: surroundings)).read(atMost: Self.maxBytes)
        } catch {
            throw BenchError(.unreadable, surroundings, cause: error.reason)
        }
        do {
            return try JSONDecoder().decode(MeterSurroundings.self, from: Data(json))
        } catch {
            // What the decoder says of its text is of no use to whoever restores the file.
            throw BenchError(.notSurroundings, surroundings)
        }
    }

    /// Keeps what is around the meter, all of it or nothing; its owner alone can read it.
    ///
    /// - Throws: `BenchError` `.notWritten`.
    public func save(_ around: MeterSurroundings) throws(BenchError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let json: Data
        do {
            json = try encoder.encode(around)
        } catch {
            throw BenchError(.notWritten, surroundings, cause: error)
        }
        do throws(FileError) {
            try AtomicFile(at: FilePath(file: surroundings)).replace(with: Array(json) + [0x0A])
        } catch {
            throw BenchError(.notWritten, surroundings, cause: error.reason)
        }
    }

    /// No description is larger; that of a meter with three channels has two kilobytes.
    private static let maxBytes = 1 << 20
}
