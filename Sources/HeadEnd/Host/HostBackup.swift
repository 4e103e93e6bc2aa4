public import CardCrypto
internal import DurableFiles
public import Records
internal import SystemPackage

/// A copy of a host's files, in a folder of its own.
public struct HostBackup: Sendable, Hashable {
    public let folder: HostFolder
    /// How many entries the audit trail of the copy has, all of them verified.
    public let entries: Int
    /// The trail's newest mark; nil while it is empty.
    public let mark: AuditMark?
}

extension HostContext {
    /// Copies the host's files into a new folder, while it goes on: records and sealed keys. The copy of the records is
    /// verified.
    ///
    /// - Parameters:
    ///   - copy: does not exist yet; afterwards a host's folder like this one's.
    ///   - create: creates a record file at a path, with the audit key if the host has keys.
    ///   - reopen: opens it.
    /// - Throws: `HostError` `.fileExists`, `.fileUnreachable`, `.diskFull`, or of the records; `JournalError`.
    public func backUp(
        to copy: HostFolder, create: (_ path: String, _ auditKey: Secret?) throws -> any SQLRecords,
        reopen: (_ path: String, _ auditKey: Secret?) throws -> any RecordStore
    ) throws -> HostBackup {
        guard !FileKind.exists(copy.path) else { throw HostError(.fileExists, copy.path) }
        try copy.prepare()
        try folder.moveJournal(into: records)
        try copyFile(folder.sealedKeys, to: copy.sealedKeys)
        try sqlRecords.copyAll(into: try create(copy.records, auditKey))
        let copied = try reopen(copy.records, auditKey)
        let entries = try copied.verify(against: [])
        let mark = try copied.auditMark()
        if let mark { try copy.note([mark]) }
        return HostBackup(folder: copy, entries: entries, mark: mark)
    }

    /// Moves the records into a database, which is the host's from then on. A program that has the record file open can
    /// no longer add to it. The call can be repeated until it has returned.
    ///
    /// - Parameters:
    ///   - address: of an empty database.
    ///   - open: opens it, with the audit key if the host has keys.
    /// - Returns: how many entries the audit trail has, all of them verified.
    /// - Throws: `HostError` `.fileExists` if the database has records, `.databaseUnreachable`, or of the records.
    public func moveRecords(
        to address: String, open: (_ auditKey: Secret?) throws -> any (RecordStore & SQLRecords)
    ) throws -> Int {
        try folder.moveJournal(into: records)
        try sqlRecords.moveAll(into: try open(auditKey))
        let entries = try open(auditKey).verify(against: [try records.auditMark()].compactMap(\.self))
        try folder.chooseDatabase(address)
        return entries
    }

    private var sqlRecords: any SQLRecords {
        get throws(HostError) {
            guard let records = records as? any SQLRecords else { throw HostError(.notARecordFile, folder.records) }
            return records
        }
    }

    private func copyFile(_ path: String, to copy: String) throws(HostError) {
        guard FileKind.exists(path) else { return }
        do throws(FileError) {
            let bytes = try InputFile(at: FilePath(file: path)).readAll(atMost: .max)
            try AtomicFile(at: FilePath(file: copy)).create(bytes)
        } catch {
            throw HostError(error)
        }
    }
}
