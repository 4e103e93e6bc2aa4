internal import Records
internal import ValueProtocol

/// Orders that wait, as rows.
struct WorkRows {
    let database: any SQLConnection
    let clock: LeaseClock

    func insert(_ order: WorkOrder, at time: Timestamp) throws -> WorkOrder {
        let request = order.request
        let count = try database.execute(
            """
            INSERT INTO work_order (shard, eid, reference, operation, service, currency, amount, effective, tariff,
                replaces, ordered) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """, Shard(of: order.eid), order.eid, order.reference, request.kind.rawValue, request.service,
            request.currency, request.amount, request.tariff?.effective, request.tariff?.table.bytes,
            request.replacesTariffAhead ? 1 : 0, time)
        if count == 1 {
            // Arrives with the commit.
            _ = try database.query(
                "SELECT 1 AS one FROM (SELECT pg_notify('\(WorkSchema.channel)', ?)) AS sent",
                [.text(Shard(of: order.eid).description)])
            return order
        }
        let known = try orders(
            "shard = ? AND eid = ? AND reference = ?", [Shard(of: order.eid), order.eid, order.reference])
        guard let known = known.first, known.request == request else {
            throw HostError(.otherOrder, "\(order.reference) of \(order.eid)")
        }
        return known
    }

    /// - Parameter tokens: of the leases that this process has.
    func take(_ tokens: [Shard: UInt64], atMost maxCount: Int) throws -> [WorkOrder] {
        let shards = tokens.keys.sorted()
        let found = try database.query(
            """
            SELECT w.* FROM work_order w
                JOIN unnest(CAST(? AS bigint[]), CAST(? AS bigint[])) AS held (shard, token) ON held.shard = w.shard
            WHERE w.state = 0 AND w.token <> held.token AND w.due <= \(LeaseClock.now) AND NOT EXISTS (
                SELECT 1 FROM work_order o WHERE o.shard = w.shard AND o.eid = w.eid AND o.state = 0
                    AND (o.token = held.token OR (o.ordered, o.reference) < (w.ordered, w.reference)))
            ORDER BY w.ordered, w.reference LIMIT ? FOR UPDATE OF w SKIP LOCKED
            """,
            [
                Self.list(shards.map(\.description)), Self.list(shards.compactMap { tokens[$0]?.description }),
                clock.argument, .integer(Int64(maxCount)),
            ])
        return try found.map { row in
            let order = try WorkOrder(row, attempts: 1)
            try database.touch(Shard(of: order.eid))
            try database.execute(
                """
                UPDATE work_order SET token = ?, attempts = attempts + 1 WHERE shard = ? AND eid = ? AND reference = ?
                """, tokens[Shard(of: order.eid)], Shard(of: order.eid), order.eid, order.reference)
            return order
        }
    }

    /// - Parameter token: under which it was taken.
    func finish(_ order: WorkOrder, as state: WorkOrder.State, _ token: UInt64?, at time: Timestamp) throws {
        let (code, htxn, detail): (Int, HostTransaction?, String?) =
            switch state {
            case .waiting: (0, nil, nil)
            case .done(let htxn): (1, htxn, nil)
            case .notDone(let reason): (2, nil, reason)
            }
        try change(
            order, "state = ?, htxn = ?, detail = ?, finished = ?", [code, htxn, detail, time], token)
    }

    func putBack(_ order: WorkOrder, for duration: Duration, _ token: UInt64?) throws {
        try change(
            order, "token = 0, due = \(LeaseClock.now) + ?", [clock.argument, duration.inMilliseconds], token)
    }

    private func change(
        _ order: WorkOrder, _ columns: String, _ values: [any SQLArgument], _ token: UInt64?
    ) throws {
        try database.touch(Shard(of: order.eid))
        let place: [any SQLArgument] = [Shard(of: order.eid), order.eid, order.reference, token]
        let count = try database.execute(
            """
            UPDATE work_order SET \(columns) WHERE shard = ? AND eid = ? AND reference = ? AND token = ? AND state = 0
            """, (values + place).map(\.sqlValue))
        guard count == 1 else {
            throw HostError(.shardHeld, "\(order.reference) of \(order.eid), which is not this process's any more")
        }
    }

    func orders(_ condition: String, _ arguments: [any SQLArgument]) throws -> [WorkOrder] {
        try database.query(
            "SELECT * FROM work_order WHERE \(condition) ORDER BY ordered, reference", arguments.map(\.sqlValue)
        ).map { try WorkOrder($0) }
    }

    private static func list(_ numbers: [String]) -> SQLValue { .text("{" + numbers.joined(separator: ",") + "}") }
}

extension WorkOrder {
    /// - Parameter attempts: besides those of the row.
    fileprivate init(_ row: SQLRow, attempts: Int = 0) throws(HostError) {
        var tariff: TariffOrder?
        if !row.isNull("tariff") {
            guard let table = TariffTable(try row.bytes("tariff")) else { throw row.damaged("tariff") }
            tariff = TariffOrder(table, effective: try row.time("effective"))
        }
        let request = CreditRequest(
            kind: try row.code("operation"), service: try row.service("service"),
            currency: try row.currency("currency"), amount: try row.amount("amount"),
            reference: try row.text("reference"), tariff: tariff,
            replacesTariffAhead: try row.integer("replaces") == 1)
        let state: State =
            switch try row.integer("state") {
            case 0: .waiting
            case 1: .done(HostTransaction(rawValue: try row.unsigned("htxn")))
            case 2: .notDone(try row.text("detail"))
            default: throw row.damaged("state")
            }
        self.init(request, of: try row.party("eid"), state, attempts: Int(try row.integer("attempts")) + attempts)
    }
}
