import ValueProtocol

/// A statement of those with which a transaction reads what orders need, and what is done with its rows.
struct AheadQuery {
    let query: SQLQuery
    let note: ([SQLRow]) throws -> Void

    init(_ sql: String, _ arguments: [SQLValue], note: @escaping ([SQLRow]) throws -> Void) {
        query = SQLQuery(sql, arguments)
        self.note = note
    }
}

/// What orders need of elements is read together, so that a server is asked once.
extension SQLRecords {
    /// Reads what orders need of elements, and keeps others from changing it before this transaction ends.
    ///
    /// An element without a row is left out: nothing keeps others from making it.
    func readAhead(_ eids: [PartyID], in database: any SQLConnection) throws {
        guard !eids.isEmpty else { return }
        // What is read anew is as it was written.
        try database.elements.flush(into: database)
        var queries: [AheadQuery] = []
        ElementBatch.forEach(eids) { batch in
            let texts = AheadTexts.texts(for: batch, in: database)
            queries += elementQueries(batch, texts, in: database)
            queries.append(sequences(batch, texts, in: database))
            queries += database.ledger.aheadQueries(batch, texts, trail, path: path, in: database)
        }
        queries += database.ledger.writerQueries(trail, path: path, in: database)
        if database.notes.last == nil { queries.append(lastEntry(in: database)) }
        try database.forEachResult(of: queries.map(\.query)) { try queries[$0].note($1) }
    }

    /// Reads what an order needs of an element, and ensures that it has a row and that nobody else changes anything of the
    /// element before this transaction ends.
    ///
    /// - Returns: its status.
    func ownForOrder(_ eid: PartyID, in database: any SQLConnection) throws -> ElementStatus {
        try database.touch(Shard(of: eid))
        if let status = database.elements.statuses[eid] { return status }
        try readAhead([eid], in: database)
        if let status = database.elements.statuses[eid] { return status }
        let status = try own(eid, in: database)
        try readAhead([eid], in: database)
        return status
    }

    /// Status, purses, newest and unsettled transactions. The first statement locks the rows of the elements.
    private func elementQueries(
        _ batch: ElementBatch, _ texts: AheadTexts, in database: any SQLConnection
    ) -> [AheadQuery] {
        let (notes, arguments) = (database.elements, batch.arguments)
        return [
            AheadQuery(texts.statuses, arguments) { rows in
                for row in rows {
                    let eid = try row.party("eid")
                    notes.statuses[eid] = try ElementStatus(row)
                    notes.purses[eid] = []
                    notes.beginTransactions(of: eid)
                }
            },
            AheadQuery(texts.purses, arguments) { rows in
                for row in rows { notes.purses[try row.party("eid")]?.append(try Bind(row)) }
            },
            AheadQuery(texts.newestTransactions, arguments) { rows in
                for row in rows { notes.note(try CreditTransaction(row)) }
            },
            AheadQuery(texts.unsettledTransactions, arguments) { rows in
                for row in rows { notes.note(try CreditTransaction(row)) }
            },
        ]
    }

    /// The numbers of the elements' last entries.
    private func sequences(_ batch: ElementBatch, _ texts: AheadTexts, in database: any SQLConnection) -> AheadQuery {
        let (elements, notes) = (database.elements, database.notes)
        return AheadQuery(texts.sequences, batch.arguments) { rows in
            for row in rows {
                let eid = try row.party("eid")
                guard elements.statuses[eid] != nil, notes.sequences[eid] == nil else { continue }
                notes.sequences[eid] = row.isNull("sequence") ? 0 : try row.integer("sequence")
            }
        }
    }

    /// The newest entry of the writer's chain.
    private func lastEntry(in database: any SQLConnection) -> AheadQuery {
        let notes = database.notes
        return AheadQuery(AuditTrail.lastEvent, [trail.writer.sqlValue]) { rows in
            notes.last = try rows.first.map { (try $0.integer("number"), try $0.bytes("hash")) }
        }
    }
}
