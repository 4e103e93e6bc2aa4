public import ValueProtocol

/// Tables that a meter holds for later, and those that wait to be sent: a meter has room for four that are not in force yet
/// (protocol §10). The audit trail has those that wait.
extension SQLRecords {
    public func queuedTariffs(of meter: PartyID) throws(HostError) -> [QueuedTariff] {
        try read { try queuedTariffs(of: meter, in: $0) }
    }

    public func tariffsAhead(of meter: PartyID, at time: Timestamp) throws(HostError) -> [CreditTransaction] {
        try read { try tariffsAhead(of: meter, at: time, in: $0) }
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

    func tariffsAhead(
        of meter: PartyID, at time: Timestamp, in database: any SQLConnection
    ) throws -> [CreditTransaction] {
        var ahead: [Timestamp: CreditTransaction] = [:]
        // One for the same time takes the place of the one before.
        for taken in try tariffsTaken(by: meter, in: database) {
            guard let effective = taken.tariff?.effective, effective > taken.order.time else { continue }
            ahead[effective] = taken
        }
        return ahead.filter { $0.key > time }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// What becomes of a table for later beside those that the meter holds: it is sent (nil), waits, or is declined.
    ///
    /// - Throws: `HostError` `.otherOrder` if another table waits under its reference.
    func place(
        _ request: CreditRequest, of meter: PartyID, at time: Timestamp, in database: any SQLConnection
    ) throws -> StartedTransaction? {
        guard let tariff = request.tariff, tariff.effective > time else { return nil }
        let ahead = try tariffsAhead(of: meter, at: time, in: database)
        if let same = ahead.first(where: { $0.tariff?.effective == tariff.effective }) {
            return same.tariff == tariff || request.replacesTariffAhead ? nil : .declined(.tariffAhead(same))
        }
        guard ahead.count >= CreditTransaction.maxTariffsAhead, let last = ahead.last, let held = last.tariff else {
            return nil
        }
        guard tariff.effective > held.effective else { return .declined(.noPlaceAhead(last)) }
        return .queued(try queue(request, tariff, of: meter, at: time, in: database))
    }

    private func queue(
        _ request: CreditRequest, _ tariff: TariffOrder, of meter: PartyID, at time: Timestamp,
        in database: any SQLConnection
    ) throws -> QueuedTariff {
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
