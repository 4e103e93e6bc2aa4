import ISO7816

/// The output of apdu4j and GlobalPlatformPro with `-d`, and apdu4j's dumps.
///
///     # SCardConnect("Reader 00", T=*) -> T=1, 3BFC180000813180459067464A00680804000000000E
///     A>> T=1 (4+0000) 00A40400 00
///     A<< (0018+2) (17ms) 6F108408A000000003000000A5049F6501FF 9000
///
/// Older versions have no `# `; a logical channel is `A#1>>`, commands in buffers are `B>>`, and the newest versions
/// also write `>> 00A40400 00` and `<< 9000 (17ms)` (apdu4j's LoggingCardTerminal and LoggingBIBO).
struct APDU4JLog: TraceLineParser {
    private var reader: String
    private var pairing = ExchangePairing()
    /// The sum of the durations so far: the log has no other clock.
    private var nanoseconds: Int64 = 0
    /// When the log was begun, where it says so.
    private var begin: Int64?
    /// The expected next line of a dump.
    private var next: Character?
    /// The last command could not be read.
    private var isLost = false

    init(file: String, sender: TraceSender? = nil) { reader = file }

    static func recognizes(_ text: Substring) -> Bool {
        let text = unprefixed(text)
        let call = text.hasPrefix("# ") ? text.dropFirst(2) : text
        return call.hasPrefix("SCardConnect(\"") || direction(of: text) != nil || text.hasPrefix("# Sent")
            || text.hasPrefix("# Generated on") && text.utf8.contains("apdu4j")
    }

    mutating func parse(_ text: Substring, line: Int, into findings: inout LineFindings) {
        let text = Self.unprefixed(text.drop { $0 == " " || $0 == "\t" })
        let call = text.hasPrefix("# ") ? text.dropFirst(2) : text
        if call.hasPrefix("SCardConnect(\"") { return connected(call, into: &findings) }
        guard let (isCommand, words) = Self.direction(of: text) else {
            return dump(text, line, into: &findings)
        }
        if isCommand {
            // Protocol and lengths before the bytes.
            let isDescribed = words.hasPrefix("T=") || words.hasPrefix("(")
            command(isDescribed ? words.drop { $0 != ")" }.dropFirst() : words, line, &findings)
        } else {
            answer(words, line, into: &findings)
        }
    }

    mutating func finish(into findings: inout LineFindings) { findings.append(pairing.end()) }

    private var time: LogTime {
        LogTime(date: begin.map { $0.addingReportingOverflow(nanoseconds).partialValue }, clock: nanoseconds)
    }

    /// A line without what a logger writes before it: a time, a level, a class.
    ///
    /// Only what has apdu4j's lengths in brackets behind its mark, or a call of PC/SC, is looked for within a line.
    private static func unprefixed(_ text: Substring) -> Substring {
        let units = text.utf8
        let marks: [StaticString] = ["SCardConnect(\"", ">> T=", "<< (", ">> ("]
        for (number, mark) in marks.enumerated() {
            guard let found = units.firstIndex(of: mark), found != units.startIndex else { continue }
            // The letter and the channel before the mark.
            let begin = units[..<found].lastIndex(of: UInt8(ascii: " ")).map { units.index(after: $0) }
            guard let begin else { return text }
            let isCall = number == 0
            guard isCall ? begin == found : isMark(units[begin..<found]) else { return text }
            let isComment = isCall && text[..<begin].hasSuffix("# ")
            return isComment ? text : text[begin...]
        }
        return text
    }

    /// `A`, `B` or nothing, and `#` with the number of a channel.
    private static func isMark(_ units: Substring.UTF8View) -> Bool {
        guard let first = units.first else { return true }
        guard first == UInt8(ascii: "A") || first == UInt8(ascii: "B") else { return false }
        let channel = units.dropFirst()
        return channel.isEmpty
            || channel.first == UInt8(ascii: "#") && channel.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    /// What follows `A>>`, `A#1>>`, `B>>`, `>>` or the same with `<<`; nil for any other line.
    private static func direction(of text: Substring) -> (isCommand: Bool, words: Substring)? {
        var rest = text
        if let first = rest.first, first == "A" || first == "B" {
            rest = rest.dropFirst()
            if rest.first == "#" { rest = rest.dropFirst().drop { $0.isNumber } }
        }
        guard rest.hasPrefix(">> ") || rest.hasPrefix("<< ") else { return nil }
        let words = rest.dropFirst(3).drop { $0 == " " }
        // Without a letter only bytes and names of PC/SC are of this form: others use these marks too.
        let isMarked = rest.startIndex != text.startIndex
        let isOurs =
            isMarked || isBytes(words.prefix { $0 != " " }) || words.hasPrefix("SCARD_") || words.hasPrefix("(")
        return isOurs ? (rest.first == ">", words) : nil
    }

    private mutating func connected(_ text: Substring, into findings: inout LineFindings) {
        let parts = text.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return }
        reader = String(parts[1])
        guard let last = parts[2].split(separator: ",").last,
            let answer = [UInt8](spacedHexadecimal: last), answer.count >= 2
        else { return }
        findings.append(pairing.end(reader))
        reset(answer, into: &findings)
    }

    private func reset(_ answer: [UInt8], into findings: inout LineFindings) {
        findings.append(
            .card(TraceCardEvent(time: time.microseconds, reader: reader, kind: .reset, answerToReset: answer)))
    }

    private mutating func dump(_ text: Substring, _ line: Int, into findings: inout LineFindings) {
        if text.hasPrefix("# Generated on ") { begin = LogTime.mailDate(text.dropFirst(15)) }
        if text.hasPrefix("# Using ") { reader = String(text.dropFirst(8)) }
        if text.hasPrefix("# ATR: "), let answer = [UInt8](spacedHexadecimal: text.dropFirst(7)) {
            reset(answer, into: &findings)
        } else if text.hasPrefix("# Sent") {
            next = ">"
        } else if text.hasPrefix("# Received") {
            next = "<"
            advance(text.split(separator: " ").last ?? "")
        } else if let direction = next, !text.hasPrefix("#"), !text.isEmpty {
            next = nil
            if direction == "<" { answer(text, line, into: &findings) } else { command(text, line, &findings) }
        }
    }

    private mutating func command(_ text: Substring, _ line: Int, _ findings: inout LineFindings) {
        guard let bytes = Self.bytes(text) else {
            // Its answer must not become that of the command before.
            findings.append(pairing.end(reader))
            isLost = true
            return findings.skip(line, .notHexadecimal, found: text)
        }
        isLost = false
        findings.append(pairing.command(MaskedBytes(bytes), reader: reader, at: time))
    }

    private mutating func answer(_ words: Substring, _ line: Int, into findings: inout LineFindings) {
        var rest = words
        // Lengths and duration, in brackets before the bytes or behind them.
        while rest.first == "(", let close = rest.firstIndex(of: ")") {
            advance(rest[..<close].dropFirst())
            rest = rest[close...].dropFirst().drop { $0 == " " }
        }
        if let open = rest.lastIndex(of: "("), let close = rest[open...].firstIndex(of: ")") {
            advance(rest[open..<close].dropFirst())
            rest = rest[..<open]
        }
        if rest.hasPrefix("SCARD_") || rest.hasPrefix("Exception") {
            findings.append(pairing.end(reader))
            return
        }
        guard let bytes = Self.bytes(rest), bytes.count >= 2 else {
            findings.append(pairing.end(reader))
            isLost = true
            return findings.skip(line, .notHexadecimal, found: rest)
        }
        if let record = pairing.answer(MaskedBytes(bytes), reader: reader, at: time) {
            findings.append(record)
        } else if !isLost {
            findings.skip(line, .answerWithoutCommand, found: rest)
        }
        isLost = false
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

    private static func isBytes(_ word: Substring) -> Bool {
        word.utf8.count.isMultiple(of: 2) && !word.isEmpty && [UInt8](hexadecimal: word) != nil
    }

    /// The bytes at the begin of a text; remarks behind them, as in published logs, are ignored.
    private static func bytes(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        for word in text.split(separator: " ") {
            guard let more = [UInt8](hexadecimal: word) else {
                // A word with other letters is a remark, one with an odd digit is not.
                if word.utf8.allSatisfy({ $0.hexadecimalValue != nil }) || Self.beginsAsByte(word) { return nil }
                break
            }
            bytes += more
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Whether a word that is not hexadecimal begins with two digits, as bytes with an error do.
    private static func beginsAsByte(_ word: Substring) -> Bool {
        word.utf8.prefix(2).allSatisfy { $0.hexadecimalValue != nil }
            && word.utf8.contains { (0x30...0x39).contains($0) }
    }
}
