import ISO7816

/// Reads a trace in any format incrementally: bytes in, records out.
///
///     var reader = TraceReader(file: "gp.log")
///     let records = try reader.feed(bytes) + reader.finish()
///
/// The format is detected from the content where it is not given. PINs and keys that a log of another program shows are
/// masked as it is read, and an exchange gets the answer to reset of its card where the file has it anywhere before.
public struct TraceReader: Sendable {
    /// The format; nil until it is detected.
    public private(set) var source: TraceSource?
    private let file: String
    private let sender: TraceSender?
    private var parser: (any TraceLineParser)?
    private var packets: PcapngReader?
    /// Bytes of an incomplete line, or of a file whose format is not yet known.
    private var rest: [UInt8] = []
    /// How much of `rest` is known to contain no line end.
    private var searched = 0
    private var isBegun = false
    private var cards = TraceCards()
    private var line = 0
    /// Lines before the one that reveals the format.
    private var unread: [Substring] = []

    /// - Parameters:
    ///   - source: the format; detected from the content where nil.
    ///   - file: the file's name, for errors and for records without a reader.
    ///   - sender: the sender for the log of a spy, which does not contain it.
    public init(_ source: TraceSource? = nil, file: String, sender: TraceSender? = nil) {
        self.file = file
        self.sender = sender
        if let source { use(source) }
    }

    /// Feeds a piece of the file.
    ///
    /// - Throws: `TraceFileError`, with the line or byte.
    public mutating func feed(_ bytes: some Collection<UInt8>) throws(TraceFileError) -> [TraceRecord] {
        try feed(Array(bytes)[...])
    }

    /// Feeds a piece of the file without copying it.
    ///
    /// - Throws: `TraceFileError`, with the line or byte.
    public mutating func feed(_ bytes: ArraySlice<UInt8>) throws(TraceFileError) -> [TraceRecord] {
        var records = try read(bytes)
        cards.complete(&records)
        return records
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(TraceFileError) -> [TraceRecord] {
        if packets != nil { return try packets?.feed(bytes) ?? [] }
        rest += bytes
        if !isBegun {
            guard rest.count >= Self.magicLength else { return [] }
            try begin()
            if packets != nil {
                defer { rest = [] }
                return try packets?.feed(rest[...]) ?? []
            }
        }
        return try dequeueLines()
    }

    /// The remaining records at the end.
    ///
    /// - Throws: `TraceFileError`, with code `.unknownForm` where the format was not detected.
    public mutating func finish() throws(TraceFileError) -> [TraceRecord] {
        var records = try end()
        cards.complete(&records)
        return records
    }

    private mutating func end() throws(TraceFileError) -> [TraceRecord] {
        if packets != nil { return try packets?.finish() ?? [] }
        var records = try dequeueLines()
        if !rest.isEmpty { try feed(rest[...], into: &records) }
        (rest, searched) = ([], 0)
        guard parser != nil else {
            if unread.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { return [] }
            throw TraceFileError(.unknownForm, file: file, line: 1, found: unread.first ?? "")
        }
        return records + (parser?.finish() ?? [])
    }

    /// pcap of either byte order, microseconds and nanoseconds.
    private static let oldCaptures: [[UInt8]] = [
        [0xA1, 0xB2, 0xC3, 0xD4], [0xD4, 0xC3, 0xB2, 0xA1], [0xA1, 0xB2, 0x3C, 0x4D], [0x4D, 0x3C, 0xB2, 0xA1],
    ]

    private static let magicLength = 4

    /// Detects the formats that are recognized by the first bytes of a file.
    private mutating func begin() throws(TraceFileError) {
        isBegun = true
        guard source == nil else { return }
        if rest.starts(with: [0x0A, 0x0D, 0x0D, 0x0A]) { use(.pcapng) }
        if Self.oldCaptures.contains(where: { rest.starts(with: $0) }) {
            throw TraceFileError(.oldCapture, file: file, byte: 0)
        }
    }

    /// Parses the complete lines of `rest`.
    private mutating func dequeueLines() throws(TraceFileError) -> [TraceRecord] {
        var records: [TraceRecord] = []
        var start = 0
        // Bytes searched before are not searched again: a long line may arrive in many pieces.
        for end in searched..<rest.count where rest[end] == 0x0A {
            try feed(rest[start..<end], into: &records)
            start = end + 1
        }
        rest.removeFirst(start)
        searched = rest.count
        return records
    }

    private mutating func use(_ source: TraceSource) {
        self.source = source
        if source == .pcapng { packets = PcapngReader(file: file) }
        parser = source.lineParser?.init(file: file, sender: sender)
    }

    private mutating func feed(_ bytes: ArraySlice<UInt8>, into records: inout [TraceRecord]) throws(TraceFileError) {
        let bytes = bytes.last == 0x0D ? bytes.dropLast() : bytes
        let text = Substring(decoding: bytes, as: UTF8.self)
        if parser == nil {
            unread.append(text)
            guard let source = TraceSource(revealedBy: text) else { return }
            use(source)
            let lines = unread
            unread = []
            for text in lines { try parse(text, into: &records) }
        } else {
            try parse(text, into: &records)
        }
    }

    private mutating func parse(_ text: Substring, into records: inout [TraceRecord]) throws(TraceFileError) {
        line += 1
        records += try parser?.parse(text, line: line) ?? []
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

    /// Parses a line without its line end.
    ///
    /// - Parameter line: its number, counted from 1.
    mutating func parse(_ text: Substring, line: Int) throws(TraceFileError) -> [TraceRecord]
    /// The remaining records at the end.
    mutating func finish() -> [TraceRecord]
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
