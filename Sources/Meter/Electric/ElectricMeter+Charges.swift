internal import Metrology
internal import ValueElement
internal import ValueProtocol

/// What is in force, and what is charged without use.
extension ElectricMeter {
    /// Brings into force what is due, one after the other, and charges the local dates and months that have begun, each
    /// under what was in force then: also those without power (protocol §10).
    func followCharges(_ now: Timestamp) throws(MeterError) {
        while let due = image?.charges.ahead.first?.system.effective, due <= now {
            renewTerms(at: now)
            try beginDates(upTo: Timestamp(rawValue: due.rawValue == 0 ? 0 : due.rawValue - 1))
            try commit(registers) { $0.charges.advance(to: due) }
        }
        renewTerms(at: now)
        try beginDates(upTo: now)
        try beginMonth()
    }

    /// Looks up what is in force, and its rate.
    func renewTerms(at now: Timestamp) {
        let system = image?.charges.inForce?.system
        let meter = configuration.chargedMeter
        if !terms.isOf(system, meter) {
            let angle = terms.anglePercent
            terms = ChargeTerms(system, meter, at: now)
            if let angle { terms.setAngle(percent: angle) }
        }
        terms.advance(to: now, isTimeKnown: !registers.isTimeUnknown)
    }

    /// The clock was set: the dates that it passed over are not charged, which the same write says.
    func commitClock(_ next: ElectricRegisters, events: [(EventCode, UInt32)]) throws(MeterError) {
        let book = chargeBook(afterSettingClockTo: parts.clock.now)
        try commit(next, also: [book.change(ElectricMeter.chargeBookRecord)], events: events)
        chargeBook = book
    }

    /// The dates that the clock passes over are not charged.
    func chargeBook(afterSettingClockTo time: Timestamp) -> ChargeBook {
        var book = chargeBook
        book.standing.setClock(to: terms.dayNumber(at: time))
        return book
    }

    /// Takes the standing charge of the dates or months that have begun, in the write that says so.
    private func beginDates(upTo now: Timestamp) throws(MeterError) {
        // Of an unknown time no date begins.
        guard !registers.isTimeUnknown else { return }
        var book = chargeBook
        let due = book.standing.advance(to: terms.dayNumber(at: now), under: terms.standingCharge)
        guard book != chargeBook else { return }
        var next = registers
        let fromPurse = next.take(
            due.amount, purse: purse?.balance ?? .zero, isEmergency: decision.reason == .emergencyCredit)
        try commit(next, also: [book.change(ElectricMeter.chargeBookRecord)]) { image in image.deduct(fromPurse) }
        chargeBook = book
    }

    private func beginMonth() throws(MeterError) {
        let month = terms.period.monthNumber
        guard month != registers.month else { return }
        var book = chargeBook
        var next = registers
        next.month = month
        next.monthQuantity = book.begin(month: month, after: registers.month, quantity: registers.monthQuantity)
        try commit(next, also: [book.change(ElectricMeter.chargeBookRecord)])
        chargeBook = book
    }

    // MARK: Energy given back

    /// What energy from a channel's load is: rules that have a price for it pay it; else they charge it, as an event.
    func reversal(_ channel: Int) -> ElectricConfiguration.Reversal {
        guard terms.system.rules != nil else { return configuration.reversal }
        return terms.pricesGivenBack[channel] == nil ? .charged : .fedIn
    }

    /// Pays for energy given back, into the token in use; what exceeds a token goes to the purse.
    func pay(_ energy: Energy, channel: Int) throws(MeterError) {
        guard energy > .zero, let prices = terms.pricesGivenBack[channel] else { return }
        let worth = prices.cost(
            of: UInt64(clamping: energy.microjoules), monthQuantity: 0, after: registers.paidRemainder)
        registers.paidRemainder = worth.remainder
        registers.paid = registers.paid.addingUpToMost(worth.amount)
        registers.remaining = registers.remaining.addingUpToMost(worth.amount)
        let token = configuration.rules.token
        guard registers.remaining > token, let purse else { return }
        let rest = Amount(rawValue: token.rawValue / 2)
        guard let sum = purse.balance.adding(Amount(rawValue: registers.remaining.rawValue - rest.rawValue)) else {
            return
        }
        var next = registers
        next.deposited = next.deposited.addingUpToMost(Amount(rawValue: sum.rawValue - purse.balance.rawValue))
        next.remaining = rest
        try commit(next) { image in image.setBalance(sum) }
    }
}

extension ElectricRegisters {
    /// Spends an amount that is due at once: out of the token in use, then the purse; the rest is debt.
    ///
    /// - Parameters:
    ///   - amount: to be spent.
    ///   - purse: its balance.
    ///   - isEmergency: whether what is lent is emergency credit.
    /// - Returns: what has to leave the purse in the same write.
    fileprivate mutating func take(_ amount: Amount, purse: Amount, isEmergency: Bool) -> Amount {
        let fromToken = min(amount, remaining)
        let fromPurse = min(Amount(rawValue: amount.rawValue - fromToken.rawValue), purse)
        let owed = Amount(rawValue: amount.rawValue - fromToken.rawValue - fromPurse.rawValue)
        remaining = Amount(rawValue: remaining.rawValue - fromToken.rawValue)
        drawn = drawn.addingUpToMost(fromPurse)
        lent = lent.addingUpToMost(owed)
        if isEmergency { emergencyUsed = emergencyUsed.addingUpToMost(owed) }
        spent = spent.addingUpToMost(amount)
        return fromPurse
    }
}

extension ElementImage {
    /// Deducts an amount from the purse of an electric meter.
    mutating func deduct(_ amount: Amount) {
        guard amount > .zero, let purse = purse(.electricity) else { return }
        setBalance(Amount(rawValue: purse.balance.rawValue - amount.rawValue))
    }

    fileprivate mutating func setBalance(_ balance: Amount) {
        guard var purse = purse(.electricity) else { return }
        purse.balance = balance
        put(purse)
    }
}
