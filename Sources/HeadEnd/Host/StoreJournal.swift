internal import DurableFiles
internal import Issuing
internal import Records
internal import SystemPackage
internal import ValueProtocol

/// The issuing desk's journal in a host's records.
final class StoreJournal: IssueJournal {
    private let records: any RecordStore

    init(_ records: any RecordStore) { self.records = records }

    func history(of element: PartyID) throws(JournalError) -> [JournalEntry] {
        do throws(HostError) {
            return try records.issueHistory(of: element)
        } catch {
            throw JournalError(.unreadable, error.subject, cause: error)
        }
    }

    func append(_ entry: JournalEntry) throws(JournalError) {
        do throws(HostError) {
            try records.record([entry])
        } catch {
            throw JournalError(.notWritten, error.subject, cause: error)
        }
    }
}

extension HostFolder {
    /// The journal's file, as hosts had it that did not keep it in their records.
    private var journalFile: String { path + "/issue.journal" }

    /// Takes the journal's file into the records, and puts it aside; nothing where there is none.
    ///
    /// An element's entries are recorded in one commit. A program that ended before the file was put aside is followed by one
    /// that finds what was recorded.
    ///
    /// - Throws: `JournalError` of the file, such as where another program has it; `HostError`.
    func moveJournal(into records: any RecordStore) throws {
        guard FileKind.exists(journalFile) else { return }
        let file = try FileJournal(path: journalFile)
        let missing = try file.elements.map(file.history).filter { entries in
            guard let element = entries.first?.element else { return false }
            return try Array(records.issueHistory(of: element).prefix(entries.count)) != entries
        }
        if !missing.isEmpty { try records.record(missing.flatMap(\.self)) }
        do throws(FileError) {
            try AtomicFile(at: FilePath(file: journalFile)).move(to: "issue.journal.moved")
        } catch {
            throw HostError(error)
        }
    }
}
