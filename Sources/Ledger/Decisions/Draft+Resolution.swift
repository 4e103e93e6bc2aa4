internal import ValueProtocol

/// What two people decide.
extension Draft {
    mutating func correct(_ correction: CorrectionOrder) throws(LedgerError) {
        guard correction.from != correction.to else { throw LedgerError(.wrongAccount, correction.from) }
        for account in [correction.from, correction.to] {
            switch account {
            // Their outcome is to be found out; it is not a matter of opinion.
            case .inDoubt, .left: throw LedgerError(.wrongAccount, account)
            default: break
            }
        }
        let amount = try movable(correction.amount)
        try require(amount, in: correction.from, correction.currency)
        for account in [correction.from, correction.to] {
            if let id = account.purse { _ = try purse(id, correction.currency) }
        }
        try accept()
        try book(
            .correction, from: correction.from, to: correction.to, correction.currency, amount,
            approval: correction.approval)
        try reconcile(correction.from.purse, correction.to.purse)
    }

    mutating func resolve(_ id: DifferenceID, _ approval: Approval) throws(LedgerError) {
        guard let known = state.differences[id], known.end == nil else { throw LedgerError(.noSuchDifference, id) }
        let difference = known.difference
        if case .left = difference.subject { throw LedgerError(.notResolvable, id) }
        let amount: Int64
        switch difference.subject {
        case .balance, .overdraft:
            guard let movable = Int64(exactly: difference.amount) else { throw LedgerError(.amountTooLarge, id) }
            amount = movable
        default: amount = 0
        }
        try accept()
        try emit(.differenceClosed(id, .resolved(approval)))
        switch difference.subject {
        case .balance(let purse):
            let isAbove = difference.kind != .valueMissing
            try book(
                .correction, from: isAbove ? .corrections : .held(by: purse),
                to: isAbove ? .held(by: purse) : .corrections, difference.currency, amount, approval: approval)
            try reconcile(purse)
        case .overdraft(let purse):
            try book(
                .writeOff, from: .corrections, to: .held(by: purse), difference.currency, amount, approval: approval)
            try reconcile(purse)
        case .debits, .left, .unknownLeft, .spent, .credited: break
        }
    }
}
