import ISO7816

/// The output of pyscard's ConsoleCardConnectionObserver, and of scriptor of pcsc-tools.
///
///     connecting to Reader 00
///     > 00 CA 01 00 00
///     < 00 A1 B2 C3 90 00
///     <  [] 6D 00
///
/// scriptor wraps answers after 16 bytes, appends a colon and the status word's meaning, and resets cards:
///
///     > RESET
///     < OK: 3B 89 01 80 67 56 53 74 6F 72 65 31 57
struct PyscardLog: TraceLineParser {
    private var reader: String
    private var pairing = ExchangePairing()
    /// An answer that may go on in the next line, without the colon at its end.
    private var answer: (bytes: [UInt8], line: Int)?
    /// pyscard does not wrap answers.
    private var isPyscard = false
    /// The last command could not be read.
    private var isLost = false
    private var isResetting = false

    /// How many bytes scriptor writes on a line.
    private static let bytesPerLine = 16

    private static let readerMarks = [
        "connecting to ", "reconnecting to ", "No reader given: using ", "Using given card reader: ", "Using reader ",
    ]

    init(file: String, sender: TraceSender? = nil) { reader = file }

    static func recognizes(_ text: Substring) -> Bool {
        let words = text.dropFirst(2).drop { $0 == " " }
        if text.hasPrefix("> ") { return spacedBytes(words) >= 4 || words.lowercased().hasPrefix("reset") }
        if text.hasPrefix("< ") {
            return words.hasPrefix("OK:") || words.hasPrefix("KO:") || words.hasPrefix("[]")
                || spacedBytes(words) >= 2 || isOldStatus(words)
        }
        return text.hasPrefix("Using T=")
            // Other programs also say which reader they use.
            || readerMarks.contains { text.hasPrefix($0) && $0 != "Using reader " }
    }

    mutating func parse(_ text: Substring, line: Int, into findings: inout LineFindings) {
        let text = text.drop { $0 == " " || $0 == "\t" }
        if answer != nil, let first = text.first, first != ">", first != "<" {
            let (digits, isLast) = Self.digits(text)
            if let bytes = [UInt8](spacedHexadecimal: digits), !bytes.isEmpty {
                answer?.bytes += bytes
                if isLast || bytes.count < Self.bytesPerLine { complete(into: &findings) }
                return
            }
        }
        complete(into: &findings)
        for mark in Self.readerMarks where text.hasPrefix(mark) {
            reader = String(text.dropFirst(mark.count))
            isPyscard = mark.hasSuffix("connecting to ")
        }
        switch HexadecimalText.marked(text) {
        case (.toCard, let rest)?: command(rest, line, into: &findings)
        case (.fromCard, let rest)?: answer(rest, line, into: &findings)
        case nil: break
        }
    }

    mutating func finish(into findings: inout LineFindings) {
        complete(into: &findings)
        findings.append(pairing.end())
    }

    private mutating func command(_ text: Substring, _ line: Int, into findings: inout LineFindings) {
        isResetting = false
        if let bytes = Self.plain(text) {
            isLost = false
            findings.append(pairing.command(MaskedBytes(bytes), reader: reader, at: .unknown))
        } else if text.lowercased().hasPrefix("reset") {
            findings.append(pairing.end(reader))
            isResetting = true
        } else if text.drop(while: { $0 == " " }).first?.isHexDigit == true {
            findings.append(pairing.end(reader))
            isLost = true
            findings.skip(line, .notHexadecimal, found: text)
        }
        // A word that is not hexadecimal is not about an APDU.
    }

    private mutating func answer(_ text: Substring, _ line: Int, into findings: inout LineFindings) {
        let words = text.drop { $0 == " " }
        if isResetting || words.hasPrefix("OK:") || words.hasPrefix("KO:") {
            isResetting = false
            return reset(words, line, into: &findings)
        }
        let (digits, isLast) = Self.digits(text)
        guard let bytes = Self.bytes(digits) else {
            // What waits for an answer gets none: the next one is another command's.
            findings.append(pairing.end(reader))
            isLost = true
            return findings.skip(line, .notHexadecimal, found: text)
        }
        answer = (bytes, line)
        let isWrapped = !isLast && !isPyscard && bytes.count == Self.bytesPerLine
        if !isWrapped { complete(into: &findings) }
    }

    /// The answer to a reset: `OK: ` and the answer to reset, or `KO: ` and the reason.
    private mutating func reset(_ words: Substring, _ line: Int, into findings: inout LineFindings) {
        findings.append(pairing.end(reader))
        guard words.hasPrefix("OK:") else { return }
        guard let answerToReset = [UInt8](spacedHexadecimal: words.dropFirst(3)) else {
            return findings.skip(line, .notHexadecimal, found: words)
        }
        findings.append(
            .card(
                TraceCardEvent(
                    time: nil, reader: reader, kind: .reset, answerToReset: answerToReset)))
    }

    private mutating func complete(into findings: inout LineFindings) {
        guard let (bytes, line) = answer else { return }
        answer = nil
        guard bytes.count >= 2 else {
            findings.append(pairing.end(reader))
            return findings.skip(line, .notHexadecimal, found: bytes.hexadecimal(separator: " "))
        }
        if let record = pairing.answer(MaskedBytes(bytes), reader: reader, at: .unknown) {
            findings.append(record)
        } else if !isLost {
            findings.skip(line, .answerWithoutCommand, found: bytes.hexadecimal(separator: " "))
        }
        isLost = false
    }

    /// The bytes of an answer, `[]` for no data. Old versions of pyscard write a status byte below 10 as one digit.
    private static func bytes(_ digits: Substring) -> [UInt8]? {
        let known = digits.utf8.contains("[]") ? Substring(digits.split(separator: "[]").joined()) : digits
        if let bytes = [UInt8](spacedHexadecimal: known) { return bytes }
        let words = known.split(separator: " ")
        guard words.count >= 2 else { return plain(digits) }
        let last = words.suffix(2).map { $0.count == 1 ? "0\($0)" : String($0) }
        return [UInt8](spacedHexadecimal: (words.dropLast(2).map(String.init) + last).joined(separator: " "))
            ?? plain(digits)
    }

    /// Bytes as these programs write them, or as a person wrote between; nil where there are none.
    private static func plain(_ text: Substring) -> [UInt8]? {
        if let bytes = [UInt8](spacedHexadecimal: text), !bytes.isEmpty { return bytes }
        if case .bytes(let bytes, goesOn: false) = HexadecimalText.plain(text) { return bytes }
        return nil
    }

    /// How many bytes begin a text with a blank between each two, as these programs write them; anything may follow.
    private static func spacedBytes(_ text: Substring) -> Int {
        text.split(separator: " ", maxSplits: 4).prefix(4)
            .prefix { $0.utf8.count == 2 && $0.utf8.allSatisfy { $0.hexadecimalValue != nil } }.count
    }

    /// A status word alone, with a byte below 10 as one digit.
    private static func isOldStatus(_ text: Substring) -> Bool {
        let words = digits(text).0.split(separator: " ")
        return words.count == 2 && words[0].utf8.count == 2 && words[1].utf8.count == 1 && bytes(text) != nil
    }

    /// The part before scriptor's ` : meaning`.
    private static func digits(_ text: Substring) -> (Substring, isLast: Bool) {
        guard let colon = text.firstIndex(of: ":"), text[..<colon].last == " " else { return (text, false) }
        return (text[..<colon], true)
    }
}
