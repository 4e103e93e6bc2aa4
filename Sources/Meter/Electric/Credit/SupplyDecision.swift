public import ValueProtocol

/// Whether there is supply, and why.
public struct SupplyDecision: Sendable, Hashable {
    public let isOn: Bool
    public let reason: SupplyReason

    /// The inputs of a decision.
    public struct Situation: Sendable, Hashable {
        public var state: LifeCycle
        /// In the purse and in the current token.
        public var value: Amount
        /// Used as emergency credit since it was requested.
        public var emergencyUsed: Amount
        /// Whether the subscriber requested emergency credit since the value was last above zero.
        public var hasAskedForEmergency: Bool
        /// Whether the moment is within a window of friendly credit.
        public var isFriendly: Bool
        /// Whether there was supply until now.
        public var wasOn: Bool
        /// Whether use costs nothing at the present rate.
        public var isFree = false
        public var isTampered = false
        public var isMemoryLost = false
        /// Whether more was drawn within the last minute than is allowed.
        public var isLimited = false
        /// Whether supply that was disconnected returns only when somebody presses a key.
        public var returnsByKey = false
        /// Whether somebody has just pressed it.
        public var isAccepted = false

        /// - Parameters:
        ///   - state: of the element.
        ///   - value: in purse and token.
        ///   - emergencyUsed: since it was requested.
        ///   - hasAskedForEmergency: since the value was last above zero.
        ///   - isFriendly: at this moment.
        ///   - wasOn: until now.
        public init(
            state: LifeCycle = .issued, value: Amount, emergencyUsed: Amount = .zero,
            hasAskedForEmergency: Bool = false, isFriendly: Bool = false, wasOn: Bool
        ) {
            self.state = state
            self.value = value
            self.emergencyUsed = emergencyUsed
            self.hasAskedForEmergency = hasAskedForEmergency
            self.isFriendly = isFriendly
            self.wasOn = wasOn
        }
    }

    /// Decides. Friendly credit keeps supply on, but does not restore supply that was disconnected before its time
    /// began.
    ///
    /// - Parameters:
    ///   - situation: of the meter.
    ///   - rules: of the supplier.
    public init(_ situation: Situation, _ rules: CreditRules) {
        (isOn, reason) = SupplyDecision.decide(situation, rules)
    }

    private static func decide(_ now: Situation, _ rules: CreditRules) -> (Bool, SupplyReason) {
        let (isOn, reason) = allow(now, rules)
        if isOn, now.returnsByKey, !now.wasOn, !now.isAccepted { return (false, .waitsForPerson) }
        return (isOn, reason)
    }

    private static func allow(_ now: Situation, _ rules: CreditRules) -> (Bool, SupplyReason) {
        if now.isMemoryLost { return (false, .memory) }
        if now.state == .blank { return (false, .notIssued) }
        if now.state != .issued { return (false, .blocked) }
        if now.isTampered { return (false, .tampered) }
        if now.isLimited { return (false, .limited) }
        if now.value > .zero { return (true, .value) }
        if now.isFree { return (true, .freeRate) }
        if now.isFriendly, now.wasOn { return (true, .friendlyCredit) }
        if now.hasAskedForEmergency, now.emergencyUsed < rules.emergency { return (true, .emergencyCredit) }
        return (false, .noValue)
    }
}
