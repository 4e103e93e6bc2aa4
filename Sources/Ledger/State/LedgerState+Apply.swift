internal import ValueProtocol

/// The fold of facts. It judges nothing: whether an order may do something was decided before, and the invariants tell
/// whether facts hold.
extension LedgerState {
    package mutating func apply(_ fact: LedgerFact) throws(LedgerError) {
        guard fact.number == factCount + 1 else { throw LedgerError(.factOutOfOrder, fact.number) }
        factCount += 1
        switch fact.change {
        case .ordered(let request):
            keys[fact.key] = AcceptedOrder(request: request.content)
            learn(from: request)
        case .opened(let transfer, let entries):
            try add(transfer, .pending, entries, fact)
            pending[key(of: transfer), initially: 0] += Int128(transfer.amount)
            if let transaction = transfer.transaction {
                elements[transaction.purse.element, initially: ElementState()].open = transfer.id
                elements[transaction.purse.element, initially: ElementState()].highest = transaction.htxn
            }
        case .booked(let transfer, let entries, let receipt):
            try add(transfer, .posted(receipt), entries, fact)
            record(receipt, of: transfer.id)
            learn(from: transfer)
        case .posted(let id, let entries, let receipt):
            try close(id, .posted(receipt), entries, fact)
            record(receipt, of: id)
        case .voided(let id, let entries, let reason):
            try close(id, .voided(reason), entries, fact)
        case .reopened(let id, let entries):
            let transfer = try step(id, .pending, entries, fact)
            pending[key(of: transfer), initially: 0] += Int128(transfer.amount)
            if let transaction = transfer.transaction {
                elements[transaction.purse.element, initially: ElementState()].open = id
            }
        case .proven(let purse, let balance): purses[purse]?.proven = balance
        case .leftProven(let debit): leftDebits[debit]?.isProven = true
        case .differenceOpened(let difference):
            differenceCount = max(differenceCount, difference.id.rawValue)
            differences[difference.id] = DifferenceState(difference: difference)
            subjects[difference.subject] = difference.id
        case .differenceClosed(let id, let end):
            differences[id]?.end = end
            if case .resolved = end, let subject = differences[id]?.difference.subject { accept(subject) }
        }
    }

    private func key(of transfer: Transfer) -> AccountInCurrency { AccountInCurrency(transfer.from, transfer.currency) }

    private mutating func add(
        _ transfer: Transfer, _ state: TransferState, _ entries: [LedgerEntry], _ fact: LedgerFact
    ) throws(LedgerError) {
        transferCount = max(transferCount, transfer.id.rawValue)
        transfers[transfer.id] = transfer
        keys[transfer.key, initially: AcceptedOrder(request: .retry(transfer.id))].transfers.append(transfer.id)
        _ = try step(transfer.id, state, entries, fact)
    }

    private mutating func close(
        _ id: TransferID, _ state: TransferState, _ entries: [LedgerEntry], _ fact: LedgerFact
    ) throws(LedgerError) {
        let transfer = try step(id, state, entries, fact)
        pending[key(of: transfer), initially: 0] -= Int128(transfer.amount)
        if let transaction = transfer.transaction {
            elements[transaction.purse.element, initially: ElementState()].open = nil
        }
    }

    /// Appends a step to a transfer, and its entries to the balances.
    private mutating func step(
        _ id: TransferID, _ state: TransferState, _ entries: [LedgerEntry], _ fact: LedgerFact
    ) throws(LedgerError) -> Transfer {
        guard let transfer = transfers[id] else { throw LedgerError(.noSuchTransfer, id) }
        transfers[id]?.history.append(
            TransferStep(fact: fact.number, time: fact.time, state: state, entries: entries))
        for entry in entries {
            let key = AccountInCurrency(entry.account, entry.currency)
            balances[key] = try sum(balances[key] ?? 0, Int128(entry.amount), key)
            if transfer.kind.movesElement, let purse = entry.account.purse, let proven = purses[purse]?.proven {
                let moved = try sum(proven, Int128(entry.amount), key)
                purses[purse]?.proven = moved
            }
        }
        return transfer
    }

    private func sum(_ a: Int128, _ b: Int128, _ key: AccountInCurrency) throws(LedgerError) -> Int128 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow else { throw LedgerError(.sumOverflows, key.account) }
        return sum
    }

    private mutating func record(_ receipt: ReceiptNumber, of id: TransferID) {
        receiptCount = max(receiptCount, receipt.rawValue)
        receipts[receipt] = id
    }
}
