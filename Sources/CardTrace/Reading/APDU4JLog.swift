/// The output of apdu4j and GlobalPlatformPro with `-d`, and apdu4j's dumps.
///
///     SCardConnect("Reader 00", T=*) -> T=1, 3BFC180000813180459067464A00680804000000000E
///     A>> T=1 (4+0000) 00A40400 00
///     A<< (0018+2) (17ms) 6F108408A000000003000000A5049F6501FF 9000
struct APDU4JLog: TraceLineParser {
    let file: String
    private var reader: String
    private var pairing = ExchangePairing()
    private var nanoseconds: Int64 = 0
    /// The expected next line of a dump.
    private var next: Character?

    init(file: String, sender: TraceSender? = nil) {
        self.file = file
        reader = file
    }

    static func recognizes(_ text: Substring) -> Bool {
        text.hasPrefix("A>> ") || text.hasPrefix("A<< ") || text.hasPrefix("SCardConnect(\"")
            || text.hasPrefix("# Sent") || text.hasPrefix("# Generated on") && text.utf8.contains("apdu4j")
    }

    mutating func parse(_ text: Substring, line: Int) throws(TraceFileError) -> [TraceRecord] {
        let text = text.drop { $0 == " " }
        if text.hasPrefix("SCardConnect(\"") { return connected(text) }
        if text.hasPrefix("A>> ") {
            guard let open = text.firstIndex(of: ")") else { throw wrong(text, line) }
            return pairing.command(
                MaskedBytes(try bytes(text[open...].dropFirst(), line)), reader: reader, nanoseconds: nanoseconds)
        }
        if text.hasPrefix("A<< ") {
            let parts = text.split(separator: ")", maxSplits: 2)
            guard parts.count == 3 else { throw wrong(text, line) }
            return try answer(parts[2], took: parts[1].drop { $0 == " " || $0 == "(" }, line, whole: text)
        }
        return try dump(text, line)
    }

    mutating func finish() -> [TraceRecord] { pairing.end() }

    private mutating func connected(_ text: Substring) -> [TraceRecord] {
        let parts = text.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return [] }
        reader = String(parts[1])
        guard let last = parts[2].split(separator: ",").last,
            let answer = [UInt8](spacedHexadecimal: last), answer.count >= 2
        else { return [] }
        return pairing.end(reader)
            + [.card(TraceCardEvent(time: nanoseconds / 1000, reader: reader, kind: .reset, answerToReset: answer))]
    }

    private mutating func dump(_ text: Substring, _ line: Int) throws(TraceFileError) -> [TraceRecord] {
        if text.hasPrefix("# Using ") { reader = String(text.dropFirst(8)) }
        if text.hasPrefix("# ATR: "), let answer = [UInt8](spacedHexadecimal: text.dropFirst(7)) {
            return [.card(TraceCardEvent(time: 0, reader: reader, kind: .reset, answerToReset: answer))]
        }
        if text.hasPrefix("# Sent") {
            next = ">"
        } else if text.hasPrefix("# Received") {
            next = "<"
            advance(text.split(separator: " ").last ?? "")
        } else if let direction = next, !text.hasPrefix("#"), !text.isEmpty {
            next = nil
            guard direction == "<" else {
                return pairing.command(MaskedBytes(try bytes(text, line)), reader: reader, nanoseconds: nanoseconds)
            }
            return try answer(text, took: "", line, whole: text)
        }
        return []
    }

    private mutating func answer(
        _ digits: Substring, took time: Substring, _ line: Int, whole: Substring
    ) throws(TraceFileError) -> [TraceRecord] {
        let bytes = try bytes(digits, line)
        advance(time)
        guard bytes.count >= 2,
            let record = pairing.answer(MaskedBytes(bytes), reader: reader, nanoseconds: nanoseconds)
        else { throw TraceFileError(.answerWithoutCommand, file: file, line: line, found: whole) }
        return [record]
    }

    /// Advances the time by a duration of the log; it saturates on overflow.
    private mutating func advance(_ time: Substring) {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(Self.duration(time))
        if !overflow { nanoseconds = sum }
    }

    /// Nanoseconds of `17ms`, `8s378ms`; 0 for anything else.
    private static func duration(_ text: Substring) -> Int64 {
        guard text.hasSuffix("ms") else { return 0 }
        let parts = text.dropLast(2).split(separator: "s")
        guard let milliseconds = parts.last.flatMap({ Int64($0) }), parts.count <= 2,
            let seconds = parts.count == 2 ? Int64(parts[0]) : 0, milliseconds >= 0, seconds >= 0,
            milliseconds < 1_000_000_000, seconds < 1_000_000
        else { return 0 }
        return (seconds * 1000 + milliseconds) * 1_000_000
    }

    private func wrong(_ text: Substring, _ line: Int) -> TraceFileError {
        TraceFileError(.notHexadecimal, file: file, line: line, found: text)
    }

    private func bytes(_ text: Substring, _ line: Int) throws(TraceFileError) -> [UInt8] {
        // Remarks after the bytes, as in published logs, are ignored.
        let digits = text.prefix { $0.isHexDigit || $0 == " " }
        guard let bytes = [UInt8](spacedHexadecimal: digits), !bytes.isEmpty else { throw wrong(text, line) }
        return bytes
    }
}
