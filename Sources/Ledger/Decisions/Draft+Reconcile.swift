internal import ValueProtocol

/// Differences follow the state: what is to be open is opened, what is explained is closed.
extension Draft {
    mutating func reconcile(_ purses: PurseID?...) throws(LedgerError) {
        for case let purse? in purses {
            try reconcile(.balance(purse))
            try reconcile(.overdraft(purse))
        }
    }

    mutating func reconcile(_ subject: BookDifference.Subject) throws(LedgerError) {
        let expected = state.expectedDifference(of: subject)
        let open = state.openDifference(of: subject)
        if let open {
            if let expected, expected.kind == open.kind, expected.amount == open.amount { return }
            try emit(.differenceClosed(open.id, expected == nil ? .explained : .superseded))
        }
        if let expected { try openDifference(expected.kind, subject, expected.currency, expected.amount) }
    }

    /// A difference that only people can settle; the same one is not opened twice.
    mutating func note(
        _ kind: BookDifference.Kind, _ subject: BookDifference.Subject, _ currency: Currency, _ amount: Int128
    ) throws(LedgerError) {
        guard amount > 0 else { return }
        if let open = state.openDifference(of: subject) {
            if open.kind == kind, open.amount == amount { return }
            try emit(.differenceClosed(open.id, .superseded))
        }
        try openDifference(kind, subject, currency, amount)
    }

    private mutating func openDifference(
        _ kind: BookDifference.Kind, _ subject: BookDifference.Subject, _ currency: Currency, _ amount: Int128
    ) throws(LedgerError) {
        try emit(
            .differenceOpened(
                BookDifference(
                    id: DifferenceID(rawValue: state.differenceCount + 1), kind: kind, subject: subject,
                    currency: currency, amount: amount, since: order.time)))
    }
}
