import Ledger
import ValueProtocol

/// A row without its version and its mark.
struct LedgerRow {
    let key: [SQLValue]
    let content: [SQLValue]

    init(key: [SQLValue], content: [SQLValue]) { (self.key, self.content) = (key, content) }

    init(_ key: [any SQLArgument], _ content: [any SQLArgument]) {
        self.key = key.map(\.sqlValue)
        self.content = content.map(\.sqlValue)
    }
}

extension LedgerState {
    /// The rows of what this state has of its own, table by table.
    ///
    /// - Throws: `HostError` `.booksBroken` for a sum beyond 64 bits.
    func rows(writer: UInt32) throws(HostError) -> [(table: LedgerTable, rows: [LedgerRow])] {
        [
            (.balance, try balanceRows(writer)), (.element, elements.base.map { Self.row($0, $1) }),
            (.purse, try purses.base.map { id, purse throws(HostError) in try Self.row(id, purse) }),
            (.pair, try pairs.base.map { id, pair throws(HostError) in try Self.row(id, pair) }),
            (.left, leftDebits.base.map { Self.row($0, $1) }),
            (
                .difference,
                differences.base.values.filter { subjects[$0.difference.subject] == $0.difference.id }.map {
                    Self.row($0)
                }
            ),
            (
                .count,
                [
                    LedgerRow(
                        [Shard(of: writer), writer], [factCount, transferCount, receiptCount, differenceCount])
                ]
            ),
        ]
    }

    private func balanceRows(_ writer: UInt32) throws(HostError) -> [LedgerRow] {
        try Set(balances.base.keys).union(pending.base.keys).map { key throws(HostError) in
            let place = LedgerPlace(of: key.account, writer: writer)
            return LedgerRow(
                key: [
                    place.shard.sqlValue, .text(key.account.description), key.currency.sqlValue, place.part.sqlValue,
                ],
                content: [
                    key.account.kind.rawValue.sqlValue, place.party.sqlValue,
                    .integer(try Self.stored(balances[key] ?? 0, key.account)),
                    .integer(try Self.stored(pending[key] ?? 0, key.account)),
                ])
        }
    }

    private static func row(_ eid: PartyID, _ element: ElementState) -> LedgerRow {
        LedgerRow([Shard(of: eid), eid], [element.open?.rawValue, element.highest, element.bytes])
    }

    private static func row(_ id: PurseID, _ purse: PurseState) throws(HostError) -> LedgerRow {
        LedgerRow(
            [Shard(of: id.element), id.element, id.service],
            [
                Account.held(by: id).description, purse.terms.currency, purse.terms.limit,
                purse.proven.map { Int64(clamping: $0) }, try stored(purse.setAside, id),
            ])
    }

    private static func row(_ id: CardAtMeter, _ pair: PairState) throws(HostError) -> LedgerRow {
        let purse = PurseID(id.meter, UtilityService(rawValue: id.meter.kind.rawValue))
        return LedgerRow(
            [Shard(of: id.meter), id.meter, id.card],
            [
                Account.inDoubt(in: purse).description, pair.currency, try stored(pair.drawn, id),
                try stored(pair.credited, id), try stored(pair.shown, id), try stored(pair.left, id),
                try stored(pair.untold, id), pair.creditedNT,
            ])
    }

    private static func row(_ id: LeftDebitID, _ debit: LeftState) -> LedgerRow {
        LedgerRow(
            [Shard(of: id.meter), id.meter, id.card, id.nt],
            [debit.currency, debit.amount, debit.isProven ? 1 : 0, debit.shownBytes])
    }

    private static func row(_ state: DifferenceState) -> LedgerRow {
        let (difference, subject) = (state.difference, state.difference.subject)
        let (service, card): (UtilityService?, PartyID?) =
            switch subject {
            case .balance(let purse), .overdraft(let purse), .spent(let purse): (purse.service, nil)
            case .debits(let pair), .credited(let pair): (nil, pair.card)
            case .left(let debit), .unknownLeft(let debit): (nil, debit.card)
            }
        return LedgerRow(
            [Shard(of: subject.element), subject.bytes],
            [
                difference.id.rawValue, subject.bytes[0], subject.element, service, card, difference.kind.rawValue,
                difference.currency, Int64(clamping: difference.amount), difference.since, state.end?.bytes,
            ])
    }

    private static func stored(_ value: Int128, _ subject: some CustomStringConvertible) throws(HostError) -> Int64 {
        guard let stored = Int64(exactly: value) else { throw HostError(.booksBroken, "\(subject)") }
        return stored
    }
}
