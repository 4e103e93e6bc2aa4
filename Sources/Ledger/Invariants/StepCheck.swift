internal import ValueProtocol

/// The twelve invariants of what one order changes, by difference: the effort does not grow with the ledger.
///
/// Made before the facts are appended, it tells afterwards what they violate. Where the invariants held of the whole
/// before, and the step violates none, they hold of the whole after.
public struct StepCheck: Sendable {
    private let facts: [LedgerFact]
    private var balances: [AccountInCurrency: Int128] = [:]
    private var elements: [PartyID: ElementState] = [:]
    private var knownKeys: Set<IdempotencyKey> = []
    private let factCount: UInt64
    private let receiptCount: UInt64

    /// - Parameters:
    ///   - facts: of one order.
    ///   - ledger: before they are appended.
    public init(of facts: [LedgerFact], on ledger: GeneralLedger) {
        let state = ledger.state
        self.facts = facts
        factCount = state.factCount
        receiptCount = state.receiptCount
        for fact in facts {
            if state.keys[fact.key] != nil { knownKeys.insert(fact.key) }
            for entry in fact.change.entries {
                let key = AccountInCurrency(entry.account, entry.currency)
                balances[key] = state.balance(entry.account, entry.currency)
            }
            let transfer: Transfer? =
                switch fact.change {
                case .opened(let transfer, _): transfer
                default: fact.change.transfer.flatMap { state.transfers[$0] }
                }
            if let element = transfer?.transaction?.purse.element {
                elements[element] = state.elements[element] ?? ElementState()
            }
        }
    }

    /// - Parameter ledger: after the facts were appended.
    public func violations(after ledger: GeneralLedger) -> [LedgerViolation] {
        LedgerInvariant.allCases.flatMap { invariant in
            violating(invariant, ledger.state).map { LedgerViolation(invariant, $0) }
        }
    }

    private func violating(_ invariant: LedgerInvariant, _ state: LedgerState) -> [String] {
        switch invariant {
        case .conservation: unconserved(state)
        case .balancedTransfers: unbalanced(state)
        case .balanceIsSumOfEntries: wrongBalances(state)
        case .pendingNotNegative: wrongPending(state)
        case .floatCoversPending:
            balances.keys.filter { $0.coversPending && state.balance($0.account, $0.currency) < 0 }.map { "\($0)" }
        case .oneOpenPerElement: doublyOpen(state)
        case .numbersAscend: descending(state)
        case .receiptPerTransfer: wrongReceipts(state)
        case .keyOnce: wrongKeys(state)
        case .refusalChangesNothing: withoutFacts(state)
        case .inDoubtAndKnownAreAll: unexplainedDoubt(state)
        case .reportsAgree: disagreeing(state)
        }
    }
}

extension StepCheck {
    private func unconserved(_ state: LedgerState) -> [String] {
        var sums: [Currency: CheckedSum] = [:]
        for (key, before) in balances {
            sums[key.currency, default: CheckedSum()].add(state.balance(key.account, key.currency))
            sums[key.currency, default: CheckedSum()].subtract(before)
        }
        return sums.filter { !$1.isZero }.map { "\($0.key)" }
    }

    private func unbalanced(_ state: LedgerState) -> [String] {
        Set(facts.compactMap(\.change.transfer)).filter { state.transfers[$0]?.isBalanced == false }
            .map { "transfer \($0)" }
    }

    /// The facts whose step is in no transfer.
    private func lostSteps(_ state: LedgerState) -> [String] {
        facts.filter { fact in
            guard let id = fact.change.transfer else { return false }
            return state.transfers[id]?.history.contains { $0.fact == fact.number } != true
        }.map { "fact \($0.number)" }
    }

    private func wrongBalances(_ state: LedgerState) -> [String] {
        var sums = balances.mapValues { before in
            var sum = CheckedSum()
            sum.add(before)
            return sum
        }
        for entry in facts.flatMap(\.change.entries) {
            sums[AccountInCurrency(entry.account, entry.currency)]?.add(Int128(entry.amount))
        }
        return sums.filter { !$1.equals(state.balance($0.account, $0.currency)) }.map { "\($0.key)" } + lostSteps(state)
    }

    private func wrongPending(_ state: LedgerState) -> [String] {
        balances.keys.filter { key in
            (state.pending[key] ?? 0) < 0 || key.isInDoubt && state.balance(key.account, key.currency) < 0
        }.map { "\($0)" }
    }

    private func doublyOpen(_ state: LedgerState) -> [String] {
        elements.filter { id, before in
            var open = before.open.map { Set([$0]) } ?? []
            for fact in facts {
                switch fact.change {
                case .opened(let transfer, _) where transfer.transaction?.purse.element == id: open.insert(transfer.id)
                case .reopened(let transfer, _) where isOf(transfer, id, state): open.insert(transfer)
                case .posted(let transfer, _, _), .voided(let transfer, _, _): open.remove(transfer)
                default: break
                }
                if open.count > 1 { return true }
            }
            return open.first != state.elements[id]?.open
        }.map { "\($0.key)" }
    }

    private func isOf(_ transfer: TransferID, _ element: PartyID, _ state: LedgerState) -> Bool {
        state.transfers[transfer]?.transaction?.purse.element == element
    }

    private func descending(_ state: LedgerState) -> [String] {
        elements.filter { id, before in
            var highest = before.highest
            for fact in facts {
                guard case .opened(let transfer, _) = fact.change, let transaction = transfer.transaction,
                    transaction.purse.element == id
                else { continue }
                if transaction.htxn <= highest { return true }
                highest = transaction.htxn
            }
            return highest != state.elements[id]?.highest
        }.map { "\($0.key)" }
    }

    private func wrongReceipts(_ state: LedgerState) -> [String] {
        var last = receiptCount
        var wrong: [String] = []
        for fact in facts {
            let (id, receipt): (TransferID, ReceiptNumber)
            switch fact.change {
            case .booked(let transfer, _, let number): (id, receipt) = (transfer.id, number)
            case .posted(let transfer, _, let number): (id, receipt) = (transfer, number)
            default: continue
            }
            if receipt.rawValue <= last || state.receipts[receipt] != id || state.transfers[id]?.receipts != [receipt] {
                wrong.append("receipt \(receipt)")
            }
            last = max(last, receipt.rawValue)
        }
        return state.receiptCount == last ? wrong : wrong + ["\(state.receiptCount) receipts"]
    }

    private func wrongKeys(_ state: LedgerState) -> [String] {
        var seen: Set<IdempotencyKey> = []
        var wrong: [String] = []
        for fact in facts {
            guard case .ordered(let request) = fact.change else {
                if !seen.contains(fact.key) { wrong.append("fact \(fact.number): \(fact.key)") }
                continue
            }
            if !seen.insert(fact.key).inserted || knownKeys.contains(fact.key)
                || state.keys[fact.key]?.request != request.content
            {
                wrong.append("\(fact.key)")
            }
        }
        return wrong
    }

    private func withoutFacts(_ state: LedgerState) -> [String] {
        var wrong = lostSteps(state)
        for (index, fact) in facts.enumerated() {
            if index == 0, !fact.change.isOrder { wrong.append("fact \(fact.number)") }
            if fact.number != factCount + UInt64(index) + 1 || fact.key != facts[0].key {
                wrong.append("fact \(fact.number)")
            }
        }
        return state.factCount == factCount + UInt64(facts.count) ? wrong : wrong + ["\(state.factCount) facts"]
    }

    private func unexplainedDoubt(_ state: LedgerState) -> [String] {
        var keys = Set(balances.keys)
        for transfer in facts.compactMap({ $0.change.transfer.flatMap { state.transfers[$0] } }) {
            // Also where its entries went elsewhere.
            if let purse = transfer.transaction?.purse ?? transfer.pair?.purseOfMeter {
                keys.insert(AccountInCurrency(.inDoubt(in: purse), transfer.currency))
            }
        }
        return keys.filter { key in
            guard case .inDoubt(let element, let service) = key.account else { return false }
            var explained = CheckedSum()
            if let open = state.elements[element]?.open.flatMap({ state.transfers[$0] }), open.isPending,
                open.transaction?.purse == PurseID(element, service), open.currency == key.currency
            {
                explained.add(Int128(open.amount))
            }
            for card in state.elements[element]?.partners ?? [] {
                let id = CardAtMeter(card, at: element)
                guard let pair = state.pairs[id], pair.currency == key.currency,
                    id.purseOfMeter == PurseID(element, service)
                else { continue }
                explained.add(pair.inDoubt)
            }
            return !explained.equals(state.balance(key.account, key.currency))
        }.map { "\($0)" } + unconserved(state)
    }

    private func disagreeing(_ state: LedgerState) -> [String] {
        var subjects: Set<BookDifference.Subject> = []
        for fact in facts {
            for purse in fact.change.entries.compactMap(\.account.purse) {
                subjects.formUnion([.balance(purse), .overdraft(purse)])
            }
            switch fact.change {
            case .ordered(.cardStatement(let report)):
                subjects.formUnion([.balance(report.purse), .overdraft(report.purse)])
                for meter in state.elements[report.purse.element]?.partners ?? [] {
                    subjects.insert(.debits(CardAtMeter(report.purse.element, at: meter)))
                }
            case .ordered(.meterStatement(let report)):
                subjects.formUnion([.balance(report.purse), .overdraft(report.purse)])
            case .ordered(.leave(let report)): subjects.insert(.left(report.id))
            case .ordered(.payLeft(let payment)): subjects.insert(.left(payment.debit))
            case .booked(let transfer, _, _): if let pair = transfer.pair { subjects.insert(.debits(pair)) }
            case .proven(let purse, _): subjects.insert(.balance(purse))
            case .differenceOpened(let difference): subjects.insert(difference.subject)
            case .differenceClosed(let id, _):
                if let subject = state.differences[id]?.difference.subject { subjects.insert(subject) }
            default: break
            }
            for case .left(let debit) in fact.change.entries.map(\.account) { subjects.insert(.left(debit)) }
        }
        return subjects.filter { !state.agrees(on: $0) }.map { "\($0)" }
    }
}
