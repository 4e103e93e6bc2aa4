import ISO7816

/// Reads a trace in any form, a piece at a time: bytes in, records out.
///
///     var reader = TraceReader(file: "gp.log")
///     let records = try reader.take(bytes) + reader.finish()
///
/// The form is recognised by the content where it is not given. PINs and keys that a log of another program shows are
/// masked as it is read, and an exchange is given the answer to reset of its card where the file tells that anywhere before.
public struct TraceReader: Sendable {
    /// The form; nil as long as nothing has told it.
    public private(set) var source: TraceSource?
    private let file: String
    private let sender: TraceSender?
    private var parser: (any TraceLineParser)?
    private var packets: PcapngReader?
    /// Bytes of a line that has not ended, or of a file whose form is not known yet.
    private var rest: [UInt8] = []
    /// How much of `rest` is known to have no line's end.
    private var searched = 0
    private var isBegun = false
    private var cards = TraceCards()
    private var line = 0
    /// Lines before the one that tells the form.
    private var unread: [Substring] = []

    /// - Parameters:
    ///   - source: the form; recognised by the content where nil.
    ///   - file: what errors, and records that tell of no reader, call the file.
    ///   - sender: who sent what the log of a spy shows, which does not tell it.
    public init(_ source: TraceSource? = nil, file: String, sender: TraceSender? = nil) {
        self.file = file
        self.sender = sender
        if let source { use(source) }
    }

    /// Takes a piece of the file.
    ///
    /// - Throws: `TraceFileError`, which tells the line or byte.
    public mutating func take(_ bytes: some Collection<UInt8>) throws(TraceFileError) -> [TraceRecord] {
        try take(Array(bytes)[...])
    }

    /// Takes a piece of the file without a copy of it.
    ///
    /// - Throws: `TraceFileError`, which tells the line or byte.
    public mutating func take(_ bytes: ArraySlice<UInt8>) throws(TraceFileError) -> [TraceRecord] {
        var records = try read(bytes)
        cards.complete(&records)
        return records
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(TraceFileError) -> [TraceRecord] {
        if packets != nil { return try packets?.take(bytes) ?? [] }
        rest += bytes
        if !isBegun {
            guard rest.count >= Self.magicLength else { return [] }
            try begin()
            if packets != nil {
                defer { rest = [] }
                return try packets?.take(rest[...]) ?? []
            }
        }
        return try takeLines()
    }

    /// What is left at the end.
    ///
    /// - Throws: `TraceFileError`, with code `.unknownForm` where nothing in the file told its form.
    public mutating func finish() throws(TraceFileError) -> [TraceRecord] {
        var records = try end()
        cards.complete(&records)
        return records
    }

    private mutating func end() throws(TraceFileError) -> [TraceRecord] {
        if packets != nil { return try packets?.finish() ?? [] }
        var records = try takeLines()
        if !rest.isEmpty { try take(rest[...], into: &records) }
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

    /// What only the first bytes of a file tell.
    private mutating func begin() throws(TraceFileError) {
        isBegun = true
        guard source == nil else { return }
        if rest.starts(with: [0x0A, 0x0D, 0x0D, 0x0A]) { use(.pcapng) }
        if Self.oldCaptures.contains(where: { rest.starts(with: $0) }) {
            throw TraceFileError(.oldCapture, file: file, byte: 0)
        }
    }

    /// Takes the lines of `rest` that have ended.
    private mutating func takeLines() throws(TraceFileError) -> [TraceRecord] {
        var records: [TraceRecord] = []
        var start = 0
        // What was looked through before is not looked through again: a long line may come in many pieces.
        for end in searched..<rest.count where rest[end] == 0x0A {
            try take(rest[start..<end], into: &records)
            start = end + 1
        }
        rest.removeFirst(start)
        searched = rest.count
        return records
    }

    private mutating func use(_ source: TraceSource) {
        self.source = source
        switch source {
        case .pcapng: packets = PcapngReader(file: file)
        case .json: parser = JSONTrace(file: file)
        case .hex: parser = HexadecimalTrace(file: file)
        case .opensc: parser = OpenSCLog(file: file)
        case .pcscd: parser = PCSCDLog(file: file)
        case .pyscard: parser = PyscardLog(file: file)
        case .apdu4j: parser = APDU4JLog(file: file)
        case .spy: parser = SpyLog(file: file, sender: sender)
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, into records: inout [TraceRecord]) throws(TraceFileError) {
        let bytes = bytes.last == 0x0D ? bytes.dropLast() : bytes
        let text = Substring(decoding: bytes, as: UTF8.self)
        if parser == nil {
            unread.append(text)
            guard let source = TraceSource(telling: text) else { return }
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
        records += try parser?.take(text, line: line) ?? []
    }
}

/// Reads one form of text line by line.
protocol TraceLineParser: Sendable {
    /// Takes a line without its end.
    ///
    /// - Parameter line: its number, counted from 1.
    mutating func take(_ text: Substring, line: Int) throws(TraceFileError) -> [TraceRecord]
    /// What is left at the end.
    mutating func finish() -> [TraceRecord]
}

extension Array where Element == UInt8 {
    /// Two digits a byte, blanks, tabs and colons between bytes as one likes; nil for anything else.
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
