public import ValueProtocol

/// What a meter's purse owes, in micro-units: part of its element, so that debt and balance change in one write
/// (protocol §10).
///
/// Use without value, and ADD DEBT, make it more; credits and REMIT DEBT make it less. A life total that has reached
/// the most that 64 bits hold stays there.
public struct DebtAccount: Sendable, Hashable {
    /// Now.
    public var owed = Amount.zero
    /// By credits, since manufacture.
    public var repaid = Amount.zero
    /// By ADD DEBT, since manufacture.
    public var added = Amount.zero
    /// By REMIT DEBT, since manufacture.
    public var remitted = Amount.zero

    public init() {}

    /// Use without value.
    public mutating func lend(_ amount: Amount) { owed = owed.addingUpToMost(amount) }

    /// ADD DEBT; false, and nothing changes, if that is more than 64 bits hold.
    mutating func add(_ amount: Amount) -> Bool {
        guard let sum = owed.adding(amount) else { return false }
        owed = sum
        added = added.addingUpToMost(amount)
        return true
    }

    /// REMIT DEBT; false, and nothing changes, if less is owed.
    mutating func remit(_ amount: Amount) -> Bool {
        guard let rest = owed.subtracting(amount) else { return false }
        owed = rest
        remitted = remitted.addingUpToMost(amount)
        return true
    }

    /// Repays by a share of a credit.
    ///
    /// - Parameters:
    ///   - credit: the whole of it.
    ///   - percent: of it that repays debt, 0 to 100.
    /// - Returns: what is left of the credit for the purse.
    mutating func repay(from credit: Amount, percent: UInt8) -> Amount {
        let share = min(credit.part(percent), owed)
        owed = Amount(rawValue: owed.rawValue - share.rawValue)
        repaid = repaid.addingUpToMost(share)
        return Amount(rawValue: credit.rawValue - share.rawValue)
    }

    /// The greatest credit of which no more than `room` is left for the purse.
    ///
    /// - Parameters:
    ///   - room: what the purse can take.
    ///   - percent: of a credit that repays debt, 0 to 100.
    func greatestCredit(for room: Amount, percent: UInt8) -> Amount {
        // What is left is the greater of credit − debt and credit − ⌊credit × percent ÷ 100⌋, which is
        // ⌈credit × (100 − percent) ÷ 100⌉.
        let byDebt = room.addingUpToMost(owed)
        let rest = 100 - UInt64(min(percent, 100))
        guard rest > 0 else { return byDebt }
        let product = room.rawValue.multipliedFullWidth(by: 100)
        guard product.high < rest else { return byDebt }
        return min(byDebt, Amount(rawValue: rest.dividingFullWidth(product).quotient))
    }
}

extension Amount {
    /// `percent` of it, at most 100, rounded down.
    fileprivate func part(_ percent: UInt8) -> Amount {
        let product = rawValue.multipliedFullWidth(by: UInt64(min(percent, 100)))
        return Amount(rawValue: (100 as UInt64).dividingFullWidth(product).quotient)
    }
}

extension ElementImage {
    /// Credits the purse of `service`, of which the share that is in force repays debt first.
    ///
    /// - Parameters:
    ///   - amount: the whole credit.
    ///   - service: of the purse.
    ///   - now: by the meter's clock.
    /// - Returns: false, and nothing changes, if the purse would then hold more than it may, or there is none.
    package mutating func credit(_ amount: Amount, to service: UtilityService, at now: Timestamp) -> Bool {
        guard var purse = purse(service) else { return false }
        var debt = debt
        let rest = debt.repay(from: amount, percent: debtShare(at: now))
        guard let sum = purse.balance.adding(rest), sum <= purse.limit else { return false }
        purse.balance = sum
        put(purse)
        self.debt = debt
        return true
    }

    /// Repays out of the purse what it holds, as meters of an earlier version did after each credit.
    package mutating func repayFromPurse(of service: UtilityService) {
        guard var purse = purse(service) else { return }
        purse.balance = debt.repay(from: purse.balance, percent: 100)
        put(purse)
    }

    /// The greatest credit that the purse of `service` can take.
    package func greatestCredit(to service: UtilityService, at now: Timestamp) -> Amount {
        guard let purse = purse(service), let room = purse.limit.subtracting(purse.balance) else { return .zero }
        return debt.greatestCredit(for: room, percent: debtShare(at: now))
    }

    /// Percent of each credit that repays debt.
    private func debtShare(at now: Timestamp) -> UInt8 { charges.advanced(to: now).inForce?.system.debtShare ?? 100 }
}
