internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func replace(
        _ eid: PartyID, by successor: PartyID, carrying rule: CarryRule, at time: Timestamp
    ) throws(HostError) -> [CarryOver] {
        try write { database in
            try ensureElement(successor, in: database)
            switch try status(of: eid, in: database) {
            case .replaced(let other) where other == successor:
                return try carryOvers("target = ?", ["\(successor)"], in: database)
            case .lost, .blocked: break
            default: throw HostError(.wrongStatus, "\(eid)")
            }
            guard eid != successor, try status(of: successor, in: database) == .inUse else {
                throw HostError(.wrongStatus, "\(successor)")
            }
            let open = try transactions("eid = ? AND \(TransactionStates.unsettled)", ["\(eid)"], in: database)
            if let open = open.first { throw HostError(.openTransaction, "\(open)") }
            for value in rule == .none ? [] : try remainingValue(of: eid, in: database) {
                let carry = CarryOver(
                    from: eid, to: successor, service: value.service, currency: value.currency, amount: value.amount)
                try insert(carry, at: time, in: database)
            }
            for onItsWay in try openCarryOvers(to: eid, in: database) {
                try redirect(onItsWay, to: successor, at: time, in: database)
            }
            try set(.replaced(by: successor), of: eid, at: time, in: database)
            return try carryOvers("target = ?", ["\(successor)"], in: database)
        }
    }

    public func openCarryOvers(to eid: PartyID) throws(HostError) -> [CarryOver] {
        try read { try openCarryOvers(to: eid, in: $0) }
    }

    func openCarryOvers(to eid: PartyID, in database: Database) throws -> [CarryOver] {
        try carryOvers("target = ?", ["\(eid)"], in: database).filter { carry in
            try transactions(
                "eid = ? AND reference = ? AND \(TransactionStates.done)", ["\(eid)", carry.reference], in: database
            ).isEmpty
        }
    }

    func carryOvers(
        _ condition: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [CarryOver] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM carry_over WHERE \(condition) ORDER BY origin, service", arguments: arguments
        ).map { row in
            let row = RecordRow(row: row, path: path)
            return CarryOver(
                from: try row.party("origin"), to: try row.party("target"),
                service: UtilityService(rawValue: try row.unsigned("service")),
                currency: Currency(rawValue: try row.unsigned("currency")),
                amount: Amount(rawValue: try row.unsigned("amount")))
        }
    }

    private func insert(_ carry: CarryOver, at time: Timestamp, in database: Database) throws {
        try database.execute(
            sql: "INSERT INTO carry_over (origin, service, target, currency, amount) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                "\(carry.from)", carry.service.rawValue, "\(carry.to)", carry.currency.rawValue,
                carry.amount.rawValue.stored,
            ])
        try trail.append(.carryOver(carry), of: carry.from, at: time, to: database)
    }

    private func redirect(_ carry: CarryOver, to eid: PartyID, at time: Timestamp, in database: Database) throws {
        try database.execute(
            sql: "UPDATE carry_over SET target = ? WHERE origin = ? AND service = ?",
            arguments: ["\(eid)", "\(carry.from)", carry.service.rawValue])
        let sentOn = CarryOver(
            from: carry.from, to: eid, service: carry.service, currency: carry.currency, amount: carry.amount)
        try trail.append(.carryOver(sentOn), of: carry.from, at: time, to: database)
    }
}
