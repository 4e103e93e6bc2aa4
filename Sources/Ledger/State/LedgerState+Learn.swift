internal import ValueProtocol

/// What orders and transfers tell of elements, beyond balances.
extension LedgerState {
    mutating func learn(from request: LedgerRequest) {
        switch request {
        case .setPurse(let terms):
            purses[terms.purse, initially: PurseState(terms: terms)].terms = terms
            var element = elements[terms.purse.element] ?? ElementState()
            if !element.purses.contains(terms.purse) { element.purses.append(terms.purse) }
            elements[terms.purse.element] = element
        case .cardStatement(let report): learn(from: report)
        case .meterStatement(let report): learn(from: report)
        case .leave(let report):
            guard leftDebits[report.id] == nil, let terms = purses[PurseID(report.card, report.service)]?.terms else {
                return
            }
            leftDebits[report.id] = LeftState(currency: terms.currency, amount: report.debit.amount)
            elements[report.debit.meter, initially: ElementState()].leftDebits.append(report.id)
        case .replace(let replacement):
            elements[replacement.old, initially: ElementState()].replacement = replacement
        case .purchase, .load, .refund, .retry, .settle, .payLeft, .assign, .carryOver, .release, .correct, .resolve:
            break
        }
    }

    private mutating func learn(from report: CardStatement) {
        let card = report.purse.element
        var element = elements[card] ?? ElementState()
        element.nt = report.nt
        if element.replacement != nil { element.isReportedSince = true }
        // What was drawn is in the balance that it reports.
        for meter in element.partners { pairs[CardAtMeter(card, at: meter)]?.untold = 0 }
        elements[card] = element
        guard let slot = report.slot else { return }
        introduce(CardAtMeter(card, at: slot), report.currency)
        for debit in elements[slot]?.leftDebits ?? [] where leftDebits[debit]?.shown[card] == nil {
            leftDebits[debit]?.shown[card] = report.nt
        }
    }

    private mutating func learn(from report: MeterStatement) {
        let meter = report.purse.element
        var element = elements[meter] ?? ElementState()
        if case .session(let nt, _) = report.way { element.nt = nt }
        element.clock = report.clock
        if let spent = report.spent { element.spent = max(spent, element.spent ?? .zero) }
        if element.replacement != nil { element.isReportedSince = true }
        elements[meter] = element
        for card in element.partners where elements[card]?.replacement != nil {
            elements[card]?.isReportedSince = true
        }
        for credited in report.credited ?? [] where purses[PurseID(credited.card, report.purse.service)] != nil {
            let pair = CardAtMeter(credited.card, at: meter)
            introduce(pair, report.currency)
            let last = pairs[pair]?.creditedNT ?? 0
            pairs[pair]?.creditedNT = max(credited.nt, last)
            if Int128(credited.total.rawValue) >= pairs[pair]?.credited ?? 0 { pairs[pair]?.shown = 0 }
        }
    }

    private mutating func introduce(_ pair: CardAtMeter, _ currency: Currency) {
        guard pairs[pair] == nil else { return }
        pairs[pair] = PairState(currency: currency)
        elements[pair.card, initially: ElementState()].partners.append(pair.meter)
        elements[pair.meter, initially: ElementState()].partners.append(pair.card)
    }

    mutating func learn(from transfer: Transfer) {
        let amount = Int128(transfer.amount)
        switch transfer.kind {
        case .draw, .untoldDraw:
            guard let pair = transfer.pair else { return }
            pairs[pair]?.drawn += amount
            if transfer.kind == .untoldDraw { pairs[pair]?.untold += amount }
        case .redemption:
            guard let pair = transfer.pair else { return }
            pairs[pair]?.credited += amount
            if case .left = transfer.from { pairs[pair]?.left -= amount }
        case .shownRedemption:
            guard let pair = transfer.pair else { return }
            let change = transfer.to.kind == .inDoubt ? -amount : amount
            pairs[pair]?.credited += change
            pairs[pair]?.shown += change
            if transfer.from.kind == .left { pairs[pair]?.left -= amount }
        case .leaving:
            guard let pair = transfer.pair else { return }
            pairs[pair]?.left += amount
        case .leftCredited:
            guard let pair = transfer.pair else { return }
            pairs[pair]?.left -= amount
            pairs[pair]?.drawn -= amount
        case .replacement, .exchange:
            if let purse = transfer.from.purse { purses[purse]?.setAside += amount }
        case .writeOff:
            guard let id = transfer.to.purse, let purse = purses[id] else { return }
            // What was set aside is not in the element any more; the rest never was.
            let aside = min(amount, max(0, purse.setAside))
            purses[id]?.setAside -= aside
            if let proven = purse.proven { purses[id]?.proven = proven + (amount - aside) }
        case .purchase, .load, .refund, .delivery, .advance, .repayment, .leftPayment, .carryOver, .release,
            .correction:
            break
        }
    }

    /// Two people accepted what cannot be put right by a transfer.
    mutating func accept(_ subject: BookDifference.Subject) {
        switch subject {
        case .debits(let pair): pairs[pair]?.untold = 0
        case .spent(let purse): elements[purse.element]?.spent = nil
        case .balance, .overdraft, .left, .unknownLeft, .credited: break
        }
    }
}

extension Transfer {
    /// The card and the meter of a debit; nil for other transfers.
    package var pair: CardAtMeter? {
        guard let card else { return nil }
        for account in [from, to] {
            switch account {
            case .inDoubt(let meter, _): return CardAtMeter(card, at: meter)
            case .left(let debit): return CardAtMeter(card, at: debit.meter)
            default: break
            }
        }
        return nil
    }
}
