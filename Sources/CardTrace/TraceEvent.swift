import Diagnostics
public import ISO7816

/// One command and what came of it.
///
/// PIN and key bytes of the commands that are known to carry them never get into an event; what else a dictionary
/// marks as secret goes when a ``TraceDecoder`` decodes it.
public struct TraceEvent: Sendable, Equatable {
    /// What came of a command.
    public enum Outcome: Sendable, Equatable {
        /// The answer, status word included.
        case response(MaskedBytes)
        /// No answer.
        case failure(CardError)
    }

    /// When the command left, in microseconds since 1970-01-01 UTC.
    public let time: Int64
    /// The reader's or card's name.
    public let reader: String
    /// Who sent the command; nil where it is not known.
    public let sender: TraceSender?
    /// The command as it travelled.
    public package(set) var command: MaskedBytes
    /// What came of it.
    public package(set) var outcome: Outcome
    /// From the command's leaving to the answer's coming, in whole nanoseconds.
    public let duration: Duration
    /// The answer to reset of the card that the command went to; empty where it is not known.
    public package(set) var answerToReset: [UInt8]

    /// Notes a command; its secret bytes are forgotten here.
    ///
    /// - Parameters:
    ///   - time: microseconds since 1970-01-01 UTC.
    ///   - reader: the reader's or card's name.
    ///   - command: the command as it travelled.
    ///   - outcome: the answer, or why there is none.
    ///   - duration: what is below a nanosecond is dropped.
    ///   - sender: who sent it.
    ///   - answerToReset: of the card that it went to; empty where it is not known.
    public init(
        time: Int64, reader: String, command: [UInt8], outcome: Result<ResponseAPDU, CardError>, duration: Duration,
        sender: TraceSender? = nil, answerToReset: [UInt8] = []
    ) {
        let outcome: Outcome =
            switch outcome {
            case .success(let response): .response(MaskedBytes(response.bytes))
            case .failure(let error): .failure(error)
            }
        self.init(
            time: time, reader: reader, command: MaskedBytes(command), outcome: outcome, duration: duration,
            sender: sender, answerToReset: answerToReset)
    }

    /// Takes a command of which some bytes may be masked already, as from a file.
    ///
    /// - Parameters:
    ///   - time: microseconds since 1970-01-01 UTC.
    ///   - reader: the reader's or card's name.
    ///   - command: the command as it travelled.
    ///   - outcome: the answer, of 2 bytes at least, or why there is none.
    ///   - duration: what is below a nanosecond is dropped.
    ///   - sender: who sent it.
    ///   - answerToReset: of the card that it went to; empty where it is not known.
    public init(
        time: Int64, reader: String, command: MaskedBytes, outcome: Outcome, duration: Duration,
        sender: TraceSender? = nil, answerToReset: [UInt8] = []
    ) {
        self.answerToReset = answerToReset
        self.time = time
        self.reader = reader
        self.sender = sender
        self.duration = duration.wholeNanoseconds
        var masked = command
        if let secret = SecretCommands.secretBytes(of: command.bytes) { masked.mask(secret) }
        self.command = masked
        if case .response(let bytes) = outcome, bytes.count < 2 {
            self.outcome = .failure(CardError(.malformedAnswer, subject: reader))
        } else {
            self.outcome = outcome
        }
    }
}

extension Duration {
    /// Without what is below a nanosecond, 0 for anything negative.
    var wholeNanoseconds: Duration { .nanoseconds(nanoseconds) }

    /// Whole nanoseconds, 0 for anything negative, and no more than can be counted: 292 years.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isBeyond) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard isTooLong || isBeyond else { return max(0, sum) }
        return seconds < 0 ? 0 : .max
    }
}

extension CardError {
    /// The error that a file tells of.
    ///
    /// - Parameters:
    ///   - code: its number; nil in files of before numbers, which have words alone.
    ///   - reason: what went wrong, in words.
    ///   - subject: the thing concerned.
    init(recorded code: UInt16?, reason: String, subject: String) {
        if let known = code.flatMap(Code.init) ?? Code.allCases.first(where: { $0.description == reason }) {
            self.init(known, subject: subject)
        } else {
            self.init(.communication, subject: subject, cause: Circumstance(reason))
        }
    }
}
