import CardCrypto
public import Metrology
internal import ValueElement
internal import ValueProtocol

extension ElectricMeter {
    /// Counts energy used since the last ``tick()``, at the rate set then; it consumes tokens.
    ///
    /// Use without remaining value becomes a debt, which the next load repays. A simulator of the line stops at
    /// ``energyUntilCut``; on a real line the relay opens within one measurement window.
    ///
    /// - Parameters:
    ///   - imported: of each channel, from the line.
    ///   - exported: of each channel, to the line, or none; it is paid where the rules in force have a price for it,
    ///     else charged, and under a table counted or charged as ``ElectricConfiguration/reversal`` says.
    /// - Throws: `MeterError` `.memory`; energy counted since the last write is then lost with the token.
    ///   `.negativeEnergy`; everything that is not negative has been counted then.
    public func count(_ imported: [Energy], exported: [Energy] = []) throws(MeterError) {
        try count(imported, exported: exported, excused: 0)
        try requireNotNegative(imported, exported)
    }

    /// Counts energy; a negative one counts as zero, so that the other channels are charged.
    ///
    /// - Parameter excused: one bit per channel whose energy may have flowed before its relay opened.
    func count(_ imported: [Energy], exported: [Energy], excused: UInt8) throws(MeterError) {
        guard !isDown else { return }
        precondition(imported.count == configuration.channels, "energy of each channel")
        precondition(exported.isEmpty || exported.count == imported.count, "energy of each channel, or of none")
        try checkFlow(imported, excused: excused)
        try checkDirection(exported)
        let (imported, exported) = charged(imported, exported)
        for (index, energy) in exported.enumerated() {
            registers.channels[index].exported += max(energy, .zero)
            try pay(energy, channel: index)
        }
        for (index, energy) in imported.enumerated() { try use(max(energy, .zero), channel: index) }
        if situation().value == .zero || decision.reason == .emergencyCredit { try decide(parts.clock.now) }
    }

    /// Energy as it is counted: of channels with ``ElectricConfiguration/Reversal/charged`` all of it as if it came from
    /// the line.
    func charged(_ imported: [Energy], _ exported: [Energy]) -> (imported: [Energy], exported: [Energy]) {
        var (imported, exported) = (imported, exported)
        for index in exported.indices where reversal(index) == .charged {
            imported[index] = max(imported[index], .zero) + max(exported[index], .zero)
            exported[index] = .zero
        }
        return (imported, exported)
    }

    /// Max. energy before supply is disconnected for lack of value; nil if there is no such limit.
    public var energyUntilCut: Energy? {
        let left: Amount
        switch decision.reason {
        case .value: left = situation().value
        case .emergencyCredit:
            left = creditRules.emergency.subtracting(registers.emergencyUsed) ?? .zero
        case .friendlyCredit: return nil
        // A free block ends.
        case .freeRate: left = .zero
        default: return .zero
        }
        return terms.affordable(left, monthQuantity: registers.monthQuantity, after: registers.remainder).map {
            Energy(microjoules: $0)
        }
    }

    /// The subscriber requests emergency credit on the keypad.
    ///
    /// - Returns: whether the rules allow any, and it was not requested already.
    /// - Throws: `MeterError` `.memory`.
    public func askForEmergency() throws(MeterError) -> Bool {
        guard creditRules.emergency > .zero, !registers.hasAskedForEmergency, image?.state == .issued else {
            return false
        }
        var next = registers
        next.hasAskedForEmergency = true
        next.receivedWhenAsked = received
        try commit(next, events: [(.emergencyAsked, 0)])
        // Who asks for it has pressed a key.
        try decide(parts.clock.now, isAccepted: true)
        return true
    }

    // MARK: Tokens

    /// Consumes tokens for energy of one channel; everything is recorded between two tokens.
    private func use(_ energy: Energy, channel: Int) throws(MeterError) {
        var rest = UInt64(clamping: energy.microjoules)
        while rest > 0 {
            let prices = terms.prices[channel]
            let part = min(
                rest,
                prices.affordable(
                    registers.remaining, monthQuantity: registers.monthQuantity, after: registers.remainder))
            if part > 0 {
                let cost = registers.use(part, prices, rate: terms.rate, channel: channel)
                registers.remaining = Amount(rawValue: registers.remaining.rawValue - cost.rawValue)
                rest -= part
            }
            if rest > 0, try !drawToken() {
                try lend(rest, channel)
                return
            }
        }
    }

    /// Counts energy without remaining value: what the current token does not cover becomes a debt, which is recorded
    /// one token's worth in advance.
    private func lend(_ microjoules: UInt64, _ channel: Int) throws(MeterError) {
        let prices = terms.prices[channel]
        let cost = prices.cost(
            of: microjoules, monthQuantity: registers.monthQuantity, after: registers.remainder
        ).amount
        let covered = min(cost, registers.remaining)
        let owed = cost.rawValue - covered.rawValue
        if owed > registers.creditInAdvance.rawValue {
            var next = registers
            next.creditInAdvance = Amount(rawValue: max(owed, configuration.rules.token.rawValue))
            try commit(next)
        }
        registers.creditInAdvance = Amount(rawValue: registers.creditInAdvance.rawValue - owed)
        _ = registers.use(microjoules, prices, rate: terms.rate, channel: channel)
        registers.remaining = Amount(rawValue: registers.remaining.rawValue - covered.rawValue)
        if decision.reason == .emergencyCredit {
            registers.emergencyUsed = registers.emergencyUsed.addingUpToMost(Amount(rawValue: owed))
        }
        registers.lent = registers.lent.addingUpToMost(Amount(rawValue: owed))
    }

    /// Draws a token from the tank, in a session of its own; the last one is worth the remaining balance.
    ///
    /// - Returns: false if the tank is empty.
    private func drawToken() throws(MeterError) -> Bool {
        guard let image, image.state == .issued, let purse = image.purse(.electricity), purse.balance > .zero,
            registers.tokenSerial < .max
        else { return false }
        let amount = min(configuration.rules.token, purse.balance)
        let isLast = amount == purse.balance
        var session: AuthoritySession
        do {
            let r2 = try parts.randomness.block()
            session = try exchanger.begin(image.eid, parts.randomness)
            let answer = vault.open(session.r1, image.eid, serial: registers.tokenSerial + 1, r2: r2)
            let order = try exchanger.order(amount, answer, image.eid, &session)
            guard vault.authorize(order) == amount else { throw TokenExchanger.Refusal.notGenuine }
        } catch {
            throw MeterError(.authenticationFailed, "\(name)'s token module", cause: error)
        }
        var next = registers
        next.tokenSerial += 1
        next.drawn = next.drawn.addingUpToMost(amount)
        next.remaining = next.remaining.addingUpToMost(amount)
        try commit(next, events: isLast ? [(.lastToken, UInt32(clamping: amount.rawValue))] : []) { image in
            image.deduct(amount)
        }
        do {
            guard try exchanger.accept(vault.seal(amount, image.eid), &session) == amount else {
                throw TokenExchanger.Refusal.notGenuine
            }
        } catch {
            throw MeterError(.authenticationFailed, "\(name)'s token module", cause: error)
        }
        if isLast { parts.buzzer.sound() }
        return true
    }

    // MARK: Debt

    /// What has come in all, less what was refunded.
    private var received: Amount {
        registers.drawn.addingUpToMost(image?.debt.repaid ?? .zero).addingUpToMost(purse?.balance ?? .zero)
    }

    /// Writes down what was lent, before the element answers a command that may repay it, add to it or tell it. Nothing
    /// is lent in advance then: a power cut after a credit must not make a debt of it.
    func recordDebt() throws(MeterError) {
        guard !isDown, registers.lent > .zero || registers.creditInAdvance > .zero else { return }
        var next = registers
        next.creditInAdvance = .zero
        try commit(next)
    }

    /// Records what a credit repaid. Emergency credit stays asked for until value has come that repays all; then it can
    /// be asked for again.
    func followCredit() throws(MeterError) {
        guard let image, image.state == .issued else { return }
        let sum = image.debt.repaid.subtracting(registers.repaidReported) ?? .zero
        guard sum > .zero || registers.hasAskedForEmergency else { return }
        var next = registers
        next.repaidReported = image.debt.repaid
        if next.hasAskedForEmergency, debt == .zero, received > next.receivedWhenAsked {
            next.hasAskedForEmergency = false
            next.emergencyUsed = .zero
        }
        // After a refund, less than what was there is value that comes.
        next.receivedWhenAsked = min(next.receivedWhenAsked, received)
        guard next != registers else { return }
        try commit(next, events: sum > .zero ? [(.debtRepaid, UInt32(clamping: sum.rawValue))] : [])
    }

    /// Used without having been paid for, or added by the host, and not yet repaid.
    var debt: Amount { (image?.debt.owed ?? .zero).addingUpToMost(registers.lent) }
}

extension ElectricRegisters {
    /// Counts use and what it costs.
    ///
    /// - Returns: what it costs.
    fileprivate mutating func use(
        _ microjoules: UInt64, _ prices: BlockPrices, rate: UInt8, channel: Int
    ) -> Amount {
        let cost = prices.cost(of: microjoules, monthQuantity: monthQuantity, after: remainder)
        remainder = cost.remainder
        spent = spent.addingUpToMost(cost.amount)
        rates.add(microjoules, cost.amount, rate: rate)
        let (sum, overflow) = monthQuantity.addingReportingOverflow(microjoules)
        monthQuantity = overflow ? .max : sum
        channels[channel].imported.microjoules += Int128(microjoules)
        return cost.amount
    }
}
