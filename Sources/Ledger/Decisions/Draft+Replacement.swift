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
            if order.old.kind.isMeter { try moveDebt(order, terms) }
            if order.carry == .known { try setAside(terms) }
            try reconcile(terms.purse)
        }
    }

    mutating func assign(_ id: PurseID) throws(LedgerError) {
        guard let terms = state.purses[id]?.terms else { throw LedgerError(.noSuchPurse, id) }
        guard let element = state.elements[id.element], element.replacement?.carry == .afterReport else {
            throw LedgerError(.wrongElement, id)
        }
        guard element.isReportedSince else { throw LedgerError(.noReport, id) }
        _ = try remaining(terms)
        try accept()
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
        let held = state.balance(.carried(from: id), terms.currency)
        guard held > 0 else { throw LedgerError(.notEnoughValue, Account.carried(from: id)) }
        let amount = Int64(clamping: held)
        try accept()
        try book(.release, from: .carried(from: id), to: party.account, terms.currency, amount)
    }

    /// What the books know of a purse.
    private func remaining(_ terms: PurseTerms) throws(LedgerError) -> Int64 {
        let held = max(0, state.balance(.held(by: terms.purse), terms.currency))
        guard let held = Int64(exactly: held) else { throw LedgerError(.amountTooLarge, terms.purse) }
        return held
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
        if order.debt == .repaid {
            let repaid = min(debt(state), try remaining(terms))
            try book(.exchange, from: .held(by: terms.purse), to: .debt(order.old), terms.currency, repaid)
        }
        try book(.exchange, from: .debt(order.successor), to: .debt(order.old), terms.currency, debt(state))
    }
}
