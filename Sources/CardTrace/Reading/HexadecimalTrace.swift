import ISO7816

/// Bytes in hexadecimal, one APDU per line; `>`, `<` and arrows may indicate the direction.
///
/// Bytes may be written as in source code, with `0x`, commas, quotes or colons, and arrays may take several lines
/// (``HexadecimalText``). Without `>` and `<`, commands and answers are told apart by their form (``APDUForm``); a valid
/// answer to reset is one.
struct HexadecimalTrace: TraceLineParser {
    /// A line that can be a command or an answer.
    private struct Candidate {
        let bytes: [UInt8]
        let line: Int
        let form: APDUForm
    }

    private enum Reading {
        case command
        case answer
    }

    /// How many lines are looked at together.
    private static let maxCandidates = 32
    /// What speaks against a command without an answer.
    private static let unanswered = 2
    /// What speaks against an answer without a command: it cannot be.
    private static let impossible = 1000
    /// Readings that differ by no more than this are not certain.
    private static let sureness = 4

    private let file: String
    private var text = HexadecimalText()
    private var pairing = ExchangePairing()
    /// A command, or the parts of an exchange, that further lines may complete.
    private var split = SplitExchange()
    /// The line of its last part.
    private var splitLine = 0
    /// The first bytes of lines that are too short for an APDU.
    private var fragment: [UInt8] = []
    /// Lines after a command whose reading depends on those that follow.
    private var candidates: [Candidate] = []
    /// The bytes of the line before.
    private var previous: [UInt8] = []
    private var answers = 0
    private var unansweredCommands = 0
    /// The line before may have been a command, and could not be read.
    private var isLost = false

    init(file: String, sender: TraceSender? = nil) { self.file = file }

    /// At least a command header: words and dates can be hexadecimal as well.
    static func recognizes(_ text: Substring) -> Bool {
        guard case .bytes(let bytes, _) = HexadecimalText.plain(text) else {
            return HexadecimalText.beginsArray(text) || HexadecimalText.isLiteral(text)
        }
        return bytes.count >= 4 || bytes.count >= 2 && text.utf8.contains("0x")
    }

    /// Whether a line has a direction, and bytes behind it that a command or an answer can be.
    static func recognizesMark(_ text: Substring) -> Bool {
        guard let (direction, rest) = HexadecimalText.marked(text),
            case .bytes(let bytes, _) = HexadecimalText.plain(rest)
        else { return false }
        return bytes.count >= (direction == .toCard ? 4 : 2)
    }

    /// Whether a line is hexadecimal, however short.
    static func isBytes(_ text: Substring) -> Bool {
        let rest = HexadecimalText.marked(text)?.rest ?? text
        if case .bytes = HexadecimalText.plain(rest) { return true }
        return false
    }

    mutating func parse(_ line: Substring, line number: Int, into findings: inout LineFindings) {
        for part in text.parse(line, line: number) { add(part, into: &findings) }
    }

    mutating func finish(into findings: inout LineFindings) {
        for part in text.finish() { add(part, into: &findings) }
        endSplit(into: &findings)
        resolve(before: nil, into: &findings)
        findings.append(pairing.end())
    }

    private mutating func add(_ part: HexadecimalText.Part, into findings: inout LineFindings) {
        if case .apdu(let bytes, let direction, let line) = part {
            if join(bytes, direction, line, into: &findings) { return }
            endSplit(into: &findings)
        }
        switch part {
        case .apdu(let bytes, .toCard, let line):
            resolve(before: .command, into: &findings)
            command(bytes, line, into: &findings)
        case .apdu(let bytes, .fromCard, let line):
            resolve(before: .answer, into: &findings)
            answer(bytes, line, into: &findings)
        case .apdu(let bytes, nil, let line): add(bytes, line, into: &findings)
        case .odd(let found, let line, let isAPDU):
            findings.skip(line, .notHexadecimal, found: found)
            // A remark between a command and its answer does not part them.
            guard isAPDU else { return }
            endSplit(into: &findings)
            resolve(before: nil, into: &findings)
            findings.append(pairing.end())
            isLost = true
        }
    }

    /// Takes a line for a part of an exchange, where it is one.
    private mutating func join(
        _ bytes: [UInt8], _ direction: HexadecimalText.Direction?, _ line: Int, into findings: inout LineFindings
    ) -> Bool {
        let form = APDUForm(bytes, after: previous)
        if !candidates.isEmpty, direction == nil, !form.canAnswer { resolve(before: .command, into: &findings) }
        guard candidates.isEmpty, pairing.isWaiting(file) else { return false }
        let piece = split.next(bytes, isFromCard: direction.map { $0 == .fromCard }, form)
        return take(piece, line, into: &findings)
    }

    private mutating func take(_ piece: SplitExchange.Piece, _ line: Int, into findings: inout LineFindings) -> Bool {
        switch piece {
        case .whole: return false
        case .part: splitLine = line
        case .command(let bytes, let isSure): complete(bytes, isSure ? nil : line, into: &findings)
        case .answerAfter(let command, let isSure):
            complete(command, isSure ? nil : splitLine, into: &findings)
            return false
        case .answer(let bytes): answer(bytes, line, into: &findings)
        case .lost:
            findings.append(pairing.end())
            findings.skip(line, .notHexadecimal, found: "")
        }
        return true
    }

    /// Gives the command before the data that belong to it; the line is named where that is not certain.
    private mutating func complete(_ command: [UInt8], _ doubtful: Int?, into findings: inout LineFindings) {
        if let doubtful { findings.doubt(doubtful) }
        pairing.complete(MaskedBytes(command), reader: file)
        previous = command
    }

    /// Ends an exchange of which no more lines come.
    private mutating func endSplit(into findings: inout LineFindings) {
        guard let rest = split.takeRest() else { return }
        _ = take(rest, splitLine, into: &findings)
    }

    private mutating func add(_ bytes: [UInt8], _ line: Int, into findings: inout LineFindings) {
        let form = APDUForm(bytes, after: previous)
        if isFragment(bytes, form) { return findings.skip(line, .notHexadecimal, found: "") }
        let mayWait = pairing.isWaiting(file) || !candidates.isEmpty
        if form.isAnswerToReset {
            // Historical bytes may end as an answer does.
            if mayWait, form.canAnswer { findings.doubt(line) }
            resolve(before: .command, into: &findings)
            findings.append(pairing.end(file))
            findings.append(
                .card(
                    TraceCardEvent(
                        time: nil, reader: file, kind: .reset, answerToReset: bytes)))
            (previous, isLost) = ([], false)
        } else if !form.canAnswer {
            resolve(before: .command, into: &findings)
            command(bytes, line, into: &findings)
        } else if !form.canCommand {
            if mayWait { resolve(before: .answer, into: &findings) }
            if pairing.isWaiting(file) || bytes.count < 4 || form.againstCommand > 0 {
                answer(bytes, line, into: &findings)
            } else {
                // A command with a wrong length, which the card may well refuse.
                command(bytes, line, into: &findings)
            }
        } else if mayWait {
            candidates.append(Candidate(bytes: bytes, line: line, form: form))
            previous = bytes
            if candidates.count == Self.maxCandidates { resolve(before: nil, into: &findings) }
        } else {
            command(bytes, line, into: &findings)
        }
    }

    /// Whether a line has fewer bytes than a header and no status word, or goes on with such lines: they are no APDU, and
    /// may be parts of a PIN.
    private mutating func isFragment(_ bytes: [UInt8], _ form: APDUForm) -> Bool {
        let begun = fragment
        fragment = Array((begun + bytes).prefix(4))
        if bytes.count < 4, !form.canAnswer { return true }
        if !begun.isEmpty, !form.canAnswer, SecretCommands.mayCarrySecret(header: fragment) { return true }
        fragment = []
        return false
    }

    private mutating func command(_ bytes: [UInt8], _ line: Int, into findings: inout LineFindings) {
        let before = pairing.command(MaskedBytes(bytes), reader: file, at: .unknown)
        unansweredCommands += before.count
        findings.append(before)
        split.begin(bytes)
        (previous, isLost) = (bytes, false)
    }

    private mutating func answer(_ bytes: [UInt8], _ line: Int, into findings: inout LineFindings) {
        guard bytes.count >= 2 else {
            findings.append(pairing.end())
            return findings.skip(line, .notHexadecimal, found: bytes.hexadecimal(separator: " "))
        }
        if let record = pairing.answer(MaskedBytes(bytes), reader: file, at: .unknown) {
            answers += 1
            findings.append(record)
        } else if !isLost {
            findings.skip(line, .answerWithoutCommand, found: bytes.hexadecimal(separator: " "))
        }
        split = SplitExchange()
        (previous, isLost) = ([], false)
    }

    // MARK: Lines that can be both

    /// Decides how the lines that can be both are read, by what costs least: the form of each, commands without an
    /// answer, and the line that follows them.
    private mutating func resolve(before next: Reading?, into findings: inout LineFindings) {
        guard !candidates.isEmpty else { return }
        let lines = candidates
        candidates = []
        // A list of commands alone has no answers to expect.
        let hasAnswers = answers > 0 || unansweredCommands < 2
        let best = Self.best(lines, before: next, hasAnswers: hasAnswers)
        for (index, line) in lines.enumerated() {
            let reading = best.readings[index]
            let other = Self.best(
                lines, before: next, hasAnswers: hasAnswers, at: index, fixed: reading == .command ? .answer : .command)
            if other.cost - best.cost <= Self.sureness { findings.doubt(line.line) }
            switch reading {
            case .command: command(line.bytes, line.line, into: &findings)
            case .answer: answer(line.bytes, line.line, into: &findings)
            }
        }
    }

    /// How the lines so far are read.
    private struct Readings {
        var cost: Int
        /// A bit per line, set for commands; there are no more lines than bits.
        private var commands: UInt64 = 0

        init(cost: Int) { self.cost = cost }

        subscript(index: Int) -> Reading { commands >> UInt64(index) & 1 == 1 ? .command : .answer }

        func appending(_ reading: Reading, at index: Int, cost: Int) -> Readings {
            var longer = self
            longer.cost = cost
            if reading == .command { longer.commands |= 1 << UInt64(index) }
            return longer
        }
    }

    /// The readings that cost least, the line at `position` being read as `fixed`.
    private static func best(
        _ lines: [Candidate], before next: Reading?, hasAnswers: Bool, at position: Int? = nil, fixed: Reading? = nil
    ) -> (cost: Int, readings: Readings) {
        let unanswered = hasAnswers ? Self.unanswered : 0
        // Where a command waits after the lines so far, and where none does.
        var waiting = Readings(cost: 0)
        var free = Readings(cost: impossible)
        for (index, line) in lines.enumerated() {
            let answerCost = line.form.againstAnswer + (hasAnswers ? 0 : 1)
            var asCommand = min(waiting.cost + unanswered, free.cost) + line.form.againstCommand
            var asAnswer = min(waiting.cost, free.cost + impossible) + answerCost
            if index == position {
                if fixed == .command { asAnswer += impossible } else { asCommand += impossible }
            }
            let commandFrom = waiting.cost + unanswered <= free.cost ? waiting : free
            let answerFrom = waiting.cost <= free.cost + impossible ? waiting : free
            waiting = commandFrom.appending(.command, at: index, cost: asCommand)
            free = answerFrom.appending(.answer, at: index, cost: asAnswer)
        }
        switch next {
        case .answer: free.cost += impossible
        case .command: waiting.cost += unanswered
        case nil: break
        }
        // Where both are as good, a line that ends as an answer is one.
        return free.cost <= waiting.cost ? (free.cost, free) : (waiting.cost, waiting)
    }
}
