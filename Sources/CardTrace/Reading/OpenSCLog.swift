import ISO7816

/// OpenSC's logs: `OPENSC_DEBUG`, and the output of `opensc-tool -s`.
///
///     P:1; T:0x1 05:21:59.873 [opensc-tool] reader-pcsc.c:323:pcsc_transmit:
///     Outgoing APDU (5 bytes):
///     00 CA 01 00 00 .....
///
///     Sending: 00 CA 01 00 00
///     Received (SW1=0x90, SW2=0x00):
///     00 A1 B2 C3 ....
///
/// Where a log has both, only the dumps of the debug log are used, so that nothing is duplicated.
struct OpenSCLog: TraceLineParser {
    private enum Dump {
        case outgoing, incoming
        case received([UInt8])
    }

    let file: String
    private var reader: String
    private var sender: TraceSender?
    private var pairing = ExchangePairing()
    private var nanoseconds: Int64 = 0
    private var isDebug = false
    /// The dump being read: its expected length, the bytes so far, and its first line.
    private var dump: (kind: Dump, count: Int?, bytes: [UInt8], line: Int)?

    init(file: String, sender: TraceSender? = nil) {
        self.file = file
        reader = file
    }

    static func recognizes(_ text: Substring) -> Bool {
        text.hasPrefix("Outgoing APDU") || text.hasPrefix("Incoming APDU") || text.hasPrefix("Sending: ")
            || text.hasPrefix("Received (SW1=") || isDebugLine(text)
    }

    /// `P:10989; T:0x140108049762368 05:21:59.873 [opensc-tool] file.c:1:…`, older ones without `P:`.
    static func isDebugLine(_ text: Substring) -> Bool {
        (text.hasPrefix("P:") && text.utf8.contains("; T:") || text.hasPrefix("0x")) && text.utf8.contains(".c:")
            && text.utf8.contains("[")
    }

    mutating func parse(_ text: Substring, line: Int) throws(TraceFileError) -> [TraceRecord] {
        if let dump, dump.count.map({ dump.bytes.count < $0 }) ?? true,
            let bytes = Self.dumped(text, dump.count.map { $0 - dump.bytes.count })
        {
            self.dump?.bytes += bytes
            return []
        }
        var records = try complete()
        if Self.isDebugLine(text) {
            record(text)
        } else if text.hasPrefix("Outgoing APDU"), let count = Self.count(text) {
            // An earlier `Sending:` belongs to this dump.
            if !isDebug { _ = pairing.end(reader) }
            isDebug = true
            dump = (.outgoing, count, [], line)
        } else if text.hasPrefix("Incoming APDU"), let count = Self.count(text) {
            dump = (.incoming, count, [], line)
        } else if text.hasPrefix("Sending: "), !isDebug {
            guard let bytes = [UInt8](spacedHexadecimal: text.dropFirst(9)), !bytes.isEmpty else {
                throw TraceFileError(.notHexadecimal, file: file, line: line, found: text)
            }
            records += pairing.command(MaskedBytes(bytes), reader: reader, nanoseconds: nanoseconds, sender: sender)
        } else if text.hasPrefix("Received (SW1=0x"), !isDebug {
            let digits = text.dropFirst(14).split(separator: "0x").compactMap {
                [UInt8](hexadecimal: $0.prefix(2))?.first
            }
            guard digits.count == 2 else { throw TraceFileError(.notHexadecimal, file: file, line: line, found: text) }
            dump = (.received(digits), nil, [], line)
        } else if text.hasPrefix("Connecting to card in reader ") {
            reader = String(text.dropFirst(29))
            while reader.last == "." { reader.removeLast() }
        }
        return records
    }

    mutating func finish() -> [TraceRecord] {
        do {
            return try complete() + pairing.end()
        } catch {
            return pairing.end()
        }
    }

    private mutating func complete() throws(TraceFileError) -> [TraceRecord] {
        guard let (kind, count, bytes, line) = dump else { return [] }
        dump = nil
        guard count.map({ $0 == bytes.count }) ?? true else {
            throw TraceFileError(
                .notHexadecimal, file: file, line: line, found: "\(bytes.count) of \(count ?? 0) bytes")
        }
        let answer: [UInt8]
        switch kind {
        case .outgoing:
            return pairing.command(MaskedBytes(bytes), reader: reader, nanoseconds: nanoseconds, sender: sender)
        case .incoming: answer = bytes
        case .received(let status): answer = bytes + status
        }
        guard answer.count >= 2,
            let record = pairing.answer(MaskedBytes(answer), reader: reader, nanoseconds: nanoseconds)
        else {
            throw TraceFileError(
                .answerWithoutCommand, file: file, line: line, found: bytes.hexadecimal(separator: " "))
        }
        return [record]
    }

    /// The bytes of a dump line, up to 16; followed by a blank and the same as characters.
    private static func dumped(_ text: Substring, _ left: Int?) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
        while bytes.count < min(left ?? 16, 16), rest.count >= 2 {
            guard let byte = [UInt8](hexadecimal: rest.prefix(2)), rest.count == 2 || rest.dropFirst(2).first == " "
            else {
                break
            }
            bytes += byte
            rest = rest.dropFirst(3)
        }
        guard !bytes.isEmpty else { return nil }
        // Without a known length, the number of characters that follow gives the number of bytes.
        if left == nil {
            let shown = rest.drop { $0 == " " }.count
            guard shown == bytes.count else { return bytes.count > shown ? Array(bytes.prefix(shown)) : bytes }
        }
        return bytes
    }

    private static func count(_ text: Substring) -> Int? {
        text.split(separator: "(").last.flatMap { Int($0.prefix { $0.isNumber }) }
    }

    /// Records time of day, program and process of a line, and the reader where it has one.
    private mutating func record(_ text: Substring) {
        let words = text.split(separator: " ", maxSplits: 4)
        for word in words where word.count == 12 && word.dropFirst(2).first == ":" {
            nanoseconds = (ValueText.microseconds(time: "1970-01-01T\(word)Z") ?? 0) * 1000
        }
        guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else { return }
        let process = text.hasPrefix("P:") ? Int32(text.dropFirst(2).prefix { $0.isNumber }) : nil
        sender = TraceSender(String(text[open..<close].dropFirst()), process: process)
        let mark = "refresh_attributes: "
        if text.hasSuffix(" check"), let end = text.split(separator: mark, maxSplits: 1).last, text.contains(mark) {
            reader = String(end.dropLast(6))
        }
    }
}
