internal import DurableFiles
public import Records
internal import SystemPackage

/// Where a host's records are.
public enum RecordPlace: Sendable, Hashable, CustomStringConvertible {
    /// In a file on this machine.
    case file(String)
    /// In a database that several hosts may share; its connection string.
    case database(String)

    public var description: String {
        switch self {
        case .file(let path): path
        case .database(let address): address
        }
    }
}

extension HostFolder {
    private static let maxBytes = 4096

    /// Where the records are: in the database that was chosen for this folder, otherwise in its record file.
    ///
    /// - Parameter address: a database that is named for this use; the one that was chosen, or the first choice.
    /// - Throws: `HostError` `.recordsElsewhere` if the records are in another place; `.fileUnreachable`.
    public func recordPlace(naming address: String? = nil) throws(HostError) -> RecordPlace {
        if let chosen = try line(of: chosenDatabase) {
            guard address == nil || address == chosen else { throw HostError(.recordsElsewhere, chosen) }
            return .database(chosen)
        }
        guard let address else { return .file(records) }
        guard !FileKind.exists(records) else { throw HostError(.recordsElsewhere, records) }
        return .database(address)
    }

    /// Chooses a database for the records of this folder; it stays chosen.
    ///
    /// - Throws: `HostError` `.fileUnreachable`, `.diskFull`.
    public func chooseDatabase(_ address: String) throws(HostError) { try write(address, to: chosenDatabase) }

    /// The mark that the records had when they were opened last; nil if none was noted.
    ///
    /// - Throws: `HostError` `.corrupt` if the note is not a mark.
    func notedMark() throws(HostError) -> AuditMark? {
        guard let text = try line(of: recordMark) else { return nil }
        guard let mark = AuditMark(text) else { throw HostError(.corrupt, recordMark) }
        return mark
    }

    /// Notes the mark that the records have now; nil while they are empty.
    func note(_ mark: AuditMark?) throws(HostError) { try write(mark.map { "\($0)" } ?? "", to: recordMark) }

    private func line(of path: String) throws(HostError) -> String? {
        guard FileKind.exists(path) else { return nil }
        do throws(FileError) {
            let bytes = try AtomicFile(at: FilePath(file: path)).read(atMost: Self.maxBytes)
            return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
        } catch {
            throw HostError(.fileUnreachable, error.subject, cause: error.reason)
        }
    }

    private func write(_ line: String, to path: String) throws(HostError) {
        do throws(FileError) {
            try AtomicFile(at: FilePath(file: path)).replace(with: Array("\(line)\n".utf8))
        } catch {
            throw HostError(error.code == .diskFull ? .diskFull : .fileUnreachable, error.subject, cause: error.reason)
        }
    }
}

/// Records as they are opened in a folder: those that were there before.
struct RecordOpening {
    let folder: HostFolder
    /// Whether records that are missing, old or others are taken as they are.
    let acceptsAny: Bool

    /// Opens the records, unless they are missing or not those that were opened last.
    ///
    /// A record file that is lost, or an older one put in its place, would make orders anew that were done.
    ///
    /// - Throws: `HostError` `.recordsMissing`, `.recordsChanged`; what `open` throws.
    func open(
        _ place: RecordPlace, _ open: (RecordPlace) throws -> any RecordStore
    ) throws -> any RecordStore {
        let noted = try folder.notedMark()
        if case .file(let path) = place, noted != nil, !acceptsAny, !FileKind.exists(path) {
            throw HostError(.recordsMissing, path)
        }
        let records = try open(place)
        if let noted, !acceptsAny, try !records.contains(noted) { throw HostError(.recordsChanged, "\(place)") }
        let mark = try records.auditMark()
        // A process that has written nothing yet has no mark: the one noted before stays, unless any records are accepted.
        if mark != noted, mark != nil || acceptsAny { try folder.note(mark) }
        return records
    }
}
