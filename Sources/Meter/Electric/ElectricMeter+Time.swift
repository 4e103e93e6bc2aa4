internal import ValueElement
internal import ValueProtocol

extension ElectricMeter {
    /// Reads the clock and the sensors: closes the periods that have ended, sets the current rate, and decides about
    /// supply.
    ///
    /// Call it at least at the start of every minute, when rates and friendly credit change. While the time is unknown,
    /// energy costs the base price, there are no friendly hours, and no date begins.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func tick() throws(MeterError) {
        try followCrystal()
        let now = parts.clock.now
        try closePeriods(now)
        try followCharges(now)
        try endPauses(now)
        try decide(now)
        try watch()
    }

    // MARK: Supply

    func situation(isMemoryLost: Bool = false, at now: Timestamp? = nil) -> SupplyDecision.Situation {
        let balance = purse?.balance.rawValue ?? 0
        var situation = SupplyDecision.Situation(
            state: image?.state ?? .blank, value: Amount(rawValue: balance &+ registers.remaining.rawValue),
            emergencyUsed: registers.emergencyUsed,
            hasAskedForEmergency: registers.hasAskedForEmergency,
            isFriendly: now.map { isFriendly(at: $0) } ?? false, wasOn: registers.isOn)
        situation.isFree = terms.isFree(monthQuantity: registers.monthQuantity)
        situation.isLimited = registers.limitedUntil != 0
        situation.returnsByKey = (terms.credit ?? nil)?.returnsByKey ?? false
        situation.isTampered = registers.watch.isSealBroken && configuration.rules.cutsWhenTampered
        situation.isMemoryLost = isMemoryLost || card.element?.isLost ?? true
        return situation
    }

    /// What the supplier allows: by the rules in force, else as the meter was made.
    var creditRules: CreditRules {
        guard let credit = terms.credit else { return configuration.rules }
        var rules = configuration.rules
        rules.lowCredit = credit?.warningBelow ?? .zero
        rules.emergency = credit?.emergency ?? .zero
        return rules
    }

    private func isFriendly(at now: Timestamp) -> Bool {
        if let isFriendly = terms.isFriendly(at: now) { return isFriendly }
        return !registers.isTimeUnknown && configuration.calendar.isFriendly(configuration.rules.friendly, at: now)
    }

    /// Somebody pressed the key by which supply returns, where the rules want one (protocol §10, object `AC`).
    ///
    /// - Returns: whether supply waited for it.
    /// - Throws: `MeterError` `.memory`.
    public func acceptSupply() throws(MeterError) -> Bool {
        guard !isDown, decision.reason == .waitsForPerson else { return false }
        try decide(parts.clock.now, isAccepted: true)
        return decision.isOn
    }

    /// Decides about supply and sets the relays; a change is recorded with its reason.
    ///
    /// - Parameters:
    ///   - now: by the meter's clock.
    ///   - isAccepted: whether a person has just pressed a key for it.
    func decide(_ now: Timestamp, isAccepted: Bool = false) throws(MeterError) {
        var situation = situation(at: now)
        situation.isAccepted = isAccepted
        let decided = SupplyDecision(situation, creditRules)
        if decided.isOn != registers.isOn || decided.reason != registers.reason {
            var next = registers
            next.isOn = decided.isOn
            next.reason = decided.reason
            let code: EventCode =
                decided.isOn == registers.isOn ? .supplyReason : decided.isOn ? .supplyOn : .supplyOff
            // That the reason is another is not known where none was recorded.
            let isKnown = decided.isOn != registers.isOn || registers.reason != nil
            try commit(next, events: isKnown ? [(code, UInt32(decided.reason.rawValue))] : [])
        }
        decision = decided
        follow()
    }
}
