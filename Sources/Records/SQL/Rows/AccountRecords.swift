import Ledger
public import ValueProtocol

/// What meters tell of value, token in use and debt.
extension SQLRecords {
    public func record(
        _ account: MeterAccount, of service: UtilityService, on meter: PartyID, nt: UInt32, highest: HostTransaction,
        at time: Timestamp
    ) throws(HostError) {
        try write { database in
            try own(meter, in: database)
            try requireRecent(nt, of: meter, in: database)
            try bookAccount(account, of: PurseID(meter, service), nt: nt, highest: highest, at: time, in: database)
            try set(account.balance, .proven, of: service, on: meter, at: time, in: database)
        }
    }

    public func record(_ reading: FinalReading, of meter: PartyID, at time: Timestamp) throws(HostError) {
        try write { database in
            try own(meter, in: database)
            guard try finalReading(of: meter, in: database) != reading else { return }
            try trail.append(.finalReading(reading), of: meter, at: time, to: database)
        }
    }

    public func finalReading(of meter: PartyID) throws(HostError) -> FinalReading? {
        try read { try finalReading(of: meter, in: $0) }
    }

    private func finalReading(of meter: PartyID, in database: any SQLConnection) throws -> FinalReading? {
        let entry = try lastEntry(AuditSubject(.finalReading), of: meter, in: database)
        guard case .event(.finalReading(let reading))? = entry?.content else { return nil }
        return reading
    }

    public func setCalendar(_ calendar: MeterCalendar, of meter: PartyID, at time: Timestamp) throws(HostError) {
        try write { database in
            try own(meter, in: database)
            guard try self.calendar(of: meter, in: database) != calendar else { return }
            try trail.append(.calendar(calendar), of: meter, at: time, to: database)
        }
    }

    public func calendar(of meter: PartyID) throws(HostError) -> MeterCalendar? {
        try read { try calendar(of: meter, in: $0) }
    }

    private func calendar(of meter: PartyID, in database: any SQLConnection) throws -> MeterCalendar? {
        let entry = try lastEntry(AuditSubject(.calendar), of: meter, in: database)
        guard case .event(.calendar(let calendar))? = entry?.content else { return nil }
        return calendar
    }

    public func debts(of meter: PartyID) throws(HostError) -> [MeterDebt] {
        try ledgerBalances().compactMap { balance in
            guard case .debt(meter) = balance.account, balance.amount < 0 else { return nil }
            return MeterDebt(currency: balance.currency, amount: Amount(rawValue: UInt64(clamping: -balance.amount)))
        }
    }

    /// Notes the NT of a session, which must not be lower than one seen before.
    func requireRecent(_ nt: UInt32, of eid: PartyID, in database: any SQLConnection) throws {
        let isRecent =
            try database.execute(
                "UPDATE element SET nt = ? WHERE shard = ? AND eid = ? AND (nt IS NULL OR nt <= ?)", nt,
                Shard(of: eid), eid, nt) == 1
        guard isRecent else { throw HostError(.noSession, "\(eid)", cause: SessionError(.staleElement, "\(eid)")) }
    }
}
