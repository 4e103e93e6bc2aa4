public import ValueProtocol

/// Tables that wait to be sent: a meter has room for one that is not in force yet. The audit trail has them.
extension SQLRecords {
    public func queuedTariffs(of meter: PartyID) throws(HostError) -> [QueuedTariff] {
        try read { try queuedTariffs(of: meter, in: $0) }
    }

    public func tariffAhead(of meter: PartyID, at time: Timestamp) throws(HostError) -> CreditTransaction? {
        try read { try tariffAhead(of: meter, at: time, in: $0) }
    }

    public func dequeueTariff(
        effective: Timestamp, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Bool {
        try write { database in
            try own(meter, in: database)
            guard try queuedTariffs(of: meter, in: database).contains(where: { $0.effective == effective }) else {
                return false
            }
            try trail.append(.queuedTariff(effective: effective, nil), of: meter, at: time, to: database)
            return true
        }
    }

    func tariffAhead(
        of meter: PartyID, at time: Timestamp, in database: any SQLConnection
    ) throws -> CreditTransaction? {
        // One for later makes way for the next one for later, whatever its time.
        let held = try tariffsTaken(by: meter, in: database).last { taken in
            taken.tariff.map { $0.effective > taken.order.time } ?? false
        }
        return held?.tariff.map { $0.effective > time } ?? false ? held : nil
    }

    /// Lets a table wait that is for a later time than the one that the meter holds, unless that one may be replaced.
    ///
    /// - Returns: nil if it is not one that waits.
    /// - Throws: `HostError` `.otherOrder` if another table waits under its reference.
    func queue(
        _ request: CreditRequest, behind ahead: CreditTransaction, of meter: PartyID, at time: Timestamp,
        in database: any SQLConnection
    ) throws -> QueuedTariff? {
        guard !request.replacesTariffAhead, let tariff = request.tariff, let held = ahead.tariff,
            tariff.effective > held.effective
        else { return nil }
        let queued = QueuedTariff(tariff.table, effective: tariff.effective, reference: request.reference)
        let waiting = try queuedTariffs(of: meter, in: database)
        if let reference = request.reference,
            let other = waiting.first(where: { $0.reference == reference && $0.order != queued.order })
        {
            throw HostError(.otherOrder, "\(reference): \(other.order)")
        }
        if waiting.contains(queued) { return queued }
        try trail.append(.queuedTariff(effective: tariff.effective, queued), of: meter, at: time, to: database)
        return queued
    }

    /// A table for an earlier time takes the place of the one that the meter holds, which is sent again once the new one is
    /// in force.
    func queueAgain(
        _ ahead: CreditTransaction, behind request: CreditRequest, of meter: PartyID, at time: Timestamp,
        in database: any SQLConnection
    ) throws {
        guard let tariff = request.tariff, let held = ahead.tariff, held.effective > tariff.effective else { return }
        let waiting = try queuedTariffs(of: meter, in: database).contains { $0.effective == held.effective }
        guard !waiting else { return }
        // Its reference is that of the order which was done.
        let queued = QueuedTariff(held.table, effective: held.effective, reference: nil)
        try trail.append(.queuedTariff(effective: held.effective, queued), of: meter, at: time, to: database)
    }

    private func queuedTariffs(of meter: PartyID, in database: any SQLConnection) throws -> [QueuedTariff] {
        try database.flushNotes()
        try database.notes.flush(into: database)
        let rows = try database.query(
            """
            SELECT * FROM audit_event a WHERE shard = ? AND eid = ? AND kind = ? AND sequence = (
                SELECT MAX(sequence) FROM audit_event b
                WHERE b.shard = a.shard AND b.eid = a.eid AND b.kind = a.kind AND b.subject = a.subject)
            ORDER BY subject
            """, Shard(of: meter), meter, AuditEvent.Kind.queuedTariff.rawValue)
        return try rows.compactMap { row in
            guard case .event(.queuedTariff(_, let queued)) = try AuditEntry(event: row).content else { return nil }
            return queued
        }
    }
}
