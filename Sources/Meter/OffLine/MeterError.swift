public import Diagnostics
import ISO7816

/// Why a meter cannot do what was requested.
public struct MeterError: DiagnosticError {
    public let code: Code
    /// The meter or the card concerned.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension MeterError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// No card is in the slot.
        case emptySlot = 1
        /// The memory is damaged, or is not a meter's.
        case notAMeter = 2
        /// The memory cannot be read or written, or power failed.
        case memory = 3
        /// The meter has no purse yet.
        case notIssued = 4
        /// The meter was blocked or terminated.
        case blockedMeter = 5
        /// The object in the slot is not a subscriber card.
        case notACard = 6
        /// The card is not bound to this meter.
        case notBound = 7
        /// The card refused the session for a reason of its own.
        case cardRefused = 8
        /// The card's authentication failed.
        case authenticationFailed = 9
        /// The card is blocked.
        case blockedCard = 10
        /// The card's purse is of another currency.
        case otherCurrency = 11
        /// The meter cannot remember more cards.
        case cardListFull = 12
        /// An interrupted debit was found, but it exceeds the limit of the meter's purse.
        case purseLimitExceeded = 13
        /// The card was removed during the operation.
        case interrupted = 14
        /// The energy measured in an interval is negative; it was counted as zero.
        case negativeEnergy = 15
        /// The card shows an older slot, or an older debit, than the meter has credited: its memory was set back, or
        /// it is a copy.
        case cardSetBack = 16
        /// A letter of the supplier named the card as one that the meter refuses: it was lost and replaced.
        case cardRefusedByLetter = 17

        public var description: String {
            switch self {
            case .emptySlot: "is empty"
            case .notAMeter: "does not hold a meter of this kind"
            case .memory: "its memory failed"
            case .notIssued: "is not issued yet"
            case .blockedMeter: "is blocked"
            case .notACard: "is not a subscriber card"
            case .notBound: "is not bound to this meter"
            case .cardRefused: "did not open a session"
            case .authenticationFailed: "could not prove itself"
            case .blockedCard: "is blocked"
            case .otherCurrency: "is of another currency"
            case .cardListFull: "cannot be remembered: this meter knows as many cards as it can"
            case .purseLimitExceeded: "holds value for this meter that does not fit yet"
            case .interrupted: "the card went away in the middle"
            case .negativeEnergy: "measured negative energy"
            case .cardSetBack: "was set back to an earlier state, or copied"
            case .cardRefusedByLetter: "was reported as lost"
            }
        }
    }
}
