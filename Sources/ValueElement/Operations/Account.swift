package import ValueProtocol

extension ElementImage {
    /// ACCOUNT.
    func reportAccount(_ c3: [UInt8], _ environment: ElementEnvironment) -> (BusinessStatus, [UInt8]) {
        guard eid.kind.isMeter, let metered = environment.account?.totals, let order = AskAccount(c3) else {
            return (.malformed, [])
        }
        guard let purse = purse(order.service) else { return (.unknownService, []) }
        let rules = rules(at: environment.clock.now)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(53)
        MeterAccount(
            balance: purse.balance, inUse: metered.inUse, debt: debt.owed, spent: metered.spent,
            forfeited: metered.forfeited, paid: metered.paid, tableInForce: rules.inForce, nextTable: rules.next,
            supply: metered.supply
        ).append(to: &bytes)
        return (.done, bytes)
    }

    /// The ids of what is in force and of what comes next; 0 for none.
    package func rules(at now: Timestamp) -> MeterStatus.RulesStatus {
        let charges = charges.advanced(to: now)
        return MeterStatus.RulesStatus(
            lastLetter: letters.last, inForce: charges.inForce?.system.id ?? 0,
            next: charges.ahead.first?.system.id ?? 0)
    }
}
