import CardCrypto
import Ledger
import ValueProtocol

extension ClusterAccess {
    public func ledgerBalances() throws(HostError) -> [LedgerBalance] {
        let rows = try all { records throws(HostError) in try records.ledgerBalances() }
        return Dictionary(grouping: rows) { AccountInCurrency($0.account, $0.currency) }.map { key, parts in
            LedgerBalance(
                account: key.account, currency: key.currency, amount: parts.reduce(0) { $0 + $1.amount },
                pending: parts.reduce(0) { $0 + $1.pending })
        }.filter { $0.amount != 0 || $0.pending != 0 }.sorted {
            ($0.account.kind.rawValue, $0.account.description, $0.currency.rawValue)
                < ($1.account.kind.rawValue, $1.account.description, $1.currency.rawValue)
        }
    }

    public func transfers(of account: Account?) throws(HostError) -> [Transfer] {
        try all { records throws(HostError) in try records.transfers(of: account) }.sorted { $0.id < $1.id }
    }

    public func differences() throws(HostError) -> [BookDifference] {
        try all { records throws(HostError) in try records.differences() }.sorted {
            $0.id.rawValue < $1.id.rawValue
        }
    }

    public func violations() throws(HostError) -> [LedgerViolation] {
        try all { records throws(HostError) in try records.violations() }
    }

    public func releasableValue(of eid: PartyID, at time: Timestamp) throws(HostError) -> [RemainingValue] {
        try reader(of: eid).releasableValue(of: eid, at: time)
    }

    public func recordLeft(
        _ debit: LeftDebit, of service: UtilityService, on card: PartyID, at time: Timestamp
    ) throws(HostError) {
        try requireTogether(card, debit.meter)
        try writer(of: card).recordLeft(debit, of: service, on: card, at: time)
    }

    public func book(_ order: LedgerOrder) throws(HostError) -> LedgerDecision {
        let home = try home(of: order)
        // The key is unique on all servers.
        for index in cluster.servers.indices where index != home {
            guard try reader(index).knows(order.key) else { continue }
            throw HostError(.booksRefuse, "\(order.key)", cause: LedgerError(.otherOrder, order.key))
        }
        return try writer(home).book(order)
    }

    /// The server that has all accounts which the order moves value of.
    private func home(of order: LedgerOrder) throws(HostError) -> Int {
        let accounts: [Account] =
            switch order.request {
            case .purchase(let purchase): [.subscriber(purchase.subscriber)]
            case .correct(let correction): [correction.from, correction.to]
            case .payLeft(let payment): [.left(payment.debit), payment.party.account]
            case .release(let purse, let party): [.carried(from: purse), party.account]
            case .assign(let purse): [.held(by: purse)]
            default: []
            }
        if case .resolve(let id, _) = order.request,
            let index = cluster.index(ofWriter: UInt32(truncatingIfNeeded: id.rawValue >> 40))
        {
            return index
        }
        let homes = Set(
            accounts.compactMap { account -> Int? in
                switch account {
                // They have a row for each writer, and so for each server.
                case .seller, .corrections: nil
                default: cluster.index(of: LedgerPlace(of: account, writer: 0).shard)
                }
            })
        guard homes.count <= 1 else {
            throw HostError(.onOtherServers, accounts.map(\.description).joined(separator: " and "))
        }
        return homes.first ?? cluster.index(of: Shard(of: order.key))
    }
}

// MARK: Replacement

/// The value of a replaced card goes to a successor on another server in two steps: its own server gives what was set aside
/// back to the seller when the successor's order begins, under a key that does it once; the successor's server stores it
/// from the seller, under the reference of the carry-over, which does it once. In between it is the seller's.
extension ClusterAccess {
    public func replace(
        _ eid: PartyID, by successor: PartyID, carrying rule: CarryRule, at time: Timestamp
    ) throws(HostError) -> [CarryOver] {
        // Every server is asked before anything is done.
        let inTransit = try openCarryOvers(to: eid).filter { index(of: $0.from) != index(of: eid) }
        if index(of: eid) == index(of: successor) {
            _ = try writer(of: eid).replace(eid, by: successor, carrying: rule, at: time)
        } else {
            let status = try reader(of: eid).element(eid)?.status ?? .inUse
            if case .replaced(by: successor) = status {
                // Repeated: only what is in transit may be left.
            } else {
                guard status == .lost || status == .blocked else { throw HostError(.wrongStatus, "\(eid)") }
                guard try reader(of: successor).element(successor)?.status ?? .inUse == .inUse else {
                    throw HostError(.wrongStatus, "\(successor)")
                }
                // A meter's debt would have to move, too.
                if eid.kind.isMeter { try requireTogether(eid, successor) }
                let there = try writer(of: successor)
                try writer(of: eid).replaceByElementElsewhere(eid, successor, carrying: rule, at: time)
                _ = try there.write { try there.own(successor, in: $0) }
            }
        }
        for carry in inTransit { try writer(of: carry.from).redirect(carry, to: successor, at: time) }
        return try carryOvers(to: successor)
    }

    public func openCarryOvers(to eid: PartyID) throws(HostError) -> [CarryOver] {
        var open = try reader(of: eid).openCarryOvers(to: eid)
        let stored = try carriedReferences(on: eid)
        let elsewhere = try carryOvers(to: eid).filter { index(of: $0.from) != index(of: eid) }
        for carry in elsewhere {
            let origin = try reader(of: carry.from)
            // Value that was paid out instead is neither set aside any more nor given back for this order.
            let isSetAside = try origin.isSetAside(carry)
            let isGivenBack = try origin.knows(IdempotencyKey(carry.reference))
            if isSetAside || isGivenBack, !stored.contains(carry.reference) { open.append(carry) }
        }
        return open.inOrder
    }

    /// The carry-overs that were stored on an element.
    private func carriedReferences(on eid: PartyID) throws(HostError) -> Set<String> {
        Set(try reader(of: eid).transactions(of: eid).filter { $0.state == .done }.compactMap(\.reference))
    }

    private func carryOvers(to eid: PartyID) throws(HostError) -> [CarryOver] {
        try all { records throws(HostError) in try records.carryOvers(to: eid) }.inOrder
    }

    /// The first step of an order that stores the value of a replaced card of another server.
    func giveBackCarried(for request: CreditRequest, of eid: PartyID, at time: Timestamp) throws(HostError) {
        guard let reference = request.reference, reference.hasPrefix(CarryOver.prefix),
            let carry = try carryOvers(to: eid).first(where: { $0.reference == reference }),
            index(of: carry.from) != index(of: eid)
        else { return }
        guard (request.amount, request.currency, request.service) == (carry.amount, carry.currency, carry.service)
        else { throw HostError(.otherOrder, reference) }
        let there = try reader(of: eid)
        guard try there.transactionInDoubt(with: eid) == nil, try !carriedReferences(on: eid).contains(reference),
            try there.element(eid)?.status ?? .inUse == .inUse
        else { return }
        let purse = PurseID(carry.from, carry.service)
        _ = try writer(of: carry.from).book(
            LedgerOrder(key: IdempotencyKey(reference), time: time, .release(purse, to: .seller)))
    }
}

extension [CarryOver] {
    /// By origin and service, as one database has them.
    fileprivate var inOrder: [CarryOver] { sorted { ("\($0.from)", $0.service) < ("\($1.from)", $1.service) } }
}

extension SQLRecords {
    func isSetAside(_ carry: CarryOver) throws(HostError) -> Bool { try read { try isSetAside(carry, in: $0) } }

    /// All value that was to go to an element, whether it is stored or not.
    func carryOvers(to eid: PartyID) throws(HostError) -> [CarryOver] {
        try read { try carryOvers("target = ?", [eid], in: $0) }
    }

    /// Replaces an element by one that another server has, and is in use.
    func replaceByElementElsewhere(
        _ eid: PartyID, _ successor: PartyID, carrying rule: CarryRule, at time: Timestamp
    ) throws(HostError) {
        try write { database in
            try own(eid, in: database)
            try replaceOwned(eid, by: successor, carrying: rule, at: time, in: database)
        }
    }

    func redirect(_ carry: CarryOver, to successor: PartyID, at time: Timestamp) throws(HostError) {
        try write { database in
            try own(carry.from, in: database)
            try redirect(carry, to: successor, at: time, in: database)
        }
    }

    /// Whether an order of the ledger was done under a key.
    func knows(_ key: IdempotencyKey) throws(HostError) -> Bool {
        try read { database in
            try database.flushNotes()
            return try !database.query(
                "SELECT number FROM ledger_fact WHERE shard = ? AND order_key = ? AND kind = 1", Shard(of: key),
                key.rawValue
            ).isEmpty
        }
    }
}
