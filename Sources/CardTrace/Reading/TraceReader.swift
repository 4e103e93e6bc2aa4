import ISO7816

/// Reads a trace in any format incrementally: bytes in, records out.
///
///     var reader = TraceReader(file: "gp.log")
///     let records = try reader.feed(bytes) + reader.finish()
///     if reader.report.skipped.count > 0 { print(reader.report.skipped.first) }
///
/// The format is detected from the content where it is not given. PINs and keys that a log shows are masked as it is
/// read, whatever program wrote it, unless they are asked for. An exchange gets the answer to reset of its card where
/// the file has it anywhere before.
///
/// An exchange may come a little later where it has a part of a file whose beginning is read afterwards: a card number
/// can begin there.
///
/// A line that cannot be read is skipped, and ``report`` counts it. An error ends the reading: what was read before it is
/// delivered first.
public struct TraceReader: Sendable {
    /// The format; nil until it is detected.
    public private(set) var source: TraceSource?
    /// What was found and what was skipped so far.
    public private(set) var report = TraceReadingReport()
    private let file: String
    private let sender: TraceSender?
    private let secrets: SecretPolicy
    private var parser: (any TraceLineParser)?
    private var packets: PcapngReader?
    private var findings: LineFindings
    /// Bytes of an incomplete line, or of a file whose format is not yet known.
    private var rest: [UInt8] = []
    /// How much of `rest` is known to contain no line end.
    private var searched = 0
    private var isBegun = false
    /// Whether lines end in CR alone too, as the first line does; nil before its end.
    private var endsInReturn: Bool?
    private var cards = TraceCards()
    /// Records that may turn out to have a part of a card number.
    private var backward = BackwardParts()
    private var line = 0
    /// The last lines before the one that reveals the format.
    private var unread: [(line: Int, text: Substring)] = []
    /// Whether a line has the form that was given, and which form others have.
    private var (isOfForm, resembles): (Bool, TraceSource?) = (false, nil)
    /// The first line that is not blank, of a file whose format is not known.
    private var firstText: Substring?
    /// Why reading ended, once what was read before has been delivered.
    private var failure: TraceFileError?

    /// How many lines before the one that reveals the format are kept: some contain the reader or the date.
    private static let maxUnread = 1000

    /// Bytes of the longest line: twenty exchanges of the longest APDUs, as digits with blanks, would fit on it.
    package var maxLineBytes = 8 << 20

    /// - Parameters:
    ///   - source: the format; detected from the content where nil.
    ///   - file: the file's name, for errors and for records without a reader.
    ///   - sender: the sender for the log of a spy, which does not contain it.
    ///   - secrets: whether PINs and keys are masked. What the file has masked stays so.
    public init(
        _ source: TraceSource? = nil, file: String, sender: TraceSender? = nil, secrets: SecretPolicy = .hidden
    ) {
        self.secrets = secrets
        self.file = file
        self.sender = sender
        findings = LineFindings(file: file)
        if let source { use(source) }
    }

    /// Feeds a piece of the file.
    ///
    /// - Throws: `TraceFileError`, with the byte or line, where the rest of the file cannot be read.
    public mutating func feed(_ bytes: some Collection<UInt8>) throws(TraceFileError) -> [TraceRecord] {
        try feed(Array(bytes)[...])
    }

    /// Feeds a piece of the file without copying it.
    ///
    /// - Throws: `TraceFileError`, with the byte or line, where the rest of the file cannot be read.
    public mutating func feed(_ bytes: ArraySlice<UInt8>) throws(TraceFileError) -> [TraceRecord] {
        if let failure { throw failure }
        return try deliver { (reader) throws(TraceFileError) in try reader.read(bytes) }
    }

    /// The remaining records at the end.
    ///
    /// - Throws: `TraceFileError`, with code `.unknownForm` where the format was not detected, `.unreadLinkType` where
    ///   a capture has no link type that is read.
    public mutating func finish() throws(TraceFileError) -> [TraceRecord] {
        if let failure { throw failure }
        return try deliver(isEnd: true) { (reader) throws(TraceFileError) in try reader.end() }
    }

    /// Completes and counts what `body` finds. Where it fails after it found records, these are returned, and the error
    /// is thrown by the next call.
    private mutating func deliver(
        isEnd: Bool = false, _ body: (inout TraceReader) throws(TraceFileError) -> Void
    ) throws(TraceFileError) -> [TraceRecord] {
        do throws(TraceFileError) {
            try body(&self)
        } catch {
            failure = error
        }
        // Parsers take what they find: this is the one place where it is masked.
        var records = findings.takeRecords()
        if secrets == .hidden { records.hideSecrets() }
        cards.complete(&records)
        report.count(records)
        report.lines = packets?.count ?? line
        (report.skipped, report.unsure) = (findings.skipped, findings.unsure)
        if let packets { report.unreadPackets = packets.unread }
        report.resembles = isOfForm || !report.isEmpty ? nil : resembles
        if secrets == .hidden {
            records = backward.pass(records)
            if isEnd || failure != nil { records += backward.flush() }
        }
        if records.isEmpty, let failure { throw failure }
        return records
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(TraceFileError) {
        if packets != nil { return try feedPackets(bytes) }
        rest += bytes
        if !isBegun {
            guard rest.count >= Self.magicLength else { return }
            try begin()
            if packets != nil {
                defer { rest = [] }
                return try feedPackets(rest[...])
            }
        }
        try dequeueLines()
    }

    private mutating func feedPackets(_ bytes: ArraySlice<UInt8>) throws(TraceFileError) {
        var records: [TraceRecord] = []
        defer { findings.append(records) }
        try packets?.feed(bytes, into: &records)
    }

    private mutating func end() throws(TraceFileError) {
        if packets != nil {
            findings.append(try packets?.finish() ?? [])
            return
        }
        try dequeueLines()
        if !rest.isEmpty { try feed(line: rest[...]) }
        (rest, searched) = ([], 0)
        if parser == nil {
            // Lines that are too short to reveal a format can still be bytes.
            if unread.contains(where: { HexadecimalTrace.isBytes($0.text) }) {
                try parseUnread(as: .hex)
            } else if let firstText {
                throw TraceFileError(.unknownForm, file: file, line: 1, found: firstText)
            }
        }
        parser?.finish(into: &findings)
    }

    /// pcap of either byte order, microseconds and nanoseconds.
    private static let oldCaptures: [[UInt8]] = [
        [0xA1, 0xB2, 0xC3, 0xD4], [0xD4, 0xC3, 0xB2, 0xA1], [0xA1, 0xB2, 0x3C, 0x4D], [0x4D, 0x3C, 0xB2, 0xA1],
    ]

    private static let magicLength = 4

    /// Detects the formats that are recognized by the first bytes of a file.
    private mutating func begin() throws(TraceFileError) {
        isBegun = true
        // The byte order mark of UTF-8, which Windows programs write.
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest.removeFirst(3) }
        let isCapture = rest.starts(with: [0x0A, 0x0D, 0x0D, 0x0A])
        guard source == nil else {
            if isCapture, packets == nil { resembles = .pcapng }
            return
        }
        if isCapture { use(.pcapng) }
        if Self.oldCaptures.contains(where: { rest.starts(with: $0) }) {
            throw TraceFileError(.oldCapture, file: file, byte: 0)
        }
    }

    /// Parses the complete lines of `rest`.
    private mutating func dequeueLines() throws(TraceFileError) {
        var start = 0
        // Bytes searched before are not searched again: a long line may arrive in many pieces.
        if endsInReturn == nil, let end = rest[searched...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            // What follows a CR tells what it is.
            if rest[end] == 0x0A || end + 1 < rest.count {
                endsInReturn = rest[end] == 0x0D && rest[end + 1] != 0x0A && rest[end + 1] != 0x0D
            }
        }
        let hasReturns = endsInReturn == true
        for end in searched..<rest.count where rest[end] == 0x0A || hasReturns && rest[end] == 0x0D {
            try feed(line: rest[start..<end])
            start = end + 1
        }
        rest.removeFirst(start)
        // A CR at the end has not told yet.
        searched = rest.count - (endsInReturn == nil && rest.last == 0x0D ? 1 : 0)
        guard rest.count <= maxLineBytes else {
            defer { rest = [] }
            throw TraceFileError(.endlessLine, file: file, line: line + 1, found: "")
        }
    }

    private mutating func use(_ source: TraceSource) {
        self.source = source
        if source == .pcapng { packets = PcapngReader(file: file) }
        parser = source.lineParser?.init(file: file, sender: sender)
    }

    private mutating func feed(line bytes: ArraySlice<UInt8>) throws(TraceFileError) {
        line += 1
        var bytes = bytes
        while bytes.last == 0x0D { bytes.removeLast() }
        let text = Substring(decoding: source == .json ? bytes : LogText.plain(bytes), as: UTF8.self)
        if parser == nil {
            if firstText == nil, text.contains(where: { !$0.isWhitespace }) { firstText = text }
            unread.append((line, text))
            // The oldest are dropped in large pieces, so that this costs nothing per line.
            if unread.count > 2 * Self.maxUnread { unread.removeFirst(Self.maxUnread) }
            guard let source = TraceSource(revealedBy: text) else { return }
            try parseUnread(as: source)
        } else {
            compareForm(of: text)
            try parser?.parse(text, line: line, into: &findings)
        }
    }

    /// Looks whether the first lines of a file have the form that was given, for what to say where nothing is found.
    private mutating func compareForm(of text: Substring) {
        guard !isOfForm, resembles == nil, line <= Self.maxUnread, let source else { return }
        guard let found = TraceSource(revealedBy: text) else { return }
        if found == source { isOfForm = true } else { resembles = found }
    }

    private mutating func parseUnread(as source: TraceSource) throws(TraceFileError) {
        use(source)
        isOfForm = true
        defer { unread = [] }
        for (line, text) in unread { try parser?.parse(text, line: line, into: &findings) }
    }
}

extension [TraceRecord] {
    /// Masks the PIN and key bytes of commands.
    fileprivate mutating func hideSecrets() {
        for index in indices {
            guard case .exchange(var event) = self[index] else { continue }
            event.hideSecrets()
            self[index] = .exchange(event)
        }
    }
}

/// Parses one text format line by line.
protocol TraceLineParser: Sendable {
    /// - Parameters:
    ///   - file: the file's name, for errors and for records without a reader.
    ///   - sender: the traced program, for a log that does not name it.
    init(file: String, sender: TraceSender?)

    /// Whether a line, without the spaces before it, is of this format and of no other.
    static func recognizes(_ text: Substring) -> Bool

    /// Parses a line without its line end and without colours.
    ///
    /// - Parameters:
    ///   - line: its number, counted from 1.
    ///   - findings: gets the records, and what cannot be read.
    /// - Throws: where the rest of the file cannot be read.
    mutating func parse(_ text: Substring, line: Int, into findings: inout LineFindings) throws(TraceFileError)
    /// The remaining records at the end.
    mutating func finish(into findings: inout LineFindings)
}

extension Array where Element == UInt8 {
    /// Two digits per byte, with any blanks, tabs and colons between bytes; nil for anything else.
    init?(spacedHexadecimal text: some StringProtocol) {
        self.init()
        reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for unit in text.utf8 {
            if unit == 0x20 || unit == 0x09 || unit == 0x3A {
                guard high == nil else { return nil }
                continue
            }
            guard let value = unit.hexadecimalValue else { return nil }
            if let first = high {
                append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil else { return nil }
    }
}
