/// The log of `pcscd --apdu`: eight digits of microseconds since the previous line, then `APDU:` or `SW:` and bytes.
///
///     00000000 APDU: 00 CA 01 00 00
///     00000091 SW: 00 A1 B2 C3 90 00
///
/// With several readers in use at once the log does not tell them apart.
struct PCSCDLog: TraceLineParser {
    let file: String
    private var pairing = ExchangePairing()
    private var microseconds: Int64 = 0

    init(file: String, sender: TraceSender? = nil) { self.file = file }

    static func recognizes(_ text: Substring) -> Bool {
        let digits = text.prefix(8)
        return digits.count == 8 && digits.allSatisfy { $0.isASCII && $0.isNumber } && text.dropFirst(8).first == " "
            && text.dropFirst(9).first.map { !$0.isNumber } == true && Self.words(text) != nil
    }

    /// The text after the digits and the thread; nil for any other line.
    private static func words(_ text: Substring) -> Substring? {
        var rest = text.dropFirst(9)
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            rest = rest[end...].dropFirst().drop { $0 == " " }
        }
        return rest.hasPrefix("APDU: ") || rest.hasPrefix("SW: ") || rest.utf8.contains(".c:") ? rest : nil
    }

    mutating func parse(_ text: Substring, line: Int) throws(TraceFileError) -> [TraceRecord] {
        // Colours, where the log was written to a terminal.
        let text = Substring(
            text.split(separator: "\u{1B}").map { $0.hasPrefix("[") ? Self.uncoloured($0) : $0 }.joined())
        if let delta = Int64(text.prefix(8)), text.prefix(8).count == 8 {
            microseconds = microseconds.addingReportingOverflow(delta).partialValue
        }
        guard let words = Self.words(text) else { return [] }
        if words.hasPrefix("APDU: ") {
            let bytes = try bytes(words.dropFirst(6), line)
            return pairing.command(MaskedBytes(bytes), reader: "pcscd", nanoseconds: nanoseconds)
        }
        guard words.hasPrefix("SW: ") else { return [] }
        let bytes = try bytes(words.dropFirst(4), line)
        guard bytes.count >= 2,
            let record = pairing.answer(MaskedBytes(bytes), reader: "pcscd", nanoseconds: nanoseconds)
        else { throw TraceFileError(.answerWithoutCommand, file: file, line: line, found: text) }
        return [record]
    }

    mutating func finish() -> [TraceRecord] { pairing.end() }

    private var nanoseconds: Int64 { microseconds.multipliedReportingOverflow(by: 1000).partialValue }

    private static func uncoloured(_ text: Substring) -> Substring {
        guard let end = text.firstIndex(of: "m") else { return text }
        return text[end...].dropFirst()
    }

    private func bytes(_ text: Substring, _ line: Int) throws(TraceFileError) -> [UInt8] {
        guard let bytes = [UInt8](spacedHexadecimal: text), !bytes.isEmpty else {
            throw TraceFileError(.notHexadecimal, file: file, line: line, found: text)
        }
        return bytes
    }
}
