internal import DurableFiles
public import ValueProtocol

/// The journal of an issuing desk in a file.
///
/// The first line names kind and version, `value-store issue journal 1`. Each further line is an entry: checksum, entry
/// number, time, EID, event. The checksum is CRC-32 over the rest of the line, chained from the previous line, so that
/// an altered, lost or moved line is detected; it protects against accidents, not against forgery. Each entry is on
/// stable storage before `append` returns. A truncated last line is dropped when the file is opened, because its
/// `append` never returned. One program at a time has the file open.
public final class FileJournal: IssueJournal {
    /// The first line of the file.
    public static let header = "value-store issue journal 1"

    private let file: JournalFile
    private var entries: [PartyID: [JournalEntry]] = [:]
    private var count = 0
    private var checksum: UInt32 = 0

    /// Opens the journal at `path`, or creates it.
    ///
    /// - Throws: `JournalError` `.unreadable`, `.inUse`, `.wrongKind`, `.damaged` with the line, `.notWritten`.
    public init(path: String) throws(JournalError) {
        file = try JournalFile(path: path, header: FileJournal.header)
        for line in file.lines {
            guard let entry = parse(line) else { throw JournalError(.damaged, "\(path), line \(count + 2)") }
            entries[entry.element, default: []].append(entry)
            count += 1
        }
    }

    public func history(of element: PartyID) -> [JournalEntry] { entries[element] ?? [] }

    /// The elements that have entries, ascending.
    public var elements: [PartyID] { entries.keys.sorted() }

    public func append(_ entry: JournalEntry) throws(JournalError) {
        let rest = "\(count + 1) \(JournalText.line(of: entry))"
        let next = CRC32.of(Array(rest.utf8)[...], after: checksum)
        try file.append("\(hexadecimal(UInt64(next), 8)) \(rest)")
        checksum = next
        count += 1
        entries[entry.element, default: []].append(entry)
    }

    private func parse(_ line: String) -> JournalEntry? {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let found = UInt32(parts[0], radix: 16),
            found == CRC32.of(Array(parts[1].utf8)[...], after: checksum)
        else { return nil }
        let words = parts[1].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.first == "\(count + 1)", let entry = JournalText.entry(words.dropFirst()) else { return nil }
        checksum = found
        return entry
    }
}
