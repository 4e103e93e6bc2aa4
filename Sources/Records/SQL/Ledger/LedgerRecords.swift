public import Ledger
public import ValueProtocol

extension SQLRecords {
    public func ledgerBalances() throws(HostError) -> [LedgerBalance] {
        try read { database in
            try database.flushNotes()
            var found: [AccountInCurrency: (amount: Int128, pending: Int128)] = [:]
            let rows = try database.query(
                "\(LedgerTable.balance.selection) WHERE balance <> 0 OR pending <> 0")
            for row in rows {
                try LedgerTable.balance.check(row, trail, path)
                guard let account = Account(try row.text("account")) else { throw row.damaged("account") }
                let key = AccountInCurrency(account, try row.currency("currency"))
                let known = found[key] ?? (0, 0)
                // Of an account with a row for each writer, the sum.
                found[key] = (
                    known.amount + Int128(try row.integer("balance")),
                    known.pending + Int128(try row.integer("pending"))
                )
            }
            return found.filter { $1.amount != 0 || $1.pending != 0 }.map { key, sums in
                LedgerBalance(account: key.account, currency: key.currency, amount: sums.amount, pending: sums.pending)
            }.sorted {
                ($0.account.kind.rawValue, $0.account.description, $0.currency.rawValue)
                    < ($1.account.kind.rawValue, $1.account.description, $1.currency.rawValue)
            }
        }
    }

    public func transfers(of account: Account?) throws(HostError) -> [Transfer] {
        try read { database in
            try database.flushNotes()
            var facts: [TransferID: [LedgerFact]] = [:]
            let condition =
                account == nil
                ? "transfer IS NOT NULL"
                : """
                EXISTS (SELECT 1 FROM ledger_fact d WHERE d.shard = f.shard AND d.transfer = f.transfer AND d.step = 1
                    AND (d.source = ? OR d.target = ? OR d.doubt = ?))
                """
            let name = account.map { SQLValue.text($0.description) }
            try database.forEachRow(
                of: "SELECT f.* FROM ledger_fact f WHERE \(condition) ORDER BY f.transfer, f.step",
                name.map { [$0, $0, $0] } ?? []
            ) { row in
                let fact = try LedgerFact(row, trail, path)
                if let transfer = fact.change.transfer { facts[transfer, default: []].append(fact) }
            }
            return try facts.sorted { $0.key < $1.key }.map { id, facts in
                guard let transfer = Transfer(facts) else { throw HostError(.auditBroken, "\(path), transfer \(id)") }
                return transfer
            }
        }
    }

    public func differences() throws(HostError) -> [BookDifference] {
        try read { database in
            try database.flushNotes()
            let rows = try database.query(
                "\(LedgerTable.difference.selection) WHERE content IS NULL ORDER BY number")
            return try rows.map { row in
                try LedgerTable.difference.check(row, trail, path)
                return try DifferenceState(row).difference
            }
        }
    }

    public func recordLeft(
        _ debit: LeftDebit, of service: UtilityService, on card: PartyID, at time: Timestamp
    ) throws(HostError) {
        try write { database in
            try own(card, in: database)
            try book(card, "left", at: time, in: database) { state in
                let left = LeftStatement(card: card, service: service, debit)
                // A purse that the books do not know has no debit that they could set aside.
                guard state.purses[PurseID(card, service)] != nil,
                    debit.meter.kind.rawValue == service.rawValue, state.leftDebits[left.id] == nil
                else { return nil }
                return .leave(left)
            }
        }
    }

    public func book(_ order: LedgerOrder) throws(HostError) -> LedgerDecision {
        let refusal: LedgerError.Code? =
            switch order.request {
            case _ where order.key.element != nil || order.key.rawValue.utf8.contains(0): .badKey
            case .purchase, .correct, .resolve, .payLeft, .release, .assign: nil
            // What is done with elements is booked where it is recorded.
            case .setPurse, .load, .refund, .retry, .settle, .cardStatement, .meterStatement, .leave, .replace,
                .carryOver:
                .wrongElement
            }
        if let refusal {
            throw HostError(.booksRefuse, "\(order.key)", cause: LedgerError(refusal, order.key))
        }
        return try write { try perform(at: order.time, in: $0) { _ in order } }
    }

    public func releasableValue(of eid: PartyID, at time: Timestamp) throws(HostError) -> [RemainingValue] {
        try read { database in
            try database.ledger.read(trail, path: path, in: database) { state in
                (state.elements[eid]?.purses ?? []).sorted().compactMap { id in
                    guard let currency = state.purses[id]?.terms.currency else { return nil }
                    let amount = state.releasable(of: id)
                    guard amount > 0 else { return nil }
                    return RemainingValue(
                        service: id.service, currency: currency, amount: Amount(rawValue: UInt64(clamping: amount)),
                        asOf: time)
                }
            }
        }
    }

    public func violations() throws(HostError) -> [LedgerViolation] {
        try read { try violations(in: $0) }
    }

    func violations(in database: any SQLConnection) throws -> [LedgerViolation] {
        try database.flushNotes()
        return try LedgerInvariant.allCases.flatMap { invariant in
            try invariant.queries.flatMap { query in
                try database.query(query).map { LedgerViolation(invariant, try $0.text("subject")) }
            }
        }
    }
}
