import ISO7816

/// Bytes in hexadecimal, one APDU per line; `#` and `//` start comments, `>` and `<` may indicate the direction.
///
/// Without `>` and `<`, a line that is not a valid command APDU and ends in a status word is the answer to the one
/// before, and a valid answer to reset with a correct check character is one.
struct HexadecimalTrace: TraceLineParser {
    let file: String
    private var pairing = ExchangePairing()

    init(file: String, sender: TraceSender? = nil) { self.file = file }

    static func recognizes(_ text: Substring) -> Bool {
        !text.isEmpty && [UInt8](spacedHexadecimal: text) != nil
    }

    mutating func parse(_ text: Substring, line: Int) throws(TraceFileError) -> [TraceRecord] {
        let text = text.drop { $0.isWhitespace }
        guard !text.isEmpty, !text.hasPrefix("#"), !text.hasPrefix("//") else { return [] }
        let direction = text.first.flatMap { "<>".contains($0) ? $0 : nil }
        guard let bytes = [UInt8](spacedHexadecimal: direction == nil ? text : text.dropFirst()), !bytes.isEmpty else {
            throw TraceFileError(.notHexadecimal, file: file, line: line, found: text)
        }
        let isAnswer = direction.map { $0 == "<" } ?? isAnswer(bytes)
        if isAnswer {
            guard bytes.count >= 2, let record = pairing.answer(MaskedBytes(bytes), reader: file, nanoseconds: 0) else {
                throw TraceFileError(.answerWithoutCommand, file: file, line: line, found: text)
            }
            return [record]
        }
        if direction == nil, Self.isAnswerToReset(bytes) {
            return pairing.end(file)
                + [.card(TraceCardEvent(time: nil, reader: file, kind: .reset, answerToReset: bytes))]
        }
        return pairing.command(MaskedBytes(bytes), reader: file, nanoseconds: 0)
    }

    mutating func finish() -> [TraceRecord] { pairing.end() }

    private func isAnswer(_ bytes: [UInt8]) -> Bool {
        guard pairing.isWaiting(file), bytes.count >= 2 else { return false }
        let high = bytes[bytes.count - 2]
        guard high >> 4 == 9 || (0x61...0x6F).contains(high) else { return false }
        // INS 6x and 9x are invalid (ISO/IEC 7816-4, 5.4.2), so this is data.
        if bytes.count >= 4, bytes[1] >> 4 == 6 || bytes[1] >> 4 == 9 { return true }
        do {
            _ = try CommandAPDU(bytes)
            return false
        } catch {
            return true
        }
    }

    private static func isAnswerToReset(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 4, bytes[0] == 0x3B || bytes[0] == 0x3F else { return false }
        do {
            _ = try AnswerToReset(bytes)
            return true
        } catch {
            return false
        }
    }
}
