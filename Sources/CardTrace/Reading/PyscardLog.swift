import ISO7816

/// The output of pyscard's ConsoleCardConnectionObserver, and of scriptor of pcsc-tools.
///
///     connecting to Reader 00
///     > 00 CA 01 00 00
///     < 00 A1 B2 C3 90 00
///     <  [] 6D 00
///
/// scriptor wraps answers over lines, and appends a colon and the status word's meaning.
struct PyscardLog: TraceLineParser {
    let file: String
    private var reader: String
    private var pairing = ExchangePairing()
    /// An incomplete answer.
    private var answer: (bytes: [UInt8], line: Int)?
    private var isScriptor = false

    init(file: String, sender: TraceSender? = nil) {
        self.file = file
        reader = file
    }

    static func recognizes(_ text: Substring) -> Bool {
        text.hasPrefix("> ") || text.hasPrefix("< ") || text.hasPrefix("connecting to ") || text.hasPrefix("Using T=")
    }

    mutating func parse(_ text: Substring, line: Int) throws(TraceFileError) -> [TraceRecord] {
        if answer != nil, let first = text.first, first != ">", first != "<" {
            let (digits, isLast) = Self.digits(text)
            if let bytes = [UInt8](spacedHexadecimal: digits), !bytes.isEmpty {
                answer?.bytes += bytes
                return isLast ? try complete() : []
            }
        }
        var records = try complete()
        if text.hasPrefix("Using T=") { isScriptor = true }
        for prefix in ["connecting to ", "No reader given: using ", "Using reader "] where text.hasPrefix(prefix) {
            reader = String(text.dropFirst(prefix.count))
        }
        if text.hasPrefix("> ") {
            guard let bytes = [UInt8](spacedHexadecimal: text.dropFirst(2)), !bytes.isEmpty else {
                // A prompt, or other text.
                if text.contains(where: \.isLetter), !isScriptor, text.dropFirst(2).first?.isHexDigit != true {
                    return records
                }
                throw TraceFileError(.notHexadecimal, file: file, line: line, found: text)
            }
            records += pairing.command(MaskedBytes(bytes), reader: reader, nanoseconds: 0)
        } else if text.hasPrefix("< ") {
            let (digits, isLast) = Self.digits(text.dropFirst(2))
            let known = digits.split(separator: "[]").joined()
            guard let bytes = [UInt8](spacedHexadecimal: known) else {
                throw TraceFileError(.notHexadecimal, file: file, line: line, found: text)
            }
            answer = (bytes, line)
            if isLast || !isScriptor { records += try complete() }
        }
        return records
    }

    mutating func finish() -> [TraceRecord] {
        guard let answer, answer.bytes.count >= 2,
            let record = pairing.answer(MaskedBytes(answer.bytes), reader: reader, nanoseconds: 0)
        else { return pairing.end() }
        return [record]
    }

    private mutating func complete() throws(TraceFileError) -> [TraceRecord] {
        guard let (bytes, line) = answer else { return [] }
        answer = nil
        guard bytes.count >= 2, let record = pairing.answer(MaskedBytes(bytes), reader: reader, nanoseconds: 0) else {
            throw TraceFileError(
                .answerWithoutCommand, file: file, line: line, found: bytes.hexadecimal(separator: " "))
        }
        return [record]
    }

    /// The part before scriptor's ` : meaning`.
    private static func digits(_ text: Substring) -> (Substring, isLast: Bool) {
        guard let colon = text.firstIndex(of: ":"), text[..<colon].last == " " else { return (text, false) }
        return (text[..<colon], true)
    }
}
