internal import ValueProtocol

/// What a meter's word changes in the books.
extension Draft {
    mutating func compare(_ report: MeterStatement) throws(LedgerError) {
        let id = report.purse
        let meter = id.element
        guard meter.kind.isMeter, meter.kind.rawValue == id.service.rawValue else {
            throw LedgerError(.wrongElement, id)
        }
        _ = try purse(id, report.currency)
        switch report.way {
        case .session(let nt, _): try requireNewest(nt, of: meter)
        case .card:
            // Cards bring their words in any order.
            guard report.clock >= state.elements[meter]?.clock ?? report.clock else {
                throw LedgerError(.staleReport, "\(meter) \(report.clock.dateTime)")
            }
        }
        let spentBefore = state.elements[meter]?.spent
        let replacement = state.elements[meter]?.replacement
        try accept()
        for credited in report.credited ?? [] { try credit(credited, at: id) }
        try judgeLeftDebits(report)
        // An exchanged meter's debt has gone to its successor, or was paid from its value.
        if let debt = report.debt, replacement == nil || replacement?.debt == .kept, !isSetAside(id) {
            try setDebt(debt, at: id)
        }
        if let spent = report.spent { try setSpent(spent, before: spentBefore, at: id) }
        if let word = word(of: report) {
            if report.spent == nil, let purse = state.purses[id] {
                // Without a total, what is missing was used.
                let used = state.balance(.held(by: id), report.currency) + purse.setAside - word
                if used > 0, let used = Int64(exactly: used) {
                    try book(.delivery, from: .held(by: id), to: .delivered(meter), report.currency, used)
                }
            }
            try emit(.proven(id, word))
            if report.spent != nil { try takeBackShown(at: id) }
        }
        try redeemShown(at: id, besides: report.credited?.map(\.card) ?? [])
        if (report.credited?.count ?? .max) >= MeterStatus.maxCreditedCount { try redeemShownLeft(report) }
        try reconcile(id)
    }

    /// The balance that can be compared; nil while a transaction is in doubt and the report does not tell whether it is
    /// in it.
    private func word(of report: MeterStatement) -> Int128? {
        switch report.way {
        case .session(_, let highest): word(of: report.balance, of: report.purse, highest: highest)
        case .card:
            state.elements[report.purse.element]?.open == nil
                ? word(of: report.balance, of: report.purse, highest: .none) : nil
        }
    }

    /// A card's debits that the meter has credited, by its life total for that card.
    private mutating func credit(_ credited: MeterStatus.CreditedCard, at id: PurseID) throws(LedgerError) {
        let pairID = CardAtMeter(credited.card, at: id.element)
        let source = PurseID(credited.card, id.service)
        guard let pair = state.pairs[pairID], let purse = state.purses[source],
            purse.terms.currency == pair.currency
        else { return }
        var rest = Int128(credited.total.rawValue) - pair.credited
        if rest < 0, pair.shown > 0, let amount = Int64(exactly: min(-rest, pair.shown)) {
            // Another card's debit had explained the balance as well.
            try book(
                .shownRedemption, from: .held(by: id), to: .inDoubt(in: id), pair.currency, amount,
                card: credited.card)
            rest += Int128(amount)
        }
        guard rest >= 0 else {
            return try note(
                .totalWentBack, .credited(pairID), pair.currency, -rest)
        }
        // Once the card has reported since, every debit up to this NT is in the books.
        let isToldSince = state.elements[credited.card]?.nt ?? 0 >= credited.nt
        for debit in state.elements[id.element]?.leftDebits ?? []
        where debit.card == credited.card && (debit.nt == credited.nt || isToldSince && debit.nt < credited.nt) {
            let others = debit.nt == credited.nt ? 0 : pair.inDoubt
            let held = min(rest - others, state.balance(.left(debit), pair.currency))
            if held > 0, let amount = Int64(exactly: held) {
                try book(
                    .redemption, from: .left(debit), to: .held(by: id), pair.currency, amount, card: credited.card)
                try reconcile(.left(debit))
                rest -= held
            }
        }
        let untold = rest - min(rest, state.pairs[pairID]?.inDoubt ?? 0)
        if untold > 0, let amount = Int64(exactly: untold) {
            try book(
                .untoldDraw, from: .held(by: source), to: .inDoubt(in: id), pair.currency, amount, card: credited.card)
        }
        try redeem(rest, of: pairID, at: id)
        try reconcile(source)
        try reconcile(.debits(pairID))
    }

    /// Puts to the meter's purse what the card gave, up to `amount`.
    mutating func redeem(
        _ amount: Int128, of pairID: CardAtMeter, at id: PurseID, _ kind: TransferKind = .redemption
    ) throws(LedgerError) {
        guard let pair = state.pairs[pairID], let amount = Int64(exactly: min(amount, pair.inDoubt)) else { return }
        try book(kind, from: .inDoubt(in: id), to: .held(by: id), pair.currency, amount, card: pairID.card)
    }

    /// A meter that tells of no cards, or has no room to tell of this one, shows by its balance that it has credited what
    /// they gave. Should it tell otherwise later, that is taken back.
    ///
    /// - Parameters:
    ///   - id: the meter's purse.
    ///   - told: the cards of which it has just told how much it has credited.
    mutating func redeemShown(at id: PurseID, besides told: [PartyID] = []) throws(LedgerError) {
        let partners = (state.elements[id.element]?.partners ?? []).filter { !told.contains($0) }
        let pairs = partners.map { CardAtMeter($0, at: id.element) }
        // First the cards of which it never told.
        for pair in pairs.filter({ state.pairs[$0]?.creditedNT == 0 })
            + pairs.filter({ state.pairs[$0]?.creditedNT ?? 0 > 0 })
        {
            let gap = gap(at: id)
            guard gap > 0 else { break }
            try keepingWord(of: id) { draft throws(LedgerError) in
                try draft.redeem(gap, of: pair, at: id, .shownRedemption)
            }
        }
        try reconcile(id)
    }

    /// A debit that a slot left behind was credited before, where the meter holds that much more than the books and its
    /// word does not name the card.
    private mutating func redeemShownLeft(_ report: MeterStatement) throws(LedgerError) {
        let id = report.purse
        for debit in state.elements[id.element]?.leftDebits ?? [] {
            guard let currency = state.leftDebits[debit]?.currency else { continue }
            let held = state.balance(.left(debit), currency)
            let isNamed = report.credited?.contains { $0.card == debit.card } ?? false
            guard held > 0, !isNamed, held <= gap(at: id), let amount = Int64(exactly: held) else { continue }
            try keepingWord(of: id) { draft throws(LedgerError) in
                try draft.book(
                    .shownRedemption, from: .left(debit), to: .held(by: id), currency, amount, card: debit.card)
            }
            try reconcile(.left(debit))
        }
    }

    /// A meter that holds less than the books has not credited what its balance had seemed to show.
    private mutating func takeBackShown(at id: PurseID) throws(LedgerError) {
        for card in state.elements[id.element]?.partners ?? [] {
            let pair = CardAtMeter(card, at: id.element)
            guard let known = state.pairs[pair], known.shown > 0,
                let amount = Int64(exactly: min(known.shown, -gap(at: id))), amount > 0
            else { continue }
            try keepingWord(of: id) { draft throws(LedgerError) in
                try draft.book(
                    .shownRedemption, from: .held(by: id), to: .inDoubt(in: id), known.currency, amount, card: card)
            }
        }
    }

    /// Whether value was taken from a purse in the books alone, for a debt or a successor: the meter may still owe what
    /// was paid.
    private func isSetAside(_ id: PurseID) -> Bool { (state.purses[id]?.setAside ?? 0) > 0 }

    func gap(at id: PurseID) -> Int128 { state.purses[id].map { state.gap(of: $0) } ?? 0 }

    /// Moves value in the books alone: the meter's word had it already.
    mutating func keepingWord(
        of id: PurseID, _ body: (inout Draft) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        let word = state.purses[id]?.proven
        try body(&self)
        if let word, state.purses[id]?.proven != word { try emit(.proven(id, word)) }
    }

    private mutating func setDebt(_ debt: Amount, at id: PurseID) throws(LedgerError) {
        guard let currency = state.purses[id]?.terms.currency else { return }
        let change = Int128(debt.rawValue) + state.balance(.debt(id.element), currency)
        guard let amount = Int64(exactly: change), amount > .min else { return }
        if amount > 0 {
            try book(.advance, from: .debt(id.element), to: .held(by: id), currency, amount)
        } else {
            try book(.repayment, from: .held(by: id), to: .debt(id.element), currency, -amount)
        }
    }

    private mutating func setSpent(_ spent: Amount, before: Amount?, at id: PurseID) throws(LedgerError) {
        guard let currency = state.purses[id]?.terms.currency else { return }
        if let before, spent < before {
            return try note(
                .totalWentBack, .spent(id), currency, Int128(before.rawValue) - Int128(spent.rawValue))
        }
        let used = Int128(spent.rawValue) - state.balance(.delivered(id.element), currency)
        guard let amount = Int64(exactly: used), amount > .min else { return }
        if amount > 0 {
            try book(.delivery, from: .held(by: id), to: .delivered(id.element), currency, amount)
        } else {
            // A balance without the token in use had looked like use.
            try book(.delivery, from: .delivered(id.element), to: .held(by: id), currency, -amount)
        }
    }

    /// Whether this word proves that the meter has not credited debits that slots left behind (protocol §4, "Left").
    private mutating func judgeLeftDebits(_ report: MeterStatement) throws(LedgerError) {
        guard case .card(let carrier, let nt) = report.way, let credited = report.credited else { return }
        for id in state.elements[report.purse.element]?.leftDebits ?? [] {
            guard let debit = state.leftDebits[id], !debit.isProven, state.balance(.left(id), debit.currency) > 0,
                let shown = debit.shown[carrier], nt > shown
            else { continue }
            let isUncredited =
                credited.first { $0.card == id.card }.map { $0.nt < id.nt }
                ?? (credited.count < MeterStatus.maxCreditedCount)
            if isUncredited { try emit(.leftProven(id)) }
        }
    }
}
