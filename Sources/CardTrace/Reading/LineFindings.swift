/// What a parser finds in the lines of a log.
struct LineFindings: Sendable {
    /// The file's name, for errors.
    let file: String
    private(set) var records: [TraceRecord] = []
    private(set) var skipped = TraceReadingReport.Skipped()
    private(set) var unsure = TraceReadingReport.Unsure()

    init(file: String) { self.file = file }

    mutating func append(_ record: TraceRecord) { records.append(record) }

    mutating func append(_ records: [TraceRecord]) { self.records += records }

    /// Skips a line that cannot be read.
    ///
    /// - Parameter found: what the line has there; an error shows no PIN and no key of it.
    mutating func skip(_ line: Int, _ code: TraceFileError.Code, found: some StringProtocol) {
        skipped.append(TraceFileError(code, file: file, line: line, found: found))
    }

    /// Reports a line that could be a command or an answer.
    mutating func doubt(_ line: Int) { unsure.append(line) }

    /// Hands over the records found so far.
    mutating func takeRecords() -> [TraceRecord] {
        defer { records = [] }
        return records
    }
}
