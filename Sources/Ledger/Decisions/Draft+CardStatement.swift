internal import ValueProtocol

/// What a card's own word changes in the books.
extension Draft {
    mutating func compare(_ report: CardStatement) throws(LedgerError) {
        let (id, currency) = (report.purse, report.currency)
        guard !id.element.kind.isMeter else { throw LedgerError(.wrongElement, id) }
        _ = try purse(id, currency)
        if let slot = report.slot {
            guard slot.kind.isMeter, slot.kind.rawValue == id.service.rawValue else {
                throw LedgerError(.wrongElement, slot)
            }
        }
        try requireNewest(report.nt, of: id.element)
        let partners = state.elements[id.element]?.partners ?? []
        let untold = partners.map { state.pairs[CardAtMeter(id.element, at: $0)]?.untold ?? 0 }
        try accept()
        guard let purse = state.purses[id] else { return }
        let word = floatWord(word(of: report.balance, of: id, highest: report.highest), purse)
        let missing = state.balance(.held(by: id), currency) + purse.setAside - word
        // What was missing before went to another slot, or to none: this one has given what is missing since.
        let fallen = min(missing, (purse.proven ?? word + missing) - word)
        if fallen > 0, let slot = report.slot, let drawn = Int64(exactly: fallen) {
            try book(
                .draw, from: .held(by: id), to: .inDoubt(slot, id.service), currency, drawn, card: id.element)
            try reconcile(PurseID(slot, id.service))
        }
        for (meter, untold) in zip(partners, untold) where untold > 0 {
            try creditLeftDebits(of: purse, at: meter, upTo: untold, word)
        }
        try emit(.proven(id, word))
        try reconcile(id)
        for meter in state.elements[id.element]?.partners ?? [] {
            // What the card has told of now may be what the meter showed before.
            try redeemShown(at: PurseID(meter, id.service))
            try reconcile(.debits(CardAtMeter(id.element, at: meter)))
        }
    }

    /// A card that holds more than the books has not given what a meter had told of: a debit that a slot left behind was
    /// credited, though a later one hid its NT.
    private mutating func creditLeftDebits(
        of purse: PurseState, at meter: PartyID, upTo untold: Int128, _ word: Int128
    ) throws(LedgerError) {
        let (id, currency) = (purse.terms.purse, purse.terms.currency)
        var untold = untold
        for debit in state.elements[meter]?.leftDebits ?? [] where debit.card == id.element {
            let risen = word - state.balance(.held(by: id), currency) - purse.setAside
            let held = min(untold, risen, state.balance(.left(debit), currency))
            guard held > 0, let amount = Int64(exactly: held) else { continue }
            try book(.leftCredited, from: .left(debit), to: .held(by: id), currency, amount, card: id.element)
            try reconcile(.left(debit))
            untold -= held
        }
    }

    /// - Throws: `LedgerError` `.staleReport` if a report of a later session is known.
    func requireNewest(_ nt: UInt32, of element: PartyID) throws(LedgerError) {
        guard nt >= state.elements[element]?.nt ?? 0 else { throw LedgerError(.staleReport, "\(element) NT \(nt)") }
    }

    /// A reported balance without what is in doubt, which is not in the purse's account either.
    func word(of balance: Amount, of id: PurseID, highest: HostTransaction) -> Int128 {
        let balance = Int128(balance.rawValue)
        guard let open = state.elements[id.element]?.open, let transfer = state.transfers[open],
            let transaction = transfer.transaction, transaction.purse == id
        else { return balance }
        let isApplied = highest >= transaction.htxn
        let isStored = transfer.to == .held(by: id)
        return isStored == isApplied ? balance - Int128(transfer.amount) : balance
    }

    /// A float may or may not have given yet what is pending from it (protocol §8).
    private func floatWord(_ word: Int128, _ purse: PurseState) -> Int128 {
        let account = Account.held(by: purse.terms.purse)
        guard case .reseller = account else { return word }
        let books = state.balance(account, purse.terms.currency) + purse.setAside
        let pending = state.pending[AccountInCurrency(account, purse.terms.currency)] ?? 0
        return (books...books + max(0, pending)).contains(word) ? books : word
    }
}
