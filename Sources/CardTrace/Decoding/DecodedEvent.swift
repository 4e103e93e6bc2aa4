public import ISO7816

/// A command and its answer, in words. Nothing in it is secret.
public struct DecodedEvent: Sendable {
    /// When the command left, in microseconds since 1970-01-01 UTC.
    public let time: Int64
    /// The reader's or card's name.
    public let reader: String
    /// Who sent the command; nil where it is not known.
    public let sender: TraceSender?
    /// The command as it travelled, secret bytes masked.
    public let command: MaskedBytes
    /// What the command is called; nil where no dictionary knows it.
    public let name: String?
    /// What P1 and P2 mean, as far as that is worth showing.
    public let parameters: [DecodedField]
    /// The fields of the command's data.
    public let fields: [DecodedField]
    /// Bytes of the command's data that no field has taken.
    public let leftover: Int
    /// What came of it.
    public let outcome: Outcome
    /// From the command's leaving to the answer's coming.
    public let duration: Duration
    /// The answer to reset of the card that the command went to; empty where it is not known.
    public let answerToReset: [UInt8]

    /// The event without its words: what a trace file keeps of it.
    public var event: TraceEvent {
        let outcome: TraceEvent.Outcome =
            switch outcome {
            case .response(let response): .response(response.bytes)
            case .failure(let error): .failure(error)
            }
        return TraceEvent(
            time: time, reader: reader, command: command, outcome: outcome, duration: duration, sender: sender,
            answerToReset: answerToReset)
    }

    /// What came of a command.
    public enum Outcome: Sendable {
        /// An answer.
        case response(Response)
        /// No answer, and why.
        case failure(CardError)
    }

    /// An answer in words.
    public struct Response: Sendable {
        /// The answer as it travelled, status word included, secret bytes masked.
        public let bytes: MaskedBytes
        /// The status word.
        public let status: StatusWord
        /// What the status word says; nil where no dictionary knows it.
        public let text: String?
        /// The fields of the answer's data.
        public let fields: [DecodedField]
        /// Bytes of the answer's data that no field has taken.
        public let leftover: Int
    }
}
