internal import ValueElement
internal import ValueProtocol

extension ElectricMeter {
    /// Reads the clock and the sensors: closes the periods that have ended, sets the current rate, and decides about
    /// supply.
    ///
    /// Call it at least at the start of every minute, when rates and friendly credit change. While the time is unknown,
    /// energy costs the base price, and there are no friendly hours.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func tick() throws(MeterError) {
        try followCrystal()
        let now = parts.clock.now
        try closePeriods(now)
        if image?.charges.isDue(at: now) == true { try commit(registers) { $0.charges.advance(to: now) } }
        let moment = configuration.calendar.moment(at: now)
        let system = image?.charges.inForce?.system
        rate = UseRate.ofEnergy(
            price: system?.basePrice ?? configuration.price,
            percent: registers.isTimeUnknown ? 100 : system?.percent(at: moment) ?? 100,
            anglePercent: rate.anglePercent)
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
            isFriendly: registers.isTimeUnknown
                ? false : now.map { configuration.calendar.isFriendly(configuration.rules.friendly, at: $0) } ?? false,
            wasOn: registers.isOn)
        situation.isFree = rate.isFree
        situation.isTampered = registers.watch.isSealBroken && configuration.rules.cutsWhenTampered
        situation.isMemoryLost = isMemoryLost || card.element?.isLost ?? true
        return situation
    }

    /// Decides about supply and sets the relays; a change is recorded with its reason.
    func decide(_ now: Timestamp) throws(MeterError) {
        let decided = SupplyDecision(situation(at: now), configuration.rules)
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
