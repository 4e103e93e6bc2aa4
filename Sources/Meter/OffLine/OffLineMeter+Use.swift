internal import ValueElement
internal import ValueProtocol

/// Use, what it costs, and the valve.
extension OffLineMeter {
    /// Reads the clock: brings into force what is due, takes standing charges of the dates that have begun, and sets the
    /// valve. Call it at least at the start of every minute.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func tick() throws(MeterError) {
        let now = parts.clock.now
        try followCharges(now)
        try decide(now)
    }

    /// Lets `quantity` litres or Wh flow, as far as the valve allows: while the purse pays for it, and without value as
    /// debt where the rules in force allow that.
    ///
    /// - Returns: the quantity that flowed; less than `quantity` if the valve closed.
    /// - Throws: `MeterError` `.memory`; nothing was counted then.
    public func use(_ quantity: UInt64) throws(MeterError) -> UInt64 {
        let now = parts.clock.now
        try followCharges(now)
        guard parts.valve.isOpen, let purse else { return 0 }
        let wanted = min(quantity, .max - registers.counter)
        let paid = min(
            wanted,
            terms.prices[0].affordable(
                purse.balance, monthQuantity: registers.monthQuantity, after: registers.remainder))
        var next = registers
        let cost = next.use(paid, terms.prices[0])
        let lent = min(wanted - paid, lendable(next, now))
        let owed = next.use(lent, terms.prices[0])
        try charge(cost.addingUpToMost(owed), next)
        try decide(now)
        return paid + lent
    }

    /// Counts what flowed although the valve was closed: it is charged like use, and without value it is debt.
    ///
    /// - Parameter quantity: litres or Wh.
    /// - Throws: `MeterError` `.memory`; nothing was counted then.
    public func flowedWhileClosed(_ quantity: UInt64) throws(MeterError) {
        let now = parts.clock.now
        try followCharges(now)
        guard purse != nil else { return }
        var next = registers
        let cost = next.use(min(quantity, .max - registers.counter), terms.prices[0])
        try charge(cost, next)
        try decide(now)
    }

    /// Somebody asks for emergency credit with the meter's key.
    ///
    /// - Returns: whether the rules in force allow any, and it was not requested already.
    /// - Throws: `MeterError` `.memory`.
    public func askForEmergency() throws(MeterError) -> Bool {
        guard creditRules.emergency > .zero, !registers.hasAskedForEmergency, card.element?.image.state == .issued
        else {
            return false
        }
        var next = registers
        next.hasAskedForEmergency = true
        try commit(next)
        try decide(parts.clock.now, isAccepted: true)
        return true
    }

    /// Somebody pressed the key by which supply returns, where the rules want one.
    ///
    /// - Returns: whether supply waited for it.
    /// - Throws: `MeterError` `.memory`.
    public func acceptSupply() throws(MeterError) -> Bool {
        guard decision.reason == .waitsForPerson else { return false }
        try decide(parts.clock.now, isAccepted: true)
        return decision.isOn
    }

    var purse: Purse? { card.element?.image.purse(service) }

    /// What the supplier allows: by the rules in force, else as the meter was made.
    var creditRules: CreditRules {
        let credit = terms.credit ?? nil
        return CreditRules(
            token: .all, lowCredit: terms.credit == nil ? registers.lowCredit : credit?.warningBelow ?? .zero,
            emergency: credit?.emergency ?? .zero)
    }

    /// Units that may flow without value from `registers` on.
    private func lendable(_ registers: MeterRegisters, _ now: Timestamp) -> UInt64 {
        var situation = situation(at: now)
        situation.value = .zero
        let decision = SupplyDecision(situation, creditRules)
        switch decision.reason {
        case .friendlyCredit, .freeRate: return .max
        case .emergencyCredit:
            let left = creditRules.emergency.subtracting(registers.emergencyUsed) ?? .zero
            return terms.prices[0].affordable(
                left, monthQuantity: registers.monthQuantity, after: registers.remainder)
        default: return 0
        }
    }

    /// Takes an amount out of the purse; the rest is debt. What is counted is written with it.
    private func charge(
        _ amount: Amount, _ next: MeterRegisters, also changes: [RecordChange] = []
    ) throws(MeterError) {
        var next = next
        next.spent = next.spent.addingUpToMost(amount)
        let covered = min(amount, purse?.balance ?? .zero)
        let owed = Amount(rawValue: amount.rawValue - covered.rawValue)
        if registers.hasAskedForEmergency { next.emergencyUsed = next.emergencyUsed.addingUpToMost(owed) }
        let service = service
        try commit(next, also: changes) { image in
            guard var purse = image.purse(service) else { return }
            purse.balance = Amount(rawValue: purse.balance.rawValue - covered.rawValue)
            image.put(purse)
            image.debt.lend(owed)
        }
    }

    // MARK: What is in force

    /// Brings into force what is due, one after the other, and charges the local dates and months that have begun, each
    /// under what was in force then (protocol §10).
    func followCharges(_ now: Timestamp) throws(MeterError) {
        while let due = card.element?.image.charges.ahead.first?.system.effective, due <= now {
            renewTerms(at: now)
            try beginDates(upTo: Timestamp(rawValue: due.rawValue == 0 ? 0 : due.rawValue - 1))
            try commit(registers) { $0.charges.advance(to: due) }
        }
        renewTerms(at: now)
        try beginDates(upTo: now)
        try beginMonth()
    }

    private func renewTerms(at now: Timestamp) {
        let system = card.element?.image.charges.inForce?.system
        let meter = registers.chargedMeter
        if !terms.isOf(system, meter) { terms = ChargeTerms(system, meter, at: now) }
        terms.advance(to: now, isTimeKnown: true)
    }

    /// The clock was set: the dates that it passed over are not charged.
    func recordClock() throws(MeterError) {
        var next = registers
        next.clockOffset = parts.clock.offset
        let now = parts.clock.now
        renewTerms(at: now)
        var book = chargeBook
        book.standing.setClock(to: terms.dayNumber(at: now))
        try commit(next, also: book == chargeBook ? [] : [book.change(OffLineMeter.chargeBookRecord)])
        chargeBook = book
    }

    private func beginDates(upTo now: Timestamp) throws(MeterError) {
        var book = chargeBook
        let due = book.standing.advance(to: terms.dayNumber(at: now), under: terms.standingCharge)
        guard book != chargeBook else { return }
        try charge(due.amount, registers, also: [book.change(OffLineMeter.chargeBookRecord)])
        chargeBook = book
    }

    private func beginMonth() throws(MeterError) {
        let month = terms.period.monthNumber
        guard month != registers.month else { return }
        var book = chargeBook
        var next = registers
        next.month = month
        next.monthQuantity = book.begin(month: month, after: registers.month, quantity: registers.monthQuantity)
        try commit(next, also: [book.change(OffLineMeter.chargeBookRecord)])
        chargeBook = book
    }

    /// Emergency credit that is repaid can be asked for again; so can one that was not used before value came.
    func endEmergency() throws(MeterError) {
        guard registers.hasAskedForEmergency, card.element?.image.debt.owed == .zero else { return }
        var next = registers
        (next.hasAskedForEmergency, next.emergencyUsed) = (false, .zero)
        try commit(next)
    }

    // MARK: The valve

    private func situation(at now: Timestamp) -> SupplyDecision.Situation {
        let image = card.element?.image
        let balance = purse?.balance ?? .zero
        // Value is what pays for one more unit.
        let most = terms.prices[0].affordable(
            balance, monthQuantity: registers.monthQuantity, after: registers.remainder)
        var situation = SupplyDecision.Situation(
            state: image?.state ?? .blank, value: most > 0 && most < .max ? max(balance, Amount(rawValue: 1)) : .zero,
            emergencyUsed: registers.emergencyUsed, hasAskedForEmergency: registers.hasAskedForEmergency,
            isFriendly: terms.isFriendly(at: now) ?? false, wasOn: registers.isOn)
        situation.isFree = most == .max
        if situation.isFree, balance > .zero { situation.value = balance }
        situation.returnsByKey = (terms.credit ?? nil)?.returnsByKey ?? false
        situation.isMemoryLost = card.element?.isLost ?? true
        return situation
    }

    /// Decides whether gas, water or heat may flow, and sets the valve.
    private func decide(_ now: Timestamp, isAccepted: Bool = false) throws(MeterError) {
        if registers.emergencyUsed > .zero { try endEmergency() }
        var situation = situation(at: now)
        situation.isAccepted = isAccepted
        let decided = SupplyDecision(situation, creditRules)
        if decided.isOn != registers.isOn, !situation.isMemoryLost {
            var next = registers
            next.isOn = decided.isOn
            try commit(next)
        }
        decision = decided
        if decided.isOn { parts.valve.open() } else { parts.valve.close() }
    }
}

extension MeterRegisters {
    /// Counts use.
    ///
    /// - Returns: what it costs.
    fileprivate mutating func use(_ quantity: UInt64, _ prices: BlockPrices) -> Amount {
        let cost = prices.cost(of: quantity, monthQuantity: monthQuantity, after: remainder)
        remainder = cost.remainder
        counter += quantity
        let (sum, overflow) = monthQuantity.addingReportingOverflow(quantity)
        monthQuantity = overflow ? .max : sum
        return cost.amount
    }

    /// As the terms of use need it: litres or Wh are charged.
    var chargedMeter: ChargeTerms.Meter {
        ChargeTerms.Meter(price: price, calendar: LocalCalendar(offset: localOffset), unitsPerThousand: 1000)
    }
}
