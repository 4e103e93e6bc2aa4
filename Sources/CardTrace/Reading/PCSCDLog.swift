/// The log of `pcscd --apdu`: eight digits of microseconds since the previous line, then `APDU:` or `SW:` and bytes.
///
///     00000000 APDU: 00 CA 01 00 00
///     00000091 SW: 00 A1 B2 C3 90 00
///
/// With colours there is a thread after the digits (pcsc-lite's debuglog.c). A journal or syslog puts a time, the host
/// and the program before the line, and a service that logs to syslog itself writes no digits:
///
///     Sep 08 12:00:01 host pcscd[2811]: 00000091 SW: 00 A1 B2 C3 90 00
///     <30>1 2024-09-08T12:00:01.003Z host pcscd 2811 - - SW: 00 A1 B2 C3 90 00
///
/// `journalctl -o json` has the same in members (``JournalEntry``).
///
/// `SW:` without bytes is a command that the reader did not answer. With several readers in use at once the log does not
/// tell them apart; threads keep their answers apart where the log has them.
struct PCSCDLog: TraceLineParser {
    private struct Message {
        /// Whose command it is: the process and the thread.
        var thread = ""
        /// Before the message: the time, the host, the program.
        var prefix: Substring
        /// Since the line before; nil where the line has no digits.
        var microseconds: Int64?
        var words: Substring
    }

    private static let reader = "pcscd"

    private var pairing = ExchangePairing()
    private var microseconds: Int64 = 0
    /// Threads whose last command could not be read.
    private var lost: Set<String> = []

    init(file: String, sender: TraceSender? = nil) {}

    static func recognizes(_ text: Substring) -> Bool {
        guard let message = Self.message(LogText.withoutSpelledColours(JournalEntry.line(text) ?? text)) else {
            return false
        }
        return bytes("APDU:", message.words) != nil || bytes("SW:", message.words) != nil
            || message.microseconds != nil && message.words.utf8.contains(".c:")
    }

    mutating func parse(_ text: Substring, line: Int, into findings: inout LineFindings) {
        let text = JournalEntry.line(text) ?? text
        guard let message = Self.message(LogText.withoutSpelledColours(text)) else { return }
        if let delta = message.microseconds {
            microseconds = microseconds.addingReportingOverflow(delta).partialValue
        }
        if let digits = Self.bytes("APDU:", message.words) {
            command(digits, message, line, into: &findings)
        } else if let digits = Self.bytes("SW:", message.words) {
            answer(digits, message, line, into: &findings)
        }
    }

    mutating func finish(into findings: inout LineFindings) { findings.append(pairing.end()) }

    private mutating func command(
        _ digits: Substring, _ message: Message, _ line: Int, into findings: inout LineFindings
    ) {
        guard let bytes = [UInt8](spacedHexadecimal: digits), !bytes.isEmpty else {
            // Its answer must not become that of the command before.
            findings.append(pairing.end(Self.reader, thread: message.thread))
            lost.insert(message.thread)
            return findings.skip(line, .notHexadecimal, found: digits)
        }
        lost.remove(message.thread)
        findings.append(
            pairing.command(MaskedBytes(bytes), reader: Self.reader, thread: message.thread, at: time(message)))
    }

    private mutating func answer(
        _ digits: Substring, _ message: Message, _ line: Int, into findings: inout LineFindings
    ) {
        guard let bytes = [UInt8](spacedHexadecimal: digits), bytes.count >= 2 || bytes.isEmpty else {
            findings.append(pairing.end(Self.reader, thread: message.thread))
            return findings.skip(line, .notHexadecimal, found: digits)
        }
        if bytes.isEmpty {
            findings.append(pairing.end(Self.reader, thread: message.thread))
            return
        }
        let record = pairing.answer(
            MaskedBytes(bytes), reader: Self.reader, thread: message.thread, at: time(message))
        if let record {
            findings.append(record)
        } else if lost.remove(message.thread) == nil {
            findings.skip(line, .answerWithoutCommand, found: digits)
        }
    }

    private func time(_ message: Message) -> LogTime {
        var time = LogTime(stampIn: message.prefix) ?? .unknown
        if message.microseconds != nil { time.clock = microseconds.multipliedReportingOverflow(by: 1000).partialValue }
        return time
    }

    // MARK: Parts of a line

    /// The text after a word at the begin of a message; nil where it begins otherwise.
    private static func bytes(_ word: String, _ words: Substring) -> Substring? {
        guard words.hasPrefix(word) else { return nil }
        let rest = words.dropFirst(word.count)
        return rest.isEmpty || rest.first == " " ? rest : nil
    }

    private static func message(_ text: Substring) -> Message? {
        let text = text.drop { $0 == " " || $0 == "\t" }
        if let message = timed(text, Message(prefix: "", words: text)) { return message }
        guard let program = afterProgram(text) else { return afterStamp(text) }
        if let message = timed(program.words, program) { return message }
        return bytes("APDU:", program.words) != nil || bytes("SW:", program.words) != nil ? program : nil
    }

    /// Takes the eight digits and the thread from the begin of `text`.
    private static func timed(_ text: Substring, _ message: Message) -> Message? {
        let digits = text.utf8.prefix(8)
        guard digits.count == 8, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.dropFirst(8).first == UInt8(ascii: " ")
        else { return nil }
        var message = message
        message.microseconds = Int64(text.prefix(8))
        message.words = text.dropFirst(9).drop { $0 == " " }
        if message.words.first == "[" {
            guard let end = message.words.firstIndex(of: "]") else { return nil }
            message.thread += String(message.words[..<end])
            message.words = message.words[end...].dropFirst().drop { $0 == " " }
        }
        return message.words.first?.isNumber == true ? nil : message
    }

    /// What follows a time stamp or a container's name: eight digits and a message about an APDU.
    private static func afterStamp(_ text: Substring) -> Message? {
        for word in text.split(separator: " ", maxSplits: 8).dropFirst() where word.utf8.prefix(9).count >= 8 {
            let begin = Message(prefix: text[..<word.startIndex], words: "")
            guard let message = timed(text[word.startIndex...], begin),
                bytes("APDU:", message.words) != nil || bytes("SW:", message.words) != nil
            else { continue }
            return message
        }
        return nil
    }

    /// What follows `pcscd[2811]: ` or `pcscd: ` of a journal, or `pcscd 2811 - - ` (RFC 5424, 6).
    private static func afterProgram(_ text: Substring) -> Message? {
        var searched = text.utf8[...]
        while let index = searched.firstIndex(of: UInt8(ascii: "p")) {
            searched = searched[index...].dropFirst()
            guard text.utf8[index...].starts(with: "pcscd".utf8) else { continue }
            var rest = text[index...].dropFirst(5)
            if rest.hasPrefix(".service") { rest = rest.dropFirst(8) }
            var message = Message(prefix: text[..<index], words: rest)
            if rest.first == " " {
                let fields = rest.split(separator: " ", maxSplits: 3)
                guard fields.count == 4, fields[0].allSatisfy({ $0.isNumber || $0 == "-" }) else { continue }
                message.thread = String(fields[0])
                message.words = fields[3].drop { $0 == "\u{FEFF}" || $0 == " " }
                return message
            }
            if rest.first == "[" {
                guard let end = rest.firstIndex(of: "]") else { return nil }
                message.thread = String(rest[..<end])
                rest = rest[end...].dropFirst()
            }
            guard rest.hasPrefix(":") else { continue }
            message.words = rest.dropFirst().drop { $0 == " " }
            return message
        }
        return nil
    }
}
