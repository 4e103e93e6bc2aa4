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
        if let chosen = try lines(of: chosenDatabase).first {
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

    /// The marks that the records had when they were opened last: one for each server that could be reached; none if none
    /// was noted.
    ///
    /// - Throws: `HostError` `.corrupt` if the note has a line that is not a mark.
    func notedMarks() throws(HostError) -> [AuditMark] {
        try lines(of: recordMark).map { line throws(HostError) in
            guard let mark = AuditMark(line) else { throw HostError(.corrupt, recordMark) }
            return mark
        }
    }

    /// Notes the marks that the records have now; none while they are empty.
    func note(_ marks: [AuditMark]) throws(HostError) {
        try write(marks.map { "\($0)" }.joined(separator: "\n"), to: recordMark)
    }

    private func lines(of path: String) throws(HostError) -> [String] {
        guard FileKind.exists(path) else { return [] }
        do throws(FileError) {
            let bytes = try AtomicFile(at: FilePath(file: path)).read(atMost: Self.maxBytes)
            return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
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
        let noted = try folder.notedMarks()
        if case .file(let path) = place, !noted.isEmpty, !acceptsAny, !FileKind.exists(path) {
            throw HostError(.recordsMissing, path)
        }
        let records = try open(place)
        if !acceptsAny {
            for mark in noted {
                do throws(HostError) {
                    guard try records.contains(mark) else { throw HostError(.recordsChanged, "\(place)") }
                } catch {
                    // One of several servers: nothing is done with its elements until it is back.
                    guard error.code == .databaseUnreachable else { throw error }
                }
            }
        }
        var marks = try records.auditMarks()
        if !acceptsAny {
            // A process that has written nothing yet on a server, or cannot reach it, has no mark of it: the one noted before
            // stays.
            let servers = Set(marks.map(\.server))
            marks += noted.filter { !servers.contains($0.server) }
        }
        if marks != noted { try folder.note(marks) }
        return records
    }
}
