import ISO7816

/// Pairs commands with their answers, per reader, and per thread where a log has threads.
struct ExchangePairing: Sendable {
    private struct Line: Hashable, Comparable {
        let reader: String
        let thread: String

        static func < (a: Line, b: Line) -> Bool { (a.reader, a.thread) < (b.reader, b.thread) }
    }

    private struct Waiting {
        var time: LogTime
        var command: MaskedBytes
        var sender: TraceSender?
        var answerToReset: [UInt8]
    }

    private var waiting: [Line: Waiting] = [:]

    /// Whether a command of the reader waits for its answer.
    func isWaiting(_ reader: String, thread: String = "") -> Bool {
        waiting[Line(reader: reader, thread: thread)] != nil
    }

    /// Records a command.
    ///
    /// - Returns: the previous command, where it has no answer.
    mutating func command(
        _ command: MaskedBytes, reader: String, thread: String = "", at time: LogTime, sender: TraceSender? = nil,
        answerToReset: [UInt8] = []
    ) -> [TraceRecord] {
        let before = waiting.updateValue(
            Waiting(time: time, command: command, sender: sender, answerToReset: answerToReset),
            forKey: Line(reader: reader, thread: thread))
        return before.map { [Self.unanswered($0, reader)] } ?? []
    }

    /// Replaces the command that waits by the same with its data, which came later.
    mutating func complete(_ command: MaskedBytes, reader: String, thread: String = "") {
        waiting[Line(reader: reader, thread: thread)]?.command = command
    }

    /// Pairs an answer; nil where no command waits for it.
    mutating func answer(
        _ answer: MaskedBytes, reader: String, thread: String = "", at time: LogTime
    ) -> TraceRecord? {
        guard let command = waiting.removeValue(forKey: Line(reader: reader, thread: thread)) else { return nil }
        return .exchange(
            TraceEvent(
                time: command.time.microseconds, reader: reader, command: command.command, outcome: .response(answer),
                duration: command.time.duration(until: time), sender: command.sender,
                answerToReset: command.answerToReset, secrets: .shown))
    }

    /// Ends the command of a thread without an answer.
    mutating func end(_ reader: String, thread: String) -> [TraceRecord] {
        waiting.removeValue(forKey: Line(reader: reader, thread: thread)).map { [Self.unanswered($0, reader)] } ?? []
    }

    /// Ends pending commands without an answer, at the end or before a card event of `reader`.
    mutating func end(_ reader: String? = nil) -> [TraceRecord] {
        let lines = waiting.keys.filter { reader == nil || $0.reader == reader }.sorted()
        return lines.compactMap { line in
            waiting.removeValue(forKey: line).map { Self.unanswered($0, line.reader) }
        }
    }

    private static func unanswered(_ waiting: Waiting, _ reader: String) -> TraceRecord {
        .exchange(
            TraceEvent(
                time: waiting.time.microseconds, reader: reader, command: waiting.command,
                outcome: .failure(CardError(.noAnswerRecorded, subject: reader)), duration: nil,
                sender: waiting.sender, answerToReset: waiting.answerToReset, secrets: .shown))
    }
}
