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
            balance: purse.balance, inUse: metered.inUse, debt: metered.debt, spent: metered.spent,
            forfeited: metered.forfeited, paid: metered.paid, tableInForce: rules.inForce, nextTable: rules.next,
            supply: metered.supply
        ).append(to: &bytes)
        return (.done, bytes)
    }

    /// The ids of the table in force and of the next one; 0 for none.
    package func rules(at now: Timestamp) -> MeterStatus.RulesStatus {
        if let next = nextTariff, next.effective <= now {
            return MeterStatus.RulesStatus(inForce: next.table.id, next: 0)
        }
        return MeterStatus.RulesStatus(inForce: currentTariff?.table.id ?? 0, next: nextTariff?.table.id ?? 0)
    }
}
