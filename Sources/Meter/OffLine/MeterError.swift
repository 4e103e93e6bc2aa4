/// Why a meter cannot do what it was asked for.
///
/// Two errors are equal when their codes are.
public struct MeterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; new codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String
        /// What to do next.
        public let remedy: String

        public init(_ description: String, remedy: String) {
            self.description = description
            self.remedy = remedy
        }

        public static func == (a: Code, b: Code) -> Bool { a.description == b.description }
        public func hash(into hasher: inout Hasher) { hasher.combine(description) }
    }

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

    public var description: String {
        let beneath = cause.map { " (\($0))" } ?? ""
        return "\(subject): \(code)\(beneath). \(code.remedy)"
    }

    public static func == (a: MeterError, b: MeterError) -> Bool { a.code == b.code }
}

extension MeterError.Code {
    /// The meter's memory is no meter's, or damaged.
    public static let notAMeter = Self("is no off-line meter", remedy: "Make one with vstore meter new.")
    /// The memory cannot be read or written, or power went.
    public static let memory = Self("its memory failed", remedy: "Power it up again; it finds its last whole state.")
    /// The meter has no purse yet.
    public static let notIssued = Self("is not issued yet", remedy: "Issue it at the desk: keys, purse and state.")
    /// The meter was blocked or terminated.
    public static let blockedMeter = Self("is blocked", remedy: "Ask the supplier.")
    /// What is in the slot is no subscriber card.
    public static let notACard = Self("is no subscriber card", remedy: "Put in the card that came with this meter.")
    /// The card has no binding to this meter.
    public static let stranger = Self(
        "is not bound to this meter", remedy: "Put in the card that is, or have it bound.")
    /// The card could not prove itself.
    public static let forgery = Self("could not prove itself", remedy: "Do not use it; ask the supplier.")
    /// The card is blocked.
    public static let blockedCard = Self("is blocked", remedy: "Ask the supplier for another; its value is not lost.")
    /// The card's purse is of another currency.
    public static let otherCurrency = Self("is of another currency", remedy: "Have it bound anew.")
    /// No card can be remembered beside those that are.
    public static let noRoomForCard = Self(
        "cannot be remembered: this meter knows as many cards as it can", remedy: "Use one of the cards it knows.")
    /// A debit that was interrupted is found, but does not fit into the meter's purse.
    public static let noRoomForValue = Self(
        "holds value for this meter that does not fit yet", remedy: "Use some of what is stored, and put it in again.")
    /// The card went away in the middle.
    public static let interrupted = Self(
        "the card went away in the middle", remedy: "Put the same card in again: what it gave is then credited.")
}
