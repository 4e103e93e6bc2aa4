internal import ValueProtocol

/// Replacements, exchanges, and what the successor gets.
extension Draft {
    mutating func replace(_ order: ElementReplacement) throws(LedgerError) {
        guard order.old != order.successor, order.old.kind == order.successor.kind, order.old != .none else {
            throw LedgerError(.wrongElement, order.successor)
        }
        if let known = state.elements[order.old]?.replacement {
            guard known == order else { throw LedgerError(.replaced, order.old) }
            return try accept()
        }
        try requireFree(order.old)
        guard state.elements[order.successor]?.replacement == nil else {
            throw LedgerError(.replaced, order.successor)
        }
        let purses = (state.elements[order.old]?.purses ?? []).compactMap { state.purses[$0]?.terms }
        for terms in purses { _ = try remaining(terms) }
        try accept()
        for terms in purses {
            if order.old.kind.isMeter {
                try drawShown(terms)
                // A report that is still to come tells of debt too.
                if order.debt != .kept || order.carry != .afterReport { try moveDebt(order, terms) }
            }
            if order.carry == .known { try setAside(terms) }
            try reconcile(terms.purse)
        }
    }

    mutating func assign(_ id: PurseID) throws(LedgerError) {
        guard let terms = state.purses[id]?.terms else { throw LedgerError(.noSuchPurse, id) }
        guard let element = state.elements[id.element], let replacement = element.replacement,
            replacement.carry == .afterReport
        else { throw LedgerError(.wrongElement, id) }
        guard element.isReportedSince else { throw LedgerError(.noReport, id) }
        _ = try remaining(terms)
        try accept()
        // What the report told of debt is paid first.
        if id.element.kind.isMeter, replacement.debt == .kept { try moveDebt(replacement, terms) }
        try setAside(terms)
        try reconcile(id)
    }

    mutating func carryOver(_ carry: CarryOverOrder) throws(LedgerError) {
        var successor = state.elements[carry.origin.element]?.replacement?.successor
        while let next = successor, next != carry.element {
            successor = state.elements[next]?.replacement?.successor
        }
        guard successor != nil else { throw LedgerError(.wrongElement, carry.element) }
        let purse = PurseID(carry.element, carry.origin.service)
        try begin(
            .carryOver, from: .carried(from: carry.origin), to: .held(by: purse), carry.currency, carry.amount,
            ElementTransaction(purse, carry.htxn))
    }

    mutating func release(_ id: PurseID, to party: ValueSource) throws(LedgerError) {
        try requirePayee(party)
        guard let terms = state.purses[id]?.terms else { throw LedgerError(.noSuchPurse, id) }
        guard let amount = Int64(exactly: state.releasable(of: id)) else { throw LedgerError(.amountTooLarge, id) }
        guard amount > 0 else { throw LedgerError(.notEnoughValue, Account.carried(from: id)) }
        try accept()
        if state.elements[id.element]?.replacement?.carry == ElementReplacement.Carry.none { try setAside(terms) }
        try book(.release, from: .carried(from: id), to: party.account, terms.currency, amount)
        try reconcile(id)
    }

    /// What the books know of a purse, as far as the element has not proved that it holds less.
    private func remaining(_ terms: PurseTerms) throws(LedgerError) -> Int64 {
        let books = state.balance(.held(by: terms.purse), terms.currency)
        let purse = state.purses[terms.purse]
        let held = max(0, min(books, purse?.proven.map { $0 - (purse?.setAside ?? 0) } ?? books))
        guard let held = Int64(exactly: held) else { throw LedgerError(.amountTooLarge, terms.purse) }
        return held
    }

    /// What a meter shows and only one card can have given it is its own, though the card has not told of it yet.
    private mutating func drawShown(_ terms: PurseTerms) throws(LedgerError) {
        let id = terms.purse
        let cards = (state.elements[id.element]?.partners ?? []).filter {
            state.balance(.purse($0, id.service), terms.currency) > 0
        }
        guard let card = cards.first, cards.count == 1, state.elements[id.element]?.leftDebits.isEmpty ?? true,
            state.expectedDifference(of: .balance(id))?.kind == .creditedUntold,
            let amount = Int64(exactly: gap(at: id))
        else { return }
        let pair = CardAtMeter(card, at: id.element)
        guard state.pairs[pair]?.currency == terms.currency else { return }
        try keepingWord(of: id) { draft throws(LedgerError) in
            try draft.book(
                .untoldDraw, from: .purse(card, id.service), to: .inDoubt(in: id), terms.currency, amount, card: card)
            try draft.redeem(Int128(amount), of: pair, at: id, .shownRedemption)
        }
        try reconcile(PurseID(card, id.service))
        try reconcile(.debits(pair))
    }

    private mutating func setAside(_ terms: PurseTerms) throws(LedgerError) {
        try book(
            .replacement, from: .held(by: terms.purse), to: .carried(from: terms.purse), terms.currency,
            try remaining(terms))
    }

    private mutating func moveDebt(_ order: ElementReplacement, _ terms: PurseTerms) throws(LedgerError) {
        func debt(_ state: LedgerState) -> Int64 {
            Int64(clamping: max(0, -state.balance(.debt(order.old), terms.currency)))
        }
        if order.debt != .carried {
            let repaid = min(debt(state), try remaining(terms))
            try book(.exchange, from: .held(by: terms.purse), to: .debt(order.old), terms.currency, repaid)
        }
        guard order.debt != .kept else { return }
        try book(.exchange, from: .debt(order.successor), to: .debt(order.old), terms.currency, debt(state))
    }
}

extension LedgerState {
    /// What can be paid out of a replaced element's purse: what is set aside; where its successor gets nothing, also what
    /// the books know.
    package func releasable(of id: PurseID) -> Int128 {
        guard let purse = purses[id] else { return 0 }
        let carried = max(0, balance(.carried(from: id), purse.terms.currency))
        guard elements[id.element]?.replacement?.carry == ElementReplacement.Carry.none else { return carried }
        let books = balance(.held(by: id), purse.terms.currency)
        return carried + max(0, min(books, purse.proven.map { $0 - purse.setAside } ?? books))
    }
}
