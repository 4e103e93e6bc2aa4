import Diagnostics
public import ISO7816

/// One command and its outcome.
///
/// PIN and key bytes of commands known to carry them get into an event only where that is asked for
/// (``SecretPolicy``); a ``TraceDecoder`` masks what a dictionary marks as secret.
public struct TraceEvent: Sendable, Equatable {
    /// The outcome of a command.
    public enum Outcome: Sendable, Equatable {
        /// The answer, including the status word.
        case response(MaskedBytes)
        /// No answer.
        case failure(CardError)
    }

    /// When the command was sent, in microseconds since 1970-01-01 UTC; nil where unknown.
    public let time: Int64?
    /// The reader's or card's name.
    public let reader: String
    /// Who sent the command; nil where unknown.
    public let sender: TraceSender?
    /// The command as transmitted.
    public package(set) var command: MaskedBytes
    /// The outcome.
    public package(set) var outcome: Outcome
    /// From sending the command to receiving the answer, in whole nanoseconds; nil where unknown.
    public let duration: Duration?
    /// The answer to reset of the card that the command went to; empty where unknown.
    public package(set) var answerToReset: [UInt8]

    /// Records a command and masks its secret bytes, unless they are to be shown.
    ///
    /// - Parameters:
    ///   - time: microseconds since 1970-01-01 UTC; nil where unknown.
    ///   - reader: the reader's or card's name.
    ///   - command: the command as transmitted.
    ///   - outcome: the answer, or the reason for none.
    ///   - duration: truncated to whole nanoseconds; nil where unknown.
    ///   - sender: who sent it.
    ///   - answerToReset: of the card that it was sent to; empty where unknown.
    ///   - secrets: whether PIN and key bytes are masked.
    public init(
        time: Int64?, reader: String, command: [UInt8], outcome: Result<ResponseAPDU, CardError>, duration: Duration?,
        sender: TraceSender? = nil, answerToReset: [UInt8] = [], secrets: SecretPolicy = .hidden
    ) {
        let outcome: Outcome =
            switch outcome {
            case .success(let response): .response(MaskedBytes(response.bytes))
            case .failure(let error): .failure(error)
            }
        self.init(
            time: time, reader: reader, command: MaskedBytes(command), outcome: outcome, duration: duration,
            sender: sender, answerToReset: answerToReset, secrets: secrets)
    }

    /// Records a command, some of whose bytes may be masked already, as from a file.
    ///
    /// - Parameters:
    ///   - time: microseconds since 1970-01-01 UTC; nil where unknown.
    ///   - reader: the reader's or card's name.
    ///   - command: the command as transmitted.
    ///   - outcome: the answer, at least 2 bytes, or the reason for none.
    ///   - duration: truncated to whole nanoseconds; nil where unknown.
    ///   - sender: who sent it.
    ///   - answerToReset: of the card that it was sent to; empty where unknown.
    ///   - secrets: whether PIN and key bytes are masked.
    public init(
        time: Int64?, reader: String, command: MaskedBytes, outcome: Outcome, duration: Duration?,
        sender: TraceSender? = nil, answerToReset: [UInt8] = [], secrets: SecretPolicy = .hidden
    ) {
        self.answerToReset = answerToReset
        self.time = time
        self.reader = reader
        self.sender = sender
        self.duration = duration?.wholeNanoseconds
        self.command = command
        if case .response(let bytes) = outcome, bytes.count < 2 {
            self.outcome = .failure(CardError(.malformedAnswer, subject: reader))
        } else {
            self.outcome = outcome
        }
        if secrets == .hidden { hideSecrets() }
    }

    /// Masks the PIN and key bytes of the command; the origin of the event does not matter.
    mutating func hideSecrets() {
        for secret in SecretCommands.secretRanges(of: command.bytes) { command.mask(secret) }
    }
}

extension Duration {
    /// Truncated to whole nanoseconds, 0 for anything negative.
    var wholeNanoseconds: Duration { .nanoseconds(nanoseconds) }

    /// Whole nanoseconds, 0 for anything negative, saturating at 292 years.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isBeyond) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard isTooLong || isBeyond else { return max(0, sum) }
        return seconds < 0 ? 0 : .max
    }
}

extension CardError {
    /// An error read from a file.
    ///
    /// - Parameters:
    ///   - code: its number; nil in older files without numbers.
    ///   - reason: what went wrong, in words.
    ///   - subject: the thing concerned.
    ///   - cause: the cause, in words.
    init(recorded code: UInt16?, reason: String, subject: String, cause: String? = nil) {
        let known = if let code { Code(rawValue: code) } else { LegacyErrorText.code(of: reason) }
        if let known {
            self.init(known, subject: subject, cause: cause.map { Circumstance($0) })
        } else {
            self.init(.communication, subject: subject, cause: Circumstance(reason))
        }
    }
}
