import Ledger
import ValueProtocol

/// What orders need of the ledger, read before they ask.
extension LedgerRows {
    /// What reads elements, their purses, accounts and differences, and the transfers that are open. Of an element that this
    /// transaction does not own nothing is noted.
    func aheadQueries(_ batch: ElementBatch, _ texts: AheadTexts, in database: any SQLConnection) -> [AheadQuery] {
        let (notes, arguments) = (database.elements, batch.arguments)
        var owned: [PartyID] { batch.eids.filter { notes.statuses[$0] != nil } }
        func query(
            _ table: LedgerTable, _ text: String, by column: String = "eid",
            note: @escaping (_ rows: [SQLRow], _ owned: [PartyID]) -> Void
        ) -> AheadQuery {
            aheadQuery(table, text, arguments, in: database) { [self] rows in
                note(rows.filter { row in attempt { notes.statuses[try row.party(column)] != nil } ?? false }, owned)
            }
        }
        return [
            query(.element, texts.ledgerElements) { [self] rows, owned in
                var found: [PartyID: ElementState] = [:]
                for row in rows {
                    guard let eid = attempt({ try row.party("eid") }) else { return }
                    found[eid] = element(row, eid)
                }
                for eid in owned { elementSource?.learn(found[eid], of: eid) }
            },
            query(.purse, texts.ledgerPurses) { [self] rows, owned in
                loadedPurses.formUnion(owned)
                for row in rows { _ = purse(row) }
            },
            query(.balance, texts.ledgerBalances, by: "party") { [self] rows, owned in
                loadedParties.formUnion(owned)
                note(rows)
            },
            query(.difference, texts.ledgerDifferences) { [self] rows, owned in
                loadedDifferences.formUnion(owned)
                for row in rows { _ = learn(row) }
            },
            AheadQuery(texts.openTransfers, arguments) { [self] rows in try learnTransfers(rows) },
        ]
    }

    /// What reads the last numbers of the writer, and its part of the seller's accounts.
    func writerQueries(
        in database: any SQLConnection, setCounts: @escaping (LedgerCounts) -> Void
    ) -> [AheadQuery] {
        let (shard, writer) = (Shard(of: trail.writer).sqlValue, trail.writer.sqlValue)
        func text(_ table: LedgerTable, _ condition: String) -> String {
            "\(table.selection) WHERE \(condition)\(database.rowLock(of: table.name))"
        }
        return [
            aheadQuery(
                .count, text(.count, "shard = ? AND writer = ?"), [shard, writer], in: database
            ) { [self] rows in
                if let counts = attempt({ try counts(rows) }) { setCounts(counts) }
            },
            aheadQuery(
                .balance, text(.balance, "shard = ? AND account = ? AND part = ?"),
                [shard, Account.seller.description.sqlValue, writer], in: database
            ) { [self] rows in
                hasSeller = true
                note(rows)
            },
        ]
    }

    private func aheadQuery(
        _ table: LedgerTable, _ sql: String, _ arguments: [SQLValue], in database: any SQLConnection,
        note: @escaping ([SQLRow]) -> Void
    ) -> AheadQuery {
        AheadQuery(sql, arguments) { [self] rows in
            try read(in: database) {
                try check(rows, of: table)
                note(rows)
            }
        }
    }

    /// Learns the transfers that are open with elements of this transaction.
    private func learnTransfers(_ rows: [SQLRow]) throws {
        let facts = try rows.map { try LedgerFact($0, trail, path) }
        for (id, history) in Dictionary(grouping: facts, by: \.change.transfer) {
            if let id, openTransfers[id] != nil { transferSource?.learn(Transfer(history), of: id) }
        }
    }
}
