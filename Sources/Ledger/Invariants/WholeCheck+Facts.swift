internal import ValueProtocol

/// The invariants of numbers, keys, receipts and reports.
extension WholeCheck {
    static func doublyOpen(_ ledger: GeneralLedger) -> [String] {
        var open: [PartyID: [TransferID]] = [:]
        for transfer in ledger.state.transfers.base.values where transfer.isPending {
            guard let element = transfer.transaction?.purse.element else { continue }
            open[element, default: []].append(transfer.id)
        }
        let known = ledger.state.elements.base.filter { $0.value.open != nil }
        return Set(open.keys).union(known.keys).filter { id in
            open[id, default: []].count > 1 || open[id]?.first != known[id]?.open
        }.map { "\($0)" }
    }

    static func descending(_ ledger: GeneralLedger) -> [String] {
        var highest: [PartyID: HostTransaction] = [:]
        var wrong: [String] = []
        for transfer in ledger.transfers {
            guard let transaction = transfer.transaction else { continue }
            let element = transaction.purse.element
            if transaction.htxn <= highest[element] ?? .none { wrong.append("\(element) \(transaction.htxn)") }
            highest[element] = max(transaction.htxn, highest[element] ?? .none)
        }
        let elements = ledger.state.elements.base
        let unknown = Set(highest.keys).union(elements.keys).filter {
            (highest[$0] ?? .none) != (elements[$0]?.highest ?? .none)
        }
        return wrong + unknown.map { "\($0)" }
    }

    static func wrongReceipts(_ ledger: GeneralLedger) -> [String] {
        var posted: [ReceiptNumber: TransferID] = [:]
        var wrong: [String] = []
        for transfer in ledger.state.transfers.base.values {
            let receipts = transfer.receipts
            if receipts.count > 1 { wrong.append("transfer \(transfer.id)") }
            for receipt in receipts {
                if posted.updateValue(transfer.id, forKey: receipt) != nil { wrong.append("receipt \(receipt)") }
            }
        }
        let known = ledger.state.receipts.base
        return wrong
            + Set(posted.keys).union(known.keys).filter { posted[$0] != known[$0] }.map { "receipt \($0)" }
    }

    static func wrongKeys(_ ledger: GeneralLedger) -> [String] {
        var ordered: [IdempotencyKey: LedgerRequest] = [:]
        var wrong: [String] = []
        for fact in ledger.facts {
            if case .ordered(let request) = fact.change {
                if ordered.updateValue(request.content, forKey: fact.key) != nil { wrong.append("\(fact.key)") }
            } else if ordered[fact.key] == nil {
                wrong.append("fact \(fact.number): \(fact.key)")
            }
        }
        for transfer in ledger.state.transfers.base.values where ordered[transfer.key] == nil {
            wrong.append("transfer \(transfer.id): \(transfer.key)")
        }
        let known = ledger.state.keys.base
        return wrong
            + Set(ordered.keys).union(known.keys).filter { ordered[$0] != known[$0]?.request }.map { "\($0)" }
    }

    static func withoutFacts(_ ledger: GeneralLedger) -> [String] {
        var wrong: [String] = []
        var order: IdempotencyKey?
        var transfers: Set<TransferID> = []
        var receipts: Set<ReceiptNumber> = []
        var differences: Set<DifferenceID> = []
        var purses: Set<PurseID> = []
        var steps = 0
        for (index, fact) in ledger.facts.enumerated() {
            if fact.number != UInt64(index + 1) { wrong.append("fact \(fact.number)") }
            switch fact.change {
            case .ordered(let request):
                order = fact.key
                if case .setPurse(let terms) = request { purses.insert(terms.purse) }
            case .opened(let transfer, _): transfers.insert(transfer.id)
            case .booked(let transfer, _, let receipt):
                transfers.insert(transfer.id)
                receipts.insert(receipt)
            case .posted(_, _, let receipt): receipts.insert(receipt)
            case .differenceOpened(let difference): differences.insert(difference.id)
            case .voided, .reopened, .proven, .leftProven, .differenceClosed: break
            }
            if fact.change.transfer != nil { steps += 1 }
            if fact.key != order { wrong.append("fact \(fact.number): \(fact.key)") }
        }
        let state = ledger.state
        if state.factCount != UInt64(ledger.facts.count) { wrong.append("\(state.factCount) facts") }
        if state.transfers.base.values.reduce(0, { $0 + $1.history.count }) != steps { wrong.append("steps") }
        wrong += transfers.symmetricDifference(state.transfers.base.keys).map { "transfer \($0)" }
        wrong += receipts.symmetricDifference(state.receipts.base.keys).map { "receipt \($0)" }
        wrong += differences.symmetricDifference(state.differences.base.keys).map { "difference \($0)" }
        wrong += purses.symmetricDifference(state.purses.base.keys).map { "purse \($0)" }
        return wrong
    }

    static func disagreeing(_ ledger: GeneralLedger) -> [String] {
        let state = ledger.state
        var subjects = Set(state.subjects.base.keys)
        for purse in state.purses.base.keys { subjects.formUnion([.balance(purse), .overdraft(purse)]) }
        for pair in state.pairs.base.keys { subjects.insert(.debits(pair)) }
        for debit in state.leftDebits.base.keys { subjects.insert(.left(debit)) }
        return subjects.filter { !state.agrees(on: $0) }.map { "\($0)" }
    }
}

extension LedgerState {
    /// Whether what is open for a subject is what should be; the kind may be that of an earlier time.
    func agrees(on subject: BookDifference.Subject) -> Bool {
        let (open, expected) = (openDifference(of: subject), expectedDifference(of: subject))
        return open?.amount == expected?.amount && (open?.kind == .valueMissing) == (expected?.kind == .valueMissing)
    }
}

extension Transfer {
    /// The receipts of its steps; one, or none.
    var receipts: [ReceiptNumber] {
        history.compactMap { if case .posted(let receipt) = $0.state { receipt } else { nil } }
    }
}
