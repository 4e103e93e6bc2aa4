public import Diagnostics
import ISO7816

/// Why an operation on a memory card failed.
public struct MemoryCardError: DiagnosticError {
    /// What went wrong.
    public var code: Code
    /// The card or the addresses concerned, never the security code.
    public var subject: String
    /// The underlying error, if any.
    public var cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension MemoryCardError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The card or its reader gave no answer.
        case noAnswer = 1
        /// A synchronous card with an unknown answer to reset.
        case unknownKind = 2
        /// Addresses that the card does not have.
        case outOfRange = 3
        /// The code was wrong; one try fewer is left.
        case codeWrong = 4
        /// No try is left.
        case codeLocked = 5
        /// One try is left, and the caller did not allow it to be spent.
        case lastTry = 6
        /// The card's content differs from what was written.
        case notWritten = 7
        /// The bytes to protect differ from those the caller gave.
        case notAsExpected = 8

        public var description: String {
            switch self {
            case .noAnswer: "the card does not answer as a card of this kind"
            case .unknownKind: "the card is a synchronous one of another kind"
            case .outOfRange: "the card has no such addresses"
            case .codeWrong: "the code is wrong"
            case .codeLocked: "the card is locked: no try is left"
            case .lastTry: "one try is left, and it was not used"
            case .notWritten: "the card did not take what was written"
            case .notAsExpected: "the bytes to be protected are others than expected"
            }
        }
    }
}
