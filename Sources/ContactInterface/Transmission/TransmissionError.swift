public import Diagnostics
import ISO7816

/// Why an exchange over the contacts failed.
public struct TransmissionError: DiagnosticError {
    /// What went wrong.
    public let code: Code
    /// What was being done: the answer to reset, a command by its header.
    public let subject: String
    /// More detail, for people.
    public let detail: String

    public init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail.isEmpty ? "" : " (\(detail))"
    }
}

extension TransmissionError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// No initial character came, or nothing at all after the beginning of a protocol.
        case mute = 1
        /// The answer to reset had errors in every attempt, or is invalid.
        case answerToReset = 2
        /// Card and reader have no protocol or speed in common.
        case noCommonProtocol = 3
        /// The card indicates operating classes that do not include its supply.
        case operatingClass = 4
        /// A node address that does not distinguish sender and receiver in T=1.
        case nodeAddress = 5
        /// The waiting time passed in the middle of an exchange.
        case waitingTime = 6
        /// A character had wrong parity in every repetition.
        case parity = 7
        /// The other end violated the protocol.
        case protocolViolation = 8
        /// T=1 was resynchronized, but whether the command was executed is unknown.
        case resynchronized = 9
        /// T=1 could not be recovered.
        case unrecoverable = 10
        /// A chain of T=1 was aborted.
        case aborted = 11
        /// The card requested more time than the limit.
        case timeout = 12
        /// This protocol cannot carry the command.
        case command = 13
        /// There was no successful reset, or a failure after it.
        case notReady = 14

        public var description: String {
            switch self {
            case .mute: "the card is mute"
            case .answerToReset: "the answer to reset cannot be read"
            case .noCommonProtocol: "card and reader have no protocol in common"
            case .operatingClass: "the card is not made for this class of supply"
            case .nodeAddress: "no such pair of nodes"
            case .waitingTime: "the waiting time passed"
            case .parity: "a character stayed unreadable"
            case .protocolViolation: "what came is against the protocol"
            case .resynchronized: "the answer was lost"
            case .unrecoverable: "T=1 could not be recovered"
            case .aborted: "the chain of blocks was aborted"
            case .timeout: "the card asked for more time than allowed"
            case .command: "this protocol cannot carry the command"
            case .notReady: "the card is not ready for commands"
            }
        }
    }
}
