#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The file that keeps what a ceremony has come to; no secret is in it.
public struct CeremonyRecordFile: Sendable, Hashable {
    public let path: String

    public init(at path: String) { self.path = path }

    /// The record of a ceremony that was begun; nil where there is no file.
    ///
    /// - Throws: `CeremonyError` `.recordWrong`.
    public func load() throws(CeremonyError) -> CeremonyRecord? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw CeremonyError(.recordWrong, path, cause: error)
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw CeremonyError(.recordWrong, path) }
        return try CeremonyRecord(lines: text.split(separator: "\n").map(String.init))
    }

    /// Replaces what the file held, all of it or nothing; its owner alone can read it.
    ///
    /// - Throws: `CeremonyError` `.recordWrong`.
    public func save(_ record: CeremonyRecord) throws(CeremonyError) {
        let text = record.lines.joined(separator: "\n") + "\n"
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            throw CeremonyError(.recordWrong, path, cause: error)
        }
    }

    /// Removes the file of a ceremony that is finished.
    ///
    /// - Throws: `CeremonyError` `.recordNotRemoved`.
    public func remove() throws(CeremonyError) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw CeremonyError(.recordNotRemoved, path, cause: error)
        }
    }
}
