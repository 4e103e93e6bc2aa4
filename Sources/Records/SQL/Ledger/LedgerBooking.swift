import Ledger
import ValueProtocol

/// Orders of the ledger, in the transaction of the change that they belong to.
extension SQLRecords {
    /// Does an order of the records' own. What it opens or closes of differences is in the audit trail.
    ///
    /// - Parameters:
    ///   - eid: the element that the key begins with.
    ///   - name: what the order is, for its key.
    ///   - isUnique: whether there is only one of that name with the element; others get a number.
    ///   - isNew: whether the caller knows that there is none of that name yet; nil if it has a number.
    ///   - request: made of the ledger's state; nil for nothing to do.
    /// - Throws: `HostError` `.booksRefuse`, `.auditBroken`, `.booksBroken`, or the database's error.
    @discardableResult
    func book(
        _ eid: PartyID, _ name: String, isUnique: Bool = false, isNew: Bool? = nil, at time: Timestamp,
        in database: any SQLConnection, _ request: (LedgerState) throws -> LedgerRequest?
    ) throws -> LedgerDecision {
        try perform(at: time, in: database) { state in
            try request(state).map { request in
                let key = "\(eid) \(name)" + (isUnique ? "" : " \(state.factCount + 1)")
                return LedgerOrder(key: IdempotencyKey(key), isNew: isNew ?? !isUnique, time: time, request)
            }
        }
    }

    /// Does an order.
    ///
    /// - Throws: as `book`.
    @discardableResult
    func perform(
        at time: Timestamp, in database: any SQLConnection, _ order: (LedgerState) throws -> LedgerOrder?
    ) throws -> LedgerDecision {
        let decision: LedgerDecision
        do {
            decision = try database.ledger.perform(order, trail, path: path, in: database)
        } catch let refusal as LedgerError {
            throw HostError(.booksRefuse, refusal.subject, cause: refusal)
        }
        for fact in decision.facts {
            switch fact.change {
            case .differenceOpened(let difference):
                try trail.append(.difference(difference), of: difference.subject.element, at: time, to: database)
            case .differenceClosed(let id, let end):
                let subject = try database.ledger.read(trail, path: path, in: database) {
                    $0.differences[id]?.difference.subject
                }
                guard let subject else { throw HostError(.corrupt, path) }
                try trail.append(.differenceEnd(id, end), of: subject.element, at: time, to: database)
            case .ordered(.correct(let correction)):
                let eid = correction.from.element ?? correction.to.element ?? .none
                try trail.append(.correction(correction), of: eid, at: time, to: database)
            default: break
            }
        }
        return decision
    }
}

/// What the records do in the ledger by themselves.
extension SQLRecords {
    /// A purse as it is on record, or as an order names it.
    func bookPurse(
        _ id: PurseID, _ currency: Currency, limit: Amount? = nil, at time: Timestamp, in database: any SQLConnection
    ) throws {
        do {
            try book(id.element, "purse", at: time, in: database) { state in
                let known = state.purses[id]?.terms
                // Of a purse that is not on record only the element knows the limit.
                let terms = PurseTerms(id, currency: currency, limit: limit ?? known?.limit ?? .most)
                return known == terms ? nil : .setPurse(terms)
            }
        } catch let error as HostError where error.refusal == .purseNotEmpty && limit != nil {
            // The element has taken the binding, so it is empty. What its books still hold is settled by reports first.
        }
    }

    /// The intent of STORE CREDIT or REFUND.
    func bookIntent(
        _ transaction: CreditTransaction, _ request: CreditRequest, at time: Timestamp, in database: any SQLConnection
    ) throws {
        let (order, eid) = (transaction.order, transaction.eid)
        guard transaction.kind != .convertTariff else { return }
        let purse = PurseID(eid, order.service)
        let carry = try carryOver(with: transaction.reference, to: eid, in: database)
        try bookPurse(purse, order.currency, at: time, in: database)
        // The element's HTXNs ascend, so there is none of that number.
        try book(eid, "order \(order.htxn)", isUnique: true, isNew: true, at: time, in: database) { state in
            if let carry {
                return .carryOver(
                    CarryOverOrder(
                        from: PurseID(carry.from, carry.service), to: eid, currency: order.currency,
                        amount: order.amount, htxn: order.htxn))
            }
            let float = transaction.kind == .storeCredit && order.service != .float ? request.payer : nil
            // A float that these records do not know is somebody else's account.
            let reseller = float.flatMap { state.purses[PurseID($0, .float)] == nil ? nil : $0 }
            let element = ElementOrder(
                purse, currency: order.currency, amount: order.amount, htxn: order.htxn,
                party: reseller.map { .reseller($0) } ?? .seller)
            return transaction.kind == .refund ? .refund(element) : .load(element)
        }
    }

    /// A transaction is sent again.
    func bookRetry(_ transaction: CreditTransaction, at time: Timestamp, in database: any SQLConnection) throws {
        guard let transfer = try transfer(of: transaction, in: database) else { return }
        try book(transaction.eid, "again \(transaction.htxn)", at: time, in: database) { _ in .retry(transfer) }
    }

    /// The outcome of a transaction.
    func bookOutcome(
        _ transaction: CreditTransaction, _ outcome: TransferOutcome, at time: Timestamp, in database: any SQLConnection
    ) throws {
        guard let transfer = try transfer(of: transaction, in: database) else { return }
        try book(transaction.eid, "outcome \(transaction.htxn)", at: time, in: database) { state in
            state.transfers[transfer]?.isPending == true ? .settle(transfer, outcome) : nil
        }
    }

    /// What an element proved that a purse holds.
    ///
    /// - Parameters:
    ///   - nt: of the session; nil for that of the last report.
    ///   - highest: the highest HTXN that the element has applied; nil for that of the books.
    func bookReport(
        _ balance: Amount, of id: PurseID, nt: UInt32? = nil, highest: HostTransaction? = nil, at time: Timestamp,
        in database: any SQLConnection
    ) throws {
        // What is beyond the range of the books is as far above them as they can tell.
        let balance = min(balance, .most)
        let bound = try purses(of: id.element, in: database).first { $0.service == id.service }
        if let bound { try bookPurse(id, bound.currency, limit: bound.limit, at: time, in: database) }
        let isMeter = id.element.kind.isMeter
        guard !isMeter || id.element.kind.rawValue == id.service.rawValue else { return }
        // A float has no slot: what it holds less than the books went nowhere that they know.
        let slot = bound.flatMap { bind in
            bind.meter.kind.isMeter && bind.meter.kind.rawValue == id.service.rawValue && !isMeter ? bind.meter : nil
        }
        try book(id.element, "report", at: time, in: database) { state in
            guard let purse = state.purses[id], !state.expects(balance, of: id, slot: slot) else { return nil }
            let element = state.elements[id.element]
            let (nt, highest) = (nt ?? element?.nt ?? 0, highest ?? element?.highest ?? .none)
            // Of an electric meter that tells its account, the purse alone does not tell what was used: the token in use
            // is in the books too.
            if id.element.kind == .electricMeter, element?.spent != nil,
                Int128(balance.rawValue) <= state.balance(.held(by: id), purse.terms.currency) + purse.setAside
            {
                return nil
            }
            guard isMeter else {
                return .cardStatement(
                    CardStatement(
                        id, currency: purse.terms.currency, balance: balance, nt: nt, highest: highest, slot: slot))
            }
            return .meterStatement(
                MeterStatement(
                    id, currency: purse.terms.currency, balance: balance, spent: nil, debt: nil, credited: nil,
                    clock: element?.clock ?? Timestamp(rawValue: 0), way: .session(nt: nt, highest: highest)))
        }
        try assignReported([id.element], at: time, in: database)
    }

    /// What a meter proved of its purse, with what it owes and what became of the value that it was given.
    func bookAccount(
        _ account: MeterAccount, of id: PurseID, nt: UInt32, highest: HostTransaction, at time: Timestamp,
        in database: any SQLConnection
    ) throws {
        // What energy given back was paid for is value that came in.
        let used = account.spent.adding(account.forfeited).map { $0.subtracting(account.paid) ?? .zero } ?? .all
        let amounts = [account.value, used, account.debt].map { min($0, .most) }
        let bound = try purses(of: id.element, in: database).first { $0.service == id.service }
        if let bound { try bookPurse(id, bound.currency, limit: bound.limit, at: time, in: database) }
        try book(id.element, "account", at: time, in: database) { state in
            guard let purse = state.purses[id], id.element.kind.rawValue == id.service.rawValue else { return nil }
            let element = state.elements[id.element]
            let currency = purse.terms.currency
            let isKnown =
                element?.open == nil && element?.replacement == nil && element?.spent == amounts[1]
                && purse.proven == Int128(amounts[0].rawValue) && state.gap(of: purse) == 0
                && state.balance(.debt(id.element), currency) == -Int128(amounts[2].rawValue)
                && state.balance(.delivered(id.element), currency) == Int128(amounts[1].rawValue)
            guard !isKnown else { return nil }
            return .meterStatement(
                MeterStatement(
                    id, currency: currency, balance: amounts[0], spent: amounts[1], debt: amounts[2], credited: nil,
                    clock: element?.clock ?? Timestamp(rawValue: 0), way: .session(nt: nt, highest: highest)))
        }
        try assignReported([id.element], at: time, in: database)
    }

    /// What a meter reported through a card.
    func bookMeterStatus(
        _ record: MeterStatusRecord, from card: PartyID, at time: Timestamp, in database: any SQLConnection
    ) throws {
        guard let status = MeterStatus(record.status), record.meter.kind.rawValue == record.service.rawValue else {
            return
        }
        let id = PurseID(record.meter, record.service)
        let source = PurseID(card, record.service)
        let bound = try purses(of: record.meter, in: database).first { $0.service == record.service }
        do {
            // A meter takes the currency of the card that it draws from (protocol §4, BIND).
            let currency =
                try bound?.currency
                ?? database.ledger.read(trail, path: path, in: database) {
                    $0.purses[id]?.terms.currency ?? $0.purses[source]?.terms.currency
                }
            guard let currency else { return }
            try bookPurse(id, currency, limit: bound?.limit, at: time, in: database)
            try book(record.meter, "status", at: time, in: database) { state in
                // The books of another currency are settled first.
                guard state.purses[id]?.terms.currency == currency else { return nil }
                return .meterStatement(
                    MeterStatement(
                        // An electric meter's total has use on credit in it, and no tokens that were forfeited: its
                        // account tells them apart.
                        id, currency: currency, balance: status.balance,
                        spent: record.meter.kind == .electricMeter ? nil : status.spent, debt: nil,
                        credited: status.credited, clock: status.clock, way: .card(card, nt: record.nt)))
            }
            let partners = try database.ledger.read(trail, path: path, in: database) {
                $0.elements[record.meter]?.partners ?? []
            }
            try assignReported([record.meter] + partners, at: time, in: database)
        } catch let error as HostError where error.refusal == .staleReport {
            // Cards bring what meters said in any order; a newer word is in the books.
        }
    }

    /// An element makes way for another.
    ///
    /// - Returns: what is set aside for it, by purse.
    func bookReplacement(
        of eid: PartyID, by successor: PartyID, _ rule: CarryRule, at time: Timestamp, in database: any SQLConnection
    ) throws -> [RemainingValue] {
        try book(eid, "replacement", isUnique: true, at: time, in: database) { _ in
            // No operation puts a debt into a meter: the value carried is net of it.
            .replace(
                ElementReplacement(
                    of: eid, by: successor, carry: rule.ledgerRule, debt: eid.kind.isMeter ? .kept : .carried))
        }
        return try database.ledger.read(trail, path: path, in: database) { state in
            try (state.elements[eid]?.purses ?? []).sorted().compactMap { id in
                guard let currency = state.purses[id]?.terms.currency else { return nil }
                let amount = state.balance(.carried(from: id), currency)
                guard amount > 0 else { return nil }
                guard let carried = UInt64(exactly: amount) else { throw HostError(.booksBroken, "\(id)") }
                return RemainingValue(
                    service: id.service, currency: currency, amount: Amount(rawValue: carried), asOf: time)
            }
        }
    }

    /// What a replaced element's successor gets once a report has come, set aside once.
    private func assignReported(_ eids: [PartyID], at time: Timestamp, in database: any SQLConnection) throws {
        for eid in eids {
            let due = try database.ledger.read(trail, path: path, in: database) { $0.assignable(of: eid) }
            for id in due {
                let origin: [any SQLArgument] = [Shard(of: eid), eid, id.service]
                guard
                    try carryOvers("shard = ? AND origin = ? AND service = ?", origin, in: database).isEmpty,
                    let successor = try lastSuccessor(of: eid, in: database)
                else { continue }
                try book(eid, "assignment", at: time, in: database) { _ in .assign(id) }
                let (currency, amount) = try database.ledger.read(trail, path: path, in: database) { state in
                    let currency = state.purses[id]?.terms.currency
                    return (currency, currency.map { state.balance(.carried(from: id), $0) } ?? 0)
                }
                guard let currency, amount > 0, let carried = UInt64(exactly: amount) else { continue }
                try insert(
                    CarryOver(
                        from: eid, to: successor, service: id.service, currency: currency,
                        amount: Amount(rawValue: carried)),
                    at: time, in: database)
            }
        }
    }

    /// The element that has, or gets, what `eid` held.
    private func lastSuccessor(of eid: PartyID, in database: any SQLConnection) throws -> PartyID? {
        var successor = try status(of: eid, in: database).replacement
        while let next = try successor.flatMap({ try status(of: $0, in: database).replacement }) { successor = next }
        return successor
    }

    /// The transfer that a transaction carries out; nil for one that moves nothing, or is older than the ledger and could
    /// not be brought forward.
    private func transfer(of transaction: CreditTransaction, in database: any SQLConnection) throws -> TransferID? {
        guard transaction.kind != .convertTariff else { return nil }
        let open = try database.ledger.read(trail, path: path, in: database) { state in
            state.elements[transaction.eid]?.open.flatMap { state.transfers[$0] }
        }
        if let open, open.transaction?.htxn == transaction.htxn { return open.id }
        try database.flushNotes()
        let row = try database.query(
            "SELECT transfer FROM ledger_fact WHERE shard = ? AND element = ? AND htxn = ? AND kind = 2",
            Shard(of: transaction.eid), transaction.eid, transaction.htxn
        ).first
        return try row.map { TransferID(rawValue: try $0.unsigned("transfer")) }
    }

    /// The carry-over that an order with this reference carries out.
    private func carryOver(
        with reference: String?, to eid: PartyID, in database: any SQLConnection
    ) throws -> CarryOver? {
        guard let reference, reference.hasPrefix(CarryOver.prefix) else { return nil }
        return try carryOvers("target = ?", [eid], in: database).first { $0.reference == reference }
    }
}

extension HostError {
    /// Why the ledger refused; nil if something else failed.
    var refusal: LedgerError.Code? { (cause as? LedgerError)?.code }
}

extension CarryRule {
    fileprivate var ledgerRule: ElementReplacement.Carry {
        switch self {
        case .none: .none
        case .known: .known
        case .afterReport: .afterReport
        }
    }
}

extension LedgerState {
    /// The purses of a replaced element that wait for a report which has come.
    fileprivate func assignable(of eid: PartyID) -> [PurseID] {
        guard let element = elements[eid], element.replacement?.carry == .afterReport, element.isReportedSince else {
            return []
        }
        return element.purses.filter { id in
            guard let purse = purses[id] else { return false }
            let held = balance(.held(by: id), purse.terms.currency)
            return min(held, purse.proven.map { $0 - purse.setAside } ?? held) > 0
        }
    }

    /// Whether the books say the same as an element that reports a balance, and it changes nothing that they know.
    fileprivate func expects(_ balance: Amount, of id: PurseID, slot: PartyID?) -> Bool {
        guard let purse = purses[id], purse.proven == Int128(balance.rawValue), gap(of: purse) == 0 else {
            return false
        }
        guard let element = elements[id.element] else { return slot == nil }
        return element.open == nil && element.replacement == nil
            && slot.map { element.partners.contains($0) } ?? true
            && element.partners.allSatisfy { partner in
                let (card, meter) = id.element.kind.isMeter ? (partner, id.element) : (id.element, partner)
                return pairs[CardAtMeter(card, at: meter)]?.untold == 0 && elements[meter]?.leftDebits.isEmpty ?? true
            }
    }
}

extension Amount {
    /// The most that the ledger moves at once.
    fileprivate static let most = Amount(rawValue: UInt64(Int64.max))
}

extension Account {
    /// The element that it belongs to; of a debit that was left behind, the meter.
    var element: PartyID? { LedgerPlace(of: self, writer: 0).party }
}
