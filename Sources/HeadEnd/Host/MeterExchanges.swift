internal import ISO7816
internal import Issuing
internal import Ledger
public import Records
public import ValueProtocol

/// What became of a meter that made way for another.
public struct MeterExchange: Sendable, Hashable {
    public let old: PartyID
    public let new: PartyID
    /// Nil of a meter that could not be read.
    public let reading: FinalReading?
    /// What the new meter gets at its next contact, unless it has it already.
    public let carried: [CarryOver]
    /// What the old meter still owes: its value did not pay it.
    public let debts: [MeterDebt]
    /// What cards gave, and the old meter has not told of.
    public let inDoubt: [LedgerBalance]
}

extension ClerkWorkplace {
    /// Exchanges the connected meter: it is blocked, read for the last time, and makes way for `new`, which gets at its next
    /// contact what the old one proves to hold, net of what it owes. If interrupted, call it again.
    ///
    /// Once it has been exchanged without being read, it is read now; with `CarryRule.afterReport` the new one then gets the
    /// rest.
    ///
    /// - Parameters:
    ///   - new: an issued meter of the same kind.
    ///   - rule: what it gets.
    ///   - reason: recorded in the audit trail.
    ///   - expected: the meter that must answer; nil accepts any.
    /// - Throws: `WorkplaceError` `.notAMeter`, `.wrongSuccessor`, `.replaced`; `HostError` `.openTransaction` while an
    ///   order needs manual resolution, and as `ElementClient.readUse`; `SessionError`, `IssueError`, `JournalError`.
    public func exchange(
        _ expected: PartyID? = nil, by new: PartyID, carrying rule: CarryRule = .known, because reason: String
    ) throws -> MeterExchange {
        let old = try elementClient.select(over: card, expecting: expected).eid
        let isExchanged = try host.checkExchange(of: old, by: new)
        let journal = try host.openJournal()
        let register = HostCardRegister(records: records, journal: journal, carrying: rule)
        try issuingDesk(journal).reportLost(old, reason: reason, over: card, in: register) {
            try readFinally(old)
        }
        if !isExchanged { try host.replaceMeter(old, by: new, carrying: rule, journal) }
        return try host.exchange(of: old, by: new)
    }

    /// Reads a blocked meter: nothing changes in it any more.
    private func readFinally(_ meter: PartyID) throws {
        let client = elementClient
        let use = try client.readUse(over: card, expecting: meter)
        let service = UtilityService(rawValue: meter.kind.rawValue)
        let months = try records.use(of: meter, .months)
        let reading = FinalReading(
            service: service, currency: try host.currency(of: service, on: meter),
            balance: try records.balances(of: meter).first { $0.service == service }?.amount ?? .zero,
            account: use.account, quantity: months.isEmpty ? nil : months.reduce(0) { $0 + UInt64($1.quantity) },
            clock: use.clock, time: host.clock())
        // Read again, it says the same, at another time.
        if let known = try records.finalReading(of: meter), known.isSame(as: reading) { return }
        try records.record(reading, of: meter, at: host.clock())
    }
}

extension FinalReading {
    fileprivate func isSame(as other: FinalReading) -> Bool {
        (service, currency, balance) == (other.service, other.currency, other.balance)
            && (account, quantity) == (other.account, other.quantity)
    }
}

extension HostContext {
    /// Exchanges a meter that cannot be read any more: `new` gets by `rule` what the books know, net of what it owes.
    ///
    /// - Throws: as `ClerkWorkplace.exchange`, which is to be used for one that can be read.
    public func exchangeUnread(
        _ old: PartyID, by new: PartyID, carrying rule: CarryRule, because reason: String
    ) throws -> MeterExchange {
        if try !checkExchange(of: old, by: new) {
            if let open = try records.unsettled().first(where: { $0.eid == old }) {
                throw HostError(.openTransaction, "\(open)")
            }
            let journal = try openJournal()
            try records.setStatus(.lost, of: old, because: reason, at: clock())
            try replaceMeter(old, by: new, carrying: rule, journal)
        }
        return try exchange(of: old, by: new)
    }

    /// - Returns: whether it was exchanged by the same one before.
    fileprivate func checkExchange(of old: PartyID, by new: PartyID) throws -> Bool {
        guard old.kind.isMeter else { throw WorkplaceError(.notAMeter, "\(old)") }
        guard let record = try records.element(old) else { throw WorkplaceError(.unknownElement, "\(old)") }
        if let other = record.status.replacement {
            guard other == new else { throw WorkplaceError(.replaced, "\(old), replaced by \(other)") }
            return true
        }
        let successor = try records.element(new)
        guard old != new, old.kind == new.kind, let successor, successor.status == .inUse, successor.wasIssued else {
            throw WorkplaceError(.wrongSuccessor, "\(new)")
        }
        let service = UtilityService(rawValue: old.kind.rawValue)
        let currencies = try [old, new].map { try currency(of: service, on: $0) }
        guard let currency = currencies[1], currencies[0] ?? currency == currency else {
            throw WorkplaceError(.wrongSuccessor, "\(new)")
        }
        // What is in doubt is found out when it is read.
        if let open = try records.unsettled().first(where: { $0.eid == old && $0.state == .needsManualResolution }) {
            throw HostError(.openTransaction, "\(open)")
        }
        return false
    }

    fileprivate func replaceMeter(
        _ old: PartyID, by new: PartyID, carrying rule: CarryRule, _ journal: any IssueJournal
    ) throws {
        _ = try records.replace(old, by: new, carrying: rule, at: clock())
        try journal.append(JournalEntry(old, .replaced(by: new), at: clock()))
    }

    fileprivate func exchange(of old: PartyID, by new: PartyID) throws -> MeterExchange {
        let service = UtilityService(rawValue: old.kind.rawValue)
        return MeterExchange(
            old: old, new: new, reading: try records.finalReading(of: old),
            carried: try records.openCarryOvers(to: new).filter { $0.from == old },
            debts: try records.debts(of: old),
            inDoubt: try records.ledgerBalances().filter { $0.account == .inDoubt(old, service) })
    }
}
