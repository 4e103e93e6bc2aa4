public import ISO7816

/// Why a meter cannot do what it was asked for.
public struct MeterError: DiagnosticError {
    public typealias Code = ErrorCode<MeterError>

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

extension MeterError.Code {
    /// The meter's memory is no meter's, or damaged.
    public static var notAMeter: Self { Self("is no off-line meter", remedy: "Make one with vstore meter new.") }
    /// The memory cannot be read or written, or power went.
    public static var memory: Self {
        Self("its memory failed", remedy: "Power it up again; it finds its last whole state.")
    }
    /// The meter has no purse yet.
    public static var notIssued: Self {
        Self("is not issued yet", remedy: "Issue it at the desk: keys, purse and state.")
    }
    /// The meter was blocked or terminated.
    public static var blockedMeter: Self { Self("is blocked", remedy: "Ask the supplier.") }
    /// What is in the slot is no subscriber card.
    public static var notACard: Self {
        Self("is no subscriber card", remedy: "Put in the card that came with this meter.")
    }
    /// The card has no binding to this meter.
    public static var stranger: Self {
        Self("is not bound to this meter", remedy: "Put in the card that is, or have it bound.")
    }
    /// The card opened no session, for a reason of its own.
    public static var cardRefused: Self {
        Self("did not open a session", remedy: "Put it in again; if it stays so, ask the supplier for another.")
    }
    /// The card could not prove itself.
    public static var forgery: Self { Self("could not prove itself", remedy: "Do not use it; ask the supplier.") }
    /// The card is blocked.
    public static var blockedCard: Self {
        Self("is blocked", remedy: "Ask the supplier for another; its value is not lost.")
    }
    /// The card's purse is of another currency.
    public static var otherCurrency: Self { Self("is of another currency", remedy: "Have it bound anew.") }
    /// No card can be remembered beside those that are.
    public static var noRoomForCard: Self {
        Self("cannot be remembered: this meter knows as many cards as it can", remedy: "Use one of the cards it knows.")
    }
    /// A debit that was interrupted is found, but does not fit into the meter's purse.
    public static var noRoomForValue: Self {
        Self(
            "holds value for this meter that does not fit yet",
            remedy: "Use some of what is stored, and put it in again.")
    }
    /// The card went away in the middle.
    public static var interrupted: Self {
        Self("the card went away in the middle", remedy: "Put the same card in again: what it gave is then credited.")
    }
}
