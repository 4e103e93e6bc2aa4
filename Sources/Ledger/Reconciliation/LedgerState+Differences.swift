package import ValueProtocol

/// What is to be open, as a function of the state.
extension LedgerState {
    /// The difference that is open for a subject; nil if none is.
    package func openDifference(of subject: BookDifference.Subject) -> BookDifference? {
        guard let id = subjects[subject], let state = differences[id], state.end == nil else { return nil }
        return state.difference
    }

    /// How far the element's word is above what the books know; below 0 if value is missing, 0 before its first word.
    package func gap(of purse: PurseState) -> Int128 {
        guard let proven = purse.proven else { return 0 }
        // A row that was touched may hold any number: then the gap is as wide as can be told.
        let books = balance(.held(by: purse.terms.purse), purse.terms.currency)
        let (known, overflow) = books.addingReportingOverflow(purse.setAside)
        let (gap, overflowsToo) = proven.subtractingReportingOverflow(known)
        return overflow || overflowsToo ? .max : gap
    }

    /// The kind and amount that should be open for a subject; nil for none.
    ///
    /// Subjects that only people can settle stay as they are.
    package func expectedDifference(of subject: BookDifference.Subject) -> ExpectedDifference? {
        switch subject {
        case .balance(let id):
            guard let purse = purses[id] else { return nil }
            let gap = gap(of: purse)
            if gap == 0 { return nil }
            let kind: BookDifference.Kind =
                gap < 0 ? .valueMissing : cardsMayExplain(gap, id, purse.terms.currency) ? .creditedUntold : .holdsMore
            return ExpectedDifference(kind, purse.terms.currency, Int128(clamping: gap.magnitude))
        case .overdraft(let id):
            guard let purse = purses[id] else { return nil }
            let balance = balance(.held(by: id), purse.terms.currency)
            let isReplaced = elements[id.element]?.replacement != nil
            return balance < 0
                ? ExpectedDifference(
                    isReplaced ? .drewAfterReplacement : .creditedBeyondBooks, purse.terms.currency,
                    Int128(clamping: balance.magnitude)) : nil
        case .debits(let id):
            guard let pair = pairs[id], pair.untold > 0 else { return nil }
            return ExpectedDifference(.creditedUntold, pair.currency, pair.untold)
        case .left(let id):
            guard let debit = leftDebits[id] else { return nil }
            let balance = balance(.left(id), debit.currency)
            return balance > 0 ? ExpectedDifference(.leftUncredited, debit.currency, balance) : nil
        case .unknownLeft, .spent, .credited:
            return openDifference(of: subject).map { ExpectedDifference($0.kind, $0.currency, $0.amount) }
        }
    }

    /// Whether cards that were seen at a meter hold, by the books, what it shows beyond them.
    private func cardsMayExplain(_ gap: Int128, _ purse: PurseID, _ currency: Currency) -> Bool {
        guard purse.element.kind.isMeter, let cards = elements[purse.element]?.partners else { return false }
        var held: Int128 = 0
        for card in cards { held += max(0, balance(.purse(card, purse.service), currency)) }
        return gap <= held
    }
}

/// A difference without its number.
package struct ExpectedDifference: Sendable, Hashable {
    package let kind: BookDifference.Kind
    package let currency: Currency
    package let amount: Int128

    init(_ kind: BookDifference.Kind, _ currency: Currency, _ amount: Int128) {
        self.kind = kind
        self.currency = currency
        self.amount = amount
    }
}
