internal import ValueProtocol

/// Each invariant over a whole ledger: the subjects that violate it.
enum WholeCheck {}

/// The invariants of sums.
extension WholeCheck {
    static func unconserved(_ ledger: GeneralLedger) -> [String] {
        var sums: [Currency: CheckedSum] = [:]
        for (key, balance) in ledger.state.balances.base { sums[key.currency, default: CheckedSum()].add(balance) }
        return sums.filter { !$1.isZero }.map { "\($0.key)" }
    }

    static func unbalanced(_ ledger: GeneralLedger) -> [String] {
        ledger.state.transfers.base.values.filter { !$0.isBalanced }.map { "transfer \($0.id)" }
    }

    static func wrongBalances(_ ledger: GeneralLedger) -> [String] {
        var sums: [AccountInCurrency: CheckedSum] = [:]
        for transfer in ledger.state.transfers.base.values {
            for step in transfer.history {
                for entry in step.entries {
                    sums[AccountInCurrency(entry.account, entry.currency), default: CheckedSum()].add(
                        Int128(entry.amount))
                }
            }
        }
        let balances = ledger.state.balances.base
        let keys = Set(sums.keys).union(balances.keys)
        return keys.filter { !(sums[$0] ?? CheckedSum()).equals(balances[$0] ?? 0) }.map { "\($0)" }
    }

    static func wrongPending(_ ledger: GeneralLedger) -> [String] {
        var sums: [AccountInCurrency: CheckedSum] = [:]
        for transfer in ledger.state.transfers.base.values where transfer.isPending {
            sums[AccountInCurrency(transfer.from, transfer.currency), default: CheckedSum()].add(
                Int128(transfer.amount))
        }
        let pending = ledger.state.pending.base
        let wrong = Set(sums.keys).union(pending.keys).filter {
            (pending[$0] ?? 0) < 0 || !(sums[$0] ?? CheckedSum()).equals(pending[$0] ?? 0)
        }
        let below = ledger.state.balances.base.filter { $0.key.isInDoubt && $0.value < 0 }.map(\.key)
        return wrong.union(below).map { "\($0)" }
    }

    static func overdrawn(_ ledger: GeneralLedger) -> [String] {
        ledger.state.balances.base.filter { $0.key.coversPending && $0.value < 0 }.map { "\($0.key)" }
    }

    static func unexplainedDoubt(_ ledger: GeneralLedger) -> [String] {
        let state = ledger.state
        var explained: [AccountInCurrency: CheckedSum] = [:]
        for transfer in state.transfers.base.values where transfer.isPending {
            guard let transaction = transfer.transaction else { continue }
            explained[.init(.inDoubt(in: transaction.purse), transfer.currency), default: CheckedSum()].add(
                Int128(transfer.amount))
        }
        for (id, pair) in state.pairs.base {
            explained[.init(.inDoubt(in: id.purseOfMeter), pair.currency), default: CheckedSum()].add(pair.inDoubt)
        }
        var keys = Set(explained.keys)
        var issued: [Currency: CheckedSum] = [:]
        var placed: [Currency: CheckedSum] = [:]
        for (key, balance) in state.balances.base {
            if key.isInDoubt { keys.insert(key) }
            switch key.account {
            case .seller, .corrections: issued[key.currency, default: CheckedSum()].subtract(balance)
            // In doubt, or known.
            default: placed[key.currency, default: CheckedSum()].add(balance)
            }
        }
        let currencies = Set(issued.keys).union(placed.keys).filter {
            issued[$0] ?? CheckedSum() != placed[$0] ?? CheckedSum()
        }
        return keys.filter { !(explained[$0] ?? CheckedSum()).equals(state.balance($0.account, $0.currency)) }
            .map { "\($0)" } + currencies.map { "\($0)" }
    }
}

/// A sum that notices when it no longer fits.
struct CheckedSum: Equatable {
    private var value: Int128 = 0
    private var isExact = true

    mutating func add(_ other: Int128) {
        let (sum, overflow) = value.addingReportingOverflow(other)
        value = sum
        isExact = isExact && !overflow
    }

    mutating func subtract(_ other: Int128) {
        let (sum, overflow) = value.subtractingReportingOverflow(other)
        value = sum
        isExact = isExact && !overflow
    }

    var isZero: Bool { equals(0) }
    func equals(_ other: Int128) -> Bool { isExact && value == other }
}

extension AccountInCurrency: CustomStringConvertible {
    package var description: String { "\(account) \(currency)" }

    var isInDoubt: Bool { account.kind == .inDoubt }

    /// Whether the account can give only what it holds, so that what is pending from it is covered.
    var coversPending: Bool {
        switch account.kind {
        case .reseller, .subscriber, .carried, .left: true
        case .seller, .purse, .inDoubt, .debt, .delivered, .corrections: false
        }
    }
}

extension CardAtMeter {
    /// A meter has the one purse of its kind (protocol §1).
    var purseOfMeter: PurseID { PurseID(meter, UtilityService(rawValue: meter.kind.rawValue)) }
}

extension Transfer {
    /// Whether the entries of each step sum to 0, and those of a posted one move the amount.
    var isBalanced: Bool {
        for step in history where !step.entries.isBalanced { return false }
        guard case .posted = state else { return true }
        var moved: [Account: CheckedSum] = [:]
        for step in history {
            for entry in step.entries where entry.currency == currency {
                moved[entry.account, default: CheckedSum()].add(Int128(entry.amount))
            }
        }
        return moved[from]?.equals(-Int128(amount)) == true && moved[to]?.equals(Int128(amount)) == true
            && moved.allSatisfy { $0.key == from || $0.key == to || $0.value.isZero }
    }
}

extension [LedgerEntry] {
    /// Whether they sum to 0 for each currency, and there are any.
    var isBalanced: Bool {
        // Two of one currency are all but always what there is.
        if count == 2, self[0].currency == self[1].currency {
            return Int128(self[0].amount) + Int128(self[1].amount) == 0
        }
        var sums: [Currency: CheckedSum] = [:]
        for entry in self { sums[entry.currency, default: CheckedSum()].add(Int128(entry.amount)) }
        return !isEmpty && sums.values.allSatisfy(\.isZero)
    }
}
