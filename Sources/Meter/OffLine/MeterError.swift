public import Diagnostics
import ISO7816

/// Why a meter cannot do what it was asked for.
public struct MeterError: DiagnosticError {
    public let code: Code
    /// The meter or the card concerned.
    public let subject: String
    /// The error beneath, where there is one.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension MeterError {
    /// What went wrong; a number stays what it is.
    public enum Code: UInt16, DiagnosticCode {
        /// No card is in the slot.
        case emptySlot = 1
        /// The meter's memory is no meter's, or damaged.
        case notAMeter = 2
        /// The memory cannot be read or written, or power went.
        case memory = 3
        /// The meter has no purse yet.
        case notIssued = 4
        /// The meter was blocked or terminated.
        case blockedMeter = 5
        /// What is in the slot is no subscriber card.
        case notACard = 6
        /// The card has no binding to this meter.
        case stranger = 7
        /// The card opened no session, for a reason of its own.
        case cardRefused = 8
        /// The card could not prove itself.
        case forgery = 9
        /// The card is blocked.
        case blockedCard = 10
        /// The card's purse is of another currency.
        case otherCurrency = 11
        /// No card can be remembered beside those that are.
        case noRoomForCard = 12
        /// A debit that was interrupted is found, but does not fit into the meter's purse.
        case noRoomForValue = 13
        /// The card went away in the middle.
        case interrupted = 14

        public var description: String {
            switch self {
            case .emptySlot: "is empty"
            case .notAMeter: "is no off-line meter"
            case .memory: "its memory failed"
            case .notIssued: "is not issued yet"
            case .blockedMeter: "is blocked"
            case .notACard: "is no subscriber card"
            case .stranger: "is not bound to this meter"
            case .cardRefused: "did not open a session"
            case .forgery: "could not prove itself"
            case .blockedCard: "is blocked"
            case .otherCurrency: "is of another currency"
            case .noRoomForCard: "cannot be remembered: this meter knows as many cards as it can"
            case .noRoomForValue: "holds value for this meter that does not fit yet"
            case .interrupted: "the card went away in the middle"
            }
        }
    }
}
