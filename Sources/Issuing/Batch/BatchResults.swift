internal import DurableFiles
public import ValueProtocol

/// The results of a batch's rows, in a growing CSV file: `line,eid,outcome,reason,time`.
///
/// `line` is the row's line in the order; outcomes are `assigned` (recorded before the card is written), `issued` and
/// `failed`. The last outcome of a row counts. A stopped batch is resumed with the same file.
public final class BatchResults {
    /// The columns.
    public static let header = "line,eid,outcome,reason,time"

    /// The latest result of one row.
    public struct Result: Sendable, Hashable {
        public enum Outcome: String, Sendable, Hashable {
            /// The row was assigned to a card; nothing more is known.
            case assigned
            case issued
            case failed
        }

        /// The row's line in the order.
        public let line: Int
        public let eid: PartyID
        public let outcome: Outcome
        /// Why it failed; otherwise empty.
        public let reason: String
        public let time: Timestamp

        public init(line: Int, eid: PartyID, outcome: Outcome, reason: String = "", time: Timestamp) {
            self.line = line
            self.eid = eid
            self.outcome = outcome
            self.reason = reason
            self.time = time
        }
    }

    /// The last result of each row, by line.
    private(set) var latest: [Int: Result] = [:]
    private let file: JournalFile?

    /// Keeps results only in this object.
    public init() { file = nil }

    /// Opens the file at `path`, or creates it.
    ///
    /// - Throws: `JournalError`.
    public init(path: String) throws(JournalError) {
        let file = try JournalFile(path: path, header: BatchResults.header)
        self.file = file
        for (index, line) in file.lines.enumerated() {
            guard let result = BatchResults.result(line) else {
                throw JournalError(.damaged, "\(path), line \(index + 2)")
            }
            latest[result.line] = result
        }
    }

    /// Adds a result; it is on stable storage when this returns.
    ///
    /// - Throws: `JournalError` `.notWritten`.
    public func append(_ result: Result) throws(JournalError) {
        // A line break in a reason would split the row.
        let reason = result.reason.split(whereSeparator: \.isNewline).joined(separator: " ")
        let fields = [
            "\(result.line)", "\(result.eid)", result.outcome.rawValue, reason, "\(result.time)",
        ]
        try file?.append(CSVText.line(fields))
        latest[result.line] = result
    }

    private static func result(_ line: String) -> Result? {
        do {
            let rows = try CSVText(line).rows
            guard rows.count == 1, rows[0].count == 5, let number = Int(rows[0][0].text),
                let eid = PartyID(rows[0][1].text), let outcome = Result.Outcome(rawValue: rows[0][2].text),
                let time = UInt32(rows[0][4].text)
            else { return nil }
            return Result(
                line: number, eid: eid, outcome: outcome, reason: rows[0][3].text, time: Timestamp(rawValue: time))
        } catch {
            return nil
        }
    }
}
