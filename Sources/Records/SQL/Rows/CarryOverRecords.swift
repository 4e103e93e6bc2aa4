import Ledger
public import ValueProtocol

extension SQLRecords {
    public func replace(
        _ eid: PartyID, by successor: PartyID, carrying rule: CarryRule, at time: Timestamp
    ) throws(HostError) -> [CarryOver] {
        try write { database in
            // Always in the same order, so that two replacements do not wait for each other.
            for element in [eid, successor].sorted() { try own(element, in: database) }
            switch try status(of: eid, in: database) {
            case .replaced(let other) where other == successor:
                return try carryOvers("target = ?", [successor], in: database)
            case .lost, .blocked: break
            default: throw HostError(.wrongStatus, "\(eid)")
            }
            guard eid != successor, try status(of: successor, in: database) == .inUse else {
                throw HostError(.wrongStatus, "\(successor)")
            }
            try replaceOwned(eid, by: successor, carrying: rule, at: time, in: database)
            return try carryOvers("target = ?", [successor], in: database)
        }
    }

    /// Replaces an element that is owned in this transaction by one that is in use.
    func replaceOwned(
        _ eid: PartyID, by successor: PartyID, carrying rule: CarryRule, at time: Timestamp,
        in database: any SQLConnection
    ) throws {
        switch try status(of: eid, in: database) {
        case .lost, .blocked: break
        default: throw HostError(.wrongStatus, "\(eid)")
        }
        let open = try transactions(of: eid, TransactionStates.unsettled, in: database)
        if let open = open.first { throw HostError(.openTransaction, "\(open)") }
        for value in try bookReplacement(of: eid, by: successor, rule, at: time, in: database) {
            let carry = CarryOver(
                from: eid, to: successor, service: value.service, currency: value.currency, amount: value.amount)
            try insert(carry, at: time, in: database)
        }
        for onItsWay in try openCarryOvers(to: eid, in: database) {
            try redirect(onItsWay, to: successor, at: time, in: database)
        }
        try set(.replaced(by: successor), of: eid, at: time, in: database)
    }

    public func openCarryOvers(to eid: PartyID) throws(HostError) -> [CarryOver] {
        try read { try openCarryOvers(to: eid, in: $0) }
    }

    func openCarryOvers(to eid: PartyID, in database: any SQLConnection) throws -> [CarryOver] {
        try carryOvers("target = ?", [eid], in: database).filter { carry in
            let orders = try transactions(of: eid, "reference = ?", [carry.reference], in: database)
            if orders.contains(where: { $0.state == .done }) { return false }
            // Value that was paid out instead is not set aside any more.
            return try orders.contains { $0.state == .inDoubt || $0.state == .needsManualResolution }
                || isSetAside(carry, in: database)
        }
    }

    func isSetAside(_ carry: CarryOver, in database: any SQLConnection) throws -> Bool {
        try database.ledger.read(trail, path: path, in: database) { state in
            state.balance(.carried(from: PurseID(carry.from, carry.service)), carry.currency) > 0
        }
    }

    func carryOvers(
        _ condition: String, _ arguments: [any SQLArgument], in database: any SQLConnection
    ) throws -> [CarryOver] {
        try database.query(
            "SELECT * FROM carry_over WHERE \(condition) ORDER BY origin, service", arguments.map(\.sqlValue)
        ).map { row in
            CarryOver(
                from: try row.party("origin"), to: try row.party("target"), service: try row.service("service"),
                currency: try row.currency("currency"), amount: try row.amount("amount"))
        }
    }

    func insert(_ carry: CarryOver, at time: Timestamp, in database: any SQLConnection) throws {
        try database.execute(
            "INSERT INTO carry_over (shard, origin, service, target, currency, amount) VALUES (?, ?, ?, ?, ?, ?)",
            Shard(of: carry.from), carry.from, carry.service, carry.to, carry.currency, carry.amount)
        try trail.append(.carryOver(carry), of: carry.from, at: time, to: database)
    }

    func redirect(_ carry: CarryOver, to eid: PartyID, at time: Timestamp, in database: any SQLConnection)
        throws
    {
        try database.execute(
            "UPDATE carry_over SET target = ? WHERE shard = ? AND origin = ? AND service = ?", eid,
            Shard(of: carry.from), carry.from, carry.service)
        let sentOn = CarryOver(
            from: carry.from, to: eid, service: carry.service, currency: carry.currency, amount: carry.amount)
        try trail.append(.carryOver(sentOn), of: carry.from, at: time, to: database)
    }
}
