public import ISO7816

/// One command and what came of it.
///
/// PIN and key bytes of the commands that are known to carry them never get into an event; what else a dictionary
/// marks as secret goes when a ``TraceDecoder`` decodes it.
public struct TraceEvent: Sendable {
    /// What came of a command.
    public enum Outcome: Sendable {
        /// The answer, status word included.
        case response(MaskedBytes)
        /// No answer.
        case failure(CardError)
    }

    /// When the command left, in microseconds since 1970-01-01 UTC.
    public let time: Int64
    /// The reader's or card's name.
    public let reader: String
    /// The command as it travelled.
    public internal(set) var command: MaskedBytes
    /// What came of it.
    public internal(set) var outcome: Outcome
    /// From the command's leaving to the answer's coming.
    public let duration: Duration

    /// Notes a command; its secret bytes are forgotten here.
    ///
    /// - Parameter time: microseconds since 1970-01-01 UTC.
    public init(
        time: Int64, reader: String, command: [UInt8], outcome: Result<ResponseAPDU, CardError>, duration: Duration
    ) {
        self.time = time
        self.reader = reader
        self.duration = duration
        var masked = MaskedBytes(command)
        if let secret = SecretCommands.secretBytes(of: command) { masked.mask(secret) }
        self.command = masked
        self.outcome =
            switch outcome {
            case .success(let response): .response(MaskedBytes(response.bytes))
            case .failure(let error): .failure(error)
            }
    }
}
