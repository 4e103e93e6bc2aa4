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
/// Older versions frame a dump with `=`, and on Windows a line begins with the date (libopensc/log.c, sc_apdu_log):
///
///     2015-09-29 04:22:24.730
///     Outgoing APDU data [   10 bytes] =====================================
///
/// Those before 0.11 write `Sending 5 bytes (resp. 258 bytes):` and `Received 2 bytes (SW1=90 SW2=00)`, and a dump of
/// the data without the status word.
///
/// Where a log has both, only the dumps of the debug log are used, so that nothing is duplicated.
struct OpenSCLog: TraceLineParser {
    private enum Direction {
        case outgoing
        case incoming
        /// Data whose status word has been read.
        case received([UInt8])
    }

    private struct Dump {
        var direction: Direction
        /// How many bytes it has; nil where its end is where its lines end.
        var count: Int?
        var bytes: [UInt8] = []
        /// The line before its first, for errors.
        var line: Int

        var isComplete: Bool { count.map { bytes.count >= $0 } ?? false }
    }

    private var reader: String
    private var sender: TraceSender?
    private var pairing = ExchangePairing()
    private var time = LogTime.unknown
    private var isDebug = false
    private var dump: Dump?
    /// The last command could not be read.
    private var isLost = false

    init(file: String, sender: TraceSender? = nil) { reader = file }

    static func recognizes(_ text: Substring) -> Bool {
        text.hasPrefix("Outgoing APDU") || text.hasPrefix("Incoming APDU") || text.hasPrefix("Sending: ")
            || text.hasPrefix("Received (SW1=") || isDebugLine(text)
    }

    /// `P:10989; T:0x140108049762368 05:21:59.873 [opensc-tool] file.c:1:…`, older ones without `P:`, on Windows with
    /// the date.
    static func isDebugLine(_ text: Substring) -> Bool {
        guard text.utf8.contains(".c:"), text.utf8.contains("[") else { return false }
        if text.hasPrefix("P:") { return text.utf8.contains("; T:") }
        if text.hasPrefix("0x") { return true }
        // The program's name in brackets, a file and a line, at the begin or after the date.
        return isSource(text) || LogTime(stampIn: text.prefix(24)) != nil && isSource(text.drop { $0 != "[" })
    }

    private static func isSource(_ text: Substring) -> Bool {
        guard text.first == "[", let close = text.firstIndex(of: "]") else { return false }
        let place = text[close...].dropFirst().drop { $0 == " " }.prefix { $0 != " " }
        let parts = place.split(separator: ":")
        return parts.count >= 2 && parts[0].hasSuffix(".c") && Int(parts[1]) != nil
    }

    mutating func parse(_ text: Substring, line: Int, into findings: inout LineFindings) {
        let text = text.drop { $0 == " " || $0 == "\t" }
        if let dump, !dump.isComplete,
            let bytes = HexadecimalDump.bytes(
                in: text, left: dump.count.map { $0 - dump.bytes.count }, isFirst: dump.bytes.isEmpty)
        {
            self.dump?.bytes += bytes
            return
        }
        complete(into: &findings)
        if Self.isDebugLine(text) {
            record(text)
        } else {
            recordTime(text)
        }
        if let (direction, count) = Self.beginOfDump(text) {
            // An earlier `Sending:` belongs to this dump.
            if case .outgoing = direction, !isDebug { _ = pairing.end(reader) }
            isDebug = true
            dump = Dump(direction: direction, count: count, line: line)
        } else if text.hasPrefix("Sending: "), !isDebug {
            if let bytes = [UInt8](spacedHexadecimal: text.dropFirst(9)), !bytes.isEmpty {
                command(bytes, into: &findings)
            } else {
                lose(line, found: text, into: &findings)
            }
        } else if text.hasPrefix("Received (SW1=0x"), !isDebug {
            let digits = text.dropFirst(14).split(separator: "0x").compactMap {
                [UInt8](hexadecimal: $0.prefix(2))?.first
            }
            if digits.count == 2 {
                dump = Dump(direction: .received(digits), line: line)
            } else {
                lose(line, found: text, into: &findings)
            }
        } else {
            for prefix in ["Connecting to card in reader ", "Using reader with a card: "] where text.hasPrefix(prefix) {
                reader = String(text.dropFirst(prefix.count))
                while reader.last == "." { reader.removeLast() }
            }
        }
    }

    mutating func finish(into findings: inout LineFindings) {
        complete(into: &findings)
        findings.append(pairing.end())
    }

    private mutating func command(_ bytes: [UInt8], into findings: inout LineFindings) {
        isLost = false
        findings.append(pairing.command(MaskedBytes(bytes), reader: reader, at: time, sender: sender))
    }

    /// Skips what cannot be read. What waits for an answer gets none: the next one could be another command's.
    private mutating func lose(_ line: Int, found: some StringProtocol, into findings: inout LineFindings) {
        findings.append(pairing.end(reader))
        isLost = true
        findings.skip(line, .notHexadecimal, found: found)
    }

    private mutating func complete(into findings: inout LineFindings) {
        guard let dump else { return }
        self.dump = nil
        guard dump.count.map({ $0 == dump.bytes.count }) ?? true else {
            return lose(
                dump.line, found: "\(dump.bytes.count) of \(dump.count ?? 0) bytes", into: &findings)
        }
        let answer: [UInt8]
        switch dump.direction {
        case .outgoing: return command(dump.bytes, into: &findings)
        case .incoming: answer = dump.bytes
        case .received(let status): answer = dump.bytes + status
        }
        guard answer.count >= 2 else {
            // An empty dump is a command that the reader did not answer.
            findings.append(pairing.end(reader))
            if !answer.isEmpty { findings.skip(dump.line, .notHexadecimal, found: "1 byte") }
            return
        }
        if let record = pairing.answer(MaskedBytes(answer), reader: reader, at: time) {
            findings.append(record)
        } else if !isLost {
            findings.skip(
                dump.line, .answerWithoutCommand, found: dump.bytes.hexadecimal(separator: " "))
        }
        isLost = false
    }

    // MARK: Lines of the log

    /// What a line says of the dump after it, anywhere in the line.
    private static func beginOfDump(_ text: Substring) -> (Direction, count: Int)? {
        guard text.utf8.contains("bytes") else { return nil }
        for (word, direction) in [("Outgoing APDU", Direction.outgoing), ("Incoming APDU", .incoming)] {
            guard let rest = after(word, in: text), let count = count(rest.drop { $0 != "(" && $0 != "[" }.dropFirst())
            else { continue }
            return (direction, count)
        }
        if text.utf8.contains("(resp. "), let rest = after("Sending ", in: text), let count = count(rest) {
            return (.outgoing, count)
        }
        if let rest = after("Received ", in: text), let count = count(rest), let words = after("(SW1=", in: rest) {
            let digits = words.split(separator: "SW2=").compactMap { [UInt8](hexadecimal: $0.prefix(2))?.first }
            return digits.count == 2 ? (.received(digits), count) : nil
        }
        return nil
    }

    private static func after(_ word: String, in text: Substring) -> Substring? {
        let units = text.utf8
        var rest = units[...]
        while let index = rest.firstIndex(of: word.utf8.first ?? 0) {
            rest = rest[index...]
            if rest.starts(with: word.utf8) { return Substring(rest.dropFirst(word.utf8.count)) }
            rest = rest.dropFirst()
        }
        return nil
    }

    /// The number in `  10 bytes`.
    private static func count(_ text: Substring) -> Int? {
        let digits = text.drop { $0 == " " }.prefix { $0.isNumber }
        guard text[digits.endIndex...].hasPrefix(" byte"), let count = Int(digits), count < 1 << 20 else { return nil }
        return count
    }

    /// The time of a line that has nothing else, or a message without the place in the source.
    private mutating func recordTime(_ text: Substring) {
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || first == UInt8(ascii: "P") else { return }
        if let time = LogTime(stampIn: Self.head(text)) { self.time = time }
    }

    /// What is before the program's name and the message: a process, a thread, a date, a time.
    private static func head(_ text: Substring) -> Substring {
        text.prefix(text.hasPrefix("P:") ? 80 : 44).prefix { $0 != "[" }
    }

    /// Records date or time of day, program and process of a line, and the reader where it has one.
    private mutating func record(_ text: Substring) {
        if let time = LogTime(stampIn: Self.head(text)) { self.time = time }
        guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else { return }
        let process = text.hasPrefix("P:") ? Int32(text.dropFirst(2).prefix { $0.isNumber }) : nil
        sender = TraceSender(String(text[open..<close].dropFirst()), process: process)
        if text.hasSuffix(" check"), let name = Self.after("refresh_attributes: ", in: text) {
            reader = String(name.dropLast(6))
        } else if text.hasSuffix("'"), let name = Self.after("transmit: reader '", in: text) {
            reader = String(name.dropLast())
        }
    }
}
