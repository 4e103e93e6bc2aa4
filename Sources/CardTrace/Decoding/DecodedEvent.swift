public import ISO7816

/// A decoded command and its answer. It contains no secrets, unless its decoder shows them.
public struct DecodedEvent: Sendable {
    /// When the command was sent, in microseconds since 1970-01-01 UTC; nil where unknown.
    public let time: Int64?
    /// The reader's or card's name.
    public let reader: String
    /// Who sent the command; nil where unknown.
    public let sender: TraceSender?
    /// The command as transmitted, secret bytes masked.
    public let command: MaskedBytes
    /// The command's name; nil where no dictionary contains it.
    public let name: String?
    /// The meaning of P1 and P2, where worth showing.
    public let parameters: [DecodedField]
    /// The fields of the command's data.
    public let fields: [DecodedField]
    /// Number of bytes of the command's data that no field covers.
    public let leftover: Int
    /// Where data objects of the command cannot be read, counted from its first byte.
    public let faults: [LenientTLV.Remark]
    /// The outcome.
    public let outcome: Outcome
    /// From sending the command to receiving the answer; nil where unknown.
    public let duration: Duration?
    /// The answer to reset of the card that the command went to; empty where unknown.
    public let answerToReset: [UInt8]

    /// The event without decoding, as stored in a trace file. What the decoder masked stays masked.
    public var event: TraceEvent {
        let outcome: TraceEvent.Outcome =
            switch outcome {
            case .response(let response): .response(response.bytes)
            case .failure(let error): .failure(error)
            }
        return TraceEvent(
            time: time, reader: reader, command: command, outcome: outcome, duration: duration, sender: sender,
            answerToReset: answerToReset, secrets: .shown)
    }

    /// The outcome of a command.
    public enum Outcome: Sendable {
        /// An answer.
        case response(Response)
        /// No answer, with the reason.
        case failure(CardError)
    }

    /// A decoded answer.
    public struct Response: Sendable {
        /// The answer as transmitted, including the status word, secret bytes masked.
        public let bytes: MaskedBytes
        /// The status word.
        public let status: StatusWord
        /// The text of the status word; nil where no dictionary contains it.
        public let text: String?
        /// The fields of the answer's data.
        public let fields: [DecodedField]
        /// Number of bytes of the answer's data that no field covers.
        public let leftover: Int
        /// Where data objects of the answer cannot be read, counted from its first byte; from the first part's where
        /// it came in parts.
        public let faults: [LenientTLV.Remark]
    }
}
