import ISO7816

/// Pairs commands with their answers, per reader.
struct ExchangePairing: Sendable {
    private struct Waiting {
        /// Nanoseconds since 1970-01-01 UTC; 0 where unknown.
        var nanoseconds: Int64
        var command: MaskedBytes
        var sender: TraceSender?
        var answerToReset: [UInt8]
    }

    private var waiting: [String: Waiting] = [:]

    /// Whether a command of the reader waits for its answer.
    func isWaiting(_ reader: String) -> Bool { waiting[reader] != nil }

    /// Records a command.
    ///
    /// - Parameter nanoseconds: since 1970-01-01 UTC; 0 where unknown.
    ///
    /// - Returns: the previous command, where it has no answer.
    mutating func command(
        _ command: MaskedBytes, reader: String, nanoseconds: Int64, sender: TraceSender? = nil,
        answerToReset: [UInt8] = []
    ) -> [TraceRecord] {
        let before = waiting.updateValue(
            Waiting(
                nanoseconds: nanoseconds, command: command, sender: sender, answerToReset: answerToReset),
            forKey: reader)
        return before.map { [Self.unanswered($0, reader)] } ?? []
    }

    /// Pairs an answer; nil where no command waits for it.
    mutating func answer(_ answer: MaskedBytes, reader: String, nanoseconds: Int64) -> TraceRecord? {
        guard let command = waiting.removeValue(forKey: reader) else { return nil }
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(command.nanoseconds)
        let isKnown = nanoseconds != 0 && !overflow
        return .exchange(
            TraceEvent(
                time: Self.microseconds(command.nanoseconds), reader: reader, command: command.command, outcome: .response(answer),
                duration: isKnown ? .nanoseconds(max(0, difference)) : nil, sender: command.sender,
                answerToReset: command.answerToReset))
    }

    /// Ends pending commands without an answer, at the end or before a card event of `reader`.
    mutating func end(_ reader: String? = nil) -> [TraceRecord] {
        let readers = reader.map { [$0] } ?? waiting.keys.sorted()
        return readers.compactMap { name in waiting.removeValue(forKey: name).map { Self.unanswered($0, name) } }
    }

    private static func microseconds(_ nanoseconds: Int64) -> Int64? {
        nanoseconds == 0 ? nil : nanoseconds / 1000
    }

    private static func unanswered(_ waiting: Waiting, _ reader: String) -> TraceRecord {
        .exchange(
            TraceEvent(
                time: microseconds(waiting.nanoseconds), reader: reader, command: waiting.command,
                outcome: .failure(CardError(.noAnswerRecorded, subject: reader)), duration: nil,
                sender: waiting.sender, answerToReset: waiting.answerToReset))
    }
}
