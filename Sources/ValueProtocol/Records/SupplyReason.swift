/// Why an electric meter has supply or not: every disconnection and every exemption from one has a reason.
///
/// It is the value of the supply events (protocol §6), so a number never gets another meaning.
public enum SupplyReason: UInt8, Sendable, CaseIterable {
    /// Value is available.
    case value = 0
    /// Value is used up; the subscriber asked for emergency credit, and some of it is left.
    case emergencyCredit = 1
    /// Value is used up, at a time at which supply is not disconnected.
    case friendlyCredit = 2
    /// Value, and emergency credit if it was requested, are used up.
    case noValue = 3
    /// The meter is not issued yet.
    case notIssued = 4
    /// The host blocked or terminated it.
    case blocked = 5
    /// Cover, seal or terminals were tampered with.
    case tampered = 6
    /// The memory failed, so nothing can be recorded.
    case memory = 7
    /// Value is used up, at a rate at which use costs nothing.
    case freeRate = 8
    /// More was drawn than the rules allow.
    case limited = 9
    /// It may return, and waits until somebody presses a key.
    case waitsForPerson = 10

    /// A stable machine-readable name of one word.
    public var name: String {
        switch self {
        case .value: "value"
        case .emergencyCredit: "emergencyCredit"
        case .friendlyCredit: "friendlyCredit"
        case .noValue: "noValue"
        case .notIssued: "notIssued"
        case .blocked: "blocked"
        case .tampered: "tampered"
        case .memory: "memory"
        case .freeRate: "freeRate"
        case .limited: "limited"
        case .waitsForPerson: "waitsForPerson"
        }
    }
}

extension SupplyReason: CustomStringConvertible {
    /// In words.
    public var description: String {
        switch self {
        case .value: "value"
        case .emergencyCredit: "emergency credit"
        case .friendlyCredit: "friendly credit"
        case .noValue: "no value"
        case .notIssued: "not issued"
        case .blocked: "blocked"
        case .tampered: "tampered with"
        case .memory: "memory failed"
        case .freeRate: "free rate"
        case .limited: "more drawn than allowed"
        case .waitsForPerson: "waits for a key"
        }
    }
}
