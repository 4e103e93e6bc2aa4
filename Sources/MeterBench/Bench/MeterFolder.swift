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
    public var exists: Bool { FileManager.default.fileExists(atPath: memory) }

    /// Makes the folder, for its owner alone.
    ///
    /// - Parameters:
    ///   - records: of the meter's memory.
    ///   - around: what is around it.
    /// - Throws: `BenchError` `.exists`, `.folderNotMade`, `.notWritten`; `MemoryError`.
    public func make(_ records: [RecordName: [UInt8]], _ around: MeterSurroundings) throws {
        guard !FileManager.default.fileExists(atPath: path) else { throw BenchError(.exists, path) }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw BenchError(.folderNotMade, path, cause: error)
        }
        try save(around)
        try FileFlash.create(at: memory, records)
    }

    /// What was around the meter when it was stopped.
    ///
    /// - Throws: `BenchError` `.unreadable`, `.notSurroundings`.
    public func load() throws(BenchError) -> MeterSurroundings {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: surroundings))
        } catch {
            throw BenchError(.unreadable, surroundings, cause: error)
        }
        do {
            return try JSONDecoder().decode(MeterSurroundings.self, from: data)
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
        do {
            try (try encoder.encode(around) + Data("\n".utf8)).write(
                to: URL(filePath: surroundings), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: surroundings)
        } catch {
            throw BenchError(.notWritten, surroundings, cause: error)
        }
    }
}
