internal import DurableFiles
internal import SystemPackage

/// The file that stores a ceremony's record; it contains no secrets.
public struct CeremonyRecordFile: Sendable, Hashable {
    public let path: String

    public init(at path: String) { self.path = path }

    /// Larger than any record: a ceremony has a few hundred lines.
    private static let maxBytes = 1 << 20

    /// The record of an unfinished ceremony; nil if no file exists.
    ///
    /// - Throws: `CeremonyError` `.recordWrong`.
    public func load() throws(CeremonyError) -> CeremonyRecord? {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try AtomicFile(at: FilePath(file: path)).read(atMost: Self.maxBytes)
        } catch {
            if error.code == .missing { return nil }
            throw CeremonyError(.recordWrong, path, cause: error.reason)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw CeremonyError(.recordWrong, path) }
        do throws(CeremonyError) {
            return try CeremonyRecord(lines: text.split(separator: "\n").map(String.init))
        } catch {
            throw CeremonyError(error.code, "\(path), \(error.subject)", cause: error.cause)
        }
    }

    /// Replaces the file atomically; only its owner can read it. It is on stable storage when this returns.
    ///
    /// - Throws: `CeremonyError` `.recordWrong`.
    public func save(_ record: CeremonyRecord) throws(CeremonyError) {
        let text = record.lines.joined(separator: "\n") + "\n"
        do throws(FileError) {
            try AtomicFile(at: FilePath(file: path)).replace(with: Array(text.utf8))
        } catch {
            throw CeremonyError(.recordWrong, path, cause: error.reason)
        }
    }

    /// Removes the file of a finished ceremony.
    ///
    /// - Throws: `CeremonyError` `.recordNotRemoved`.
    public func remove() throws(CeremonyError) {
        do throws(FileError) {
            try Folder.remove(FilePath(file: path))
        } catch {
            throw CeremonyError(.recordNotRemoved, path, cause: error.reason)
        }
    }
}
