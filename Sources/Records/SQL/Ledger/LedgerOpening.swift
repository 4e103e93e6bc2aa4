import Ledger
import ValueProtocol

/// The ledger of records that are older than it.
extension SQLRecords {
    /// Makes the ledger of what the records have, if they have none yet: the same orders, in the order in which they came.
    ///
    /// What cannot be made of them, because a part of the records was lost, shows as a difference once an element reports.
    ///
    /// - Throws: `HostError` of the database.
    public func bringBooksForward() throws(HostError) {
        guard try read({ try lacksLedger(in: $0) }) else { return }
        try write { database in
            guard try lacksLedger(in: database) else { return }
            for element in try elementsByReplacement(in: database) { try bringForward(element, in: database) }
            let statuses = try database.query("SELECT * FROM meter_status ORDER BY time, card, nt")
            for row in statuses {
                let record = MeterStatusRecord(
                    service: try row.service("service"), meter: try row.party("meter"), nt: try row.unsigned("nt"),
                    time: try row.time("time"), status: try row.bytes("status"))
                try bookMeterStatus(
                    record, from: try row.party("card"), at: try row.time("received"), in: database)
            }
        }
    }

    private func lacksLedger(in database: any SQLConnection) throws -> Bool {
        guard try database.query("SELECT number FROM ledger_fact LIMIT 1").isEmpty else { return false }
        return try ["credit_transaction", "purse", "balance"].contains {
            try !database.query("SELECT eid FROM \($0) LIMIT 1").isEmpty
        }
    }

    /// All elements with their status; those that were replaced come before their successors, which got what they held.
    private func elementsByReplacement(
        in database: any SQLConnection
    ) throws -> [(eid: PartyID, status: ElementStatus)] {
        let rows = try database.query("SELECT eid, standing, replacement FROM element ORDER BY eid")
        var waiting = try rows.map { (eid: try $0.party("eid"), status: try ElementStatus($0)) }
        var sorted: [(eid: PartyID, status: ElementStatus)] = []
        while !waiting.isEmpty {
            let successors = Set(waiting.compactMap(\.status.replacement))
            let next = waiting.filter { !successors.contains($0.eid) }
            // A circle cannot come about; rows that were touched are taken as they come.
            guard !next.isEmpty else { return sorted + waiting }
            sorted += next
            waiting.removeAll { !successors.contains($0.eid) }
        }
        return sorted
    }

    private func bringForward(
        _ element: (eid: PartyID, status: ElementStatus), in database: any SQLConnection
    ) throws {
        let eid = element.eid
        var last = Timestamp(rawValue: 0)
        for purse in try purses(of: eid, in: database) {
            try bookPurse(PurseID(eid, purse.service), purse.currency, limit: purse.limit, at: last, in: database)
        }
        for transaction in try transactions(of: eid, in: database) where transaction.kind != .convertTariff {
            last = transaction.settled
            do {
                try bookIntent(
                    transaction,
                    CreditRequest(
                        kind: transaction.kind, service: transaction.order.service,
                        currency: transaction.order.currency, amount: transaction.order.amount,
                        reference: transaction.reference),
                    at: transaction.order.time, in: database)
            } catch let error as HostError where error.code == .booksRefuse {
                continue
            }
            if let outcome = transaction.state.outcome {
                try bookOutcome(transaction, outcome, at: transaction.settled, in: database)
            }
        }
        for balance in try balances(of: eid, in: database) {
            last = max(last, balance.time)
            try bookReport(balance.amount, of: PurseID(eid, balance.service), at: balance.time, in: database)
        }
        guard let successor = element.status.replacement else { return }
        let carried = try carryOvers("shard = ? AND origin = ?", [Shard(of: eid), eid], in: database)
        do {
            _ = try bookReplacement(
                of: eid, by: successor, carried.isEmpty ? .none : .known, at: last, in: database)
        } catch let error as HostError where error.code == .booksRefuse {
            // Only a transaction that is open keeps it from being replaced, and the records had refused it then.
        }
    }
}
