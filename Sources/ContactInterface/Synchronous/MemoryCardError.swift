public import Diagnostics
import ISO7816

/// Why a memory card did not do what it was asked.
public struct MemoryCardError: DiagnosticError {
    /// What went wrong.
    public var code: Code
    /// The card or the addresses concerned. Never a code.
    public var subject: String
    /// The error beneath, where there is one.
    public var cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension MemoryCardError {
    /// What went wrong; a number stays what it is.
    public enum Code: UInt16, DiagnosticCode {
        /// The card or its reader gave no answer.
        case noAnswer = 1
        /// A synchronous card whose answer to reset is that of another kind.
        case unknownKind = 2
        /// Addresses that the card has not.
        case outOfRange = 3
        /// The code was wrong; one try fewer is left.
        case codeWrong = 4
        /// No try is left.
        case codeLocked = 5
        /// One try is left, and the caller did not say that it may be spent.
        case lastTry = 6
        /// The card holds something else than what was written.
        case notWritten = 7
        /// Bytes that were to be protected are not what the caller says they are.
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
