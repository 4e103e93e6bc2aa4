internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func use(
        of meter: PartyID, _ series: UsageSeries, from: Timestamp = Timestamp(rawValue: 0),
        to: Timestamp = Timestamp(rawValue: .max)
    ) throws(HostError) -> [UsageRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM use_record WHERE eid = ? AND series = ? AND start BETWEEN ? AND ? ORDER BY start",
                arguments: ["\(meter)", series.rawValue, from.rawValue, to.rawValue]
            ).map { row in
                let row = RecordRow(row: row, path: path)
                return UsageRecord(
                    start: Timestamp(rawValue: try row.unsigned("start")), quantity: try row.unsigned("quantity"),
                    spent: Amount(rawValue: try row.unsigned("spent")))
            }
        }
    }

    public func record(
        _ use: [UsageRecord], _ series: UsageSeries, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int {
        try write { database in
            let count = "SELECT count(*) FROM use_record WHERE eid = ? AND series = ?"
            let before = try Int.fetchOne(database, sql: count, arguments: ["\(meter)", series.rawValue])
            let insertion = try database.makeStatement(
                sql: """
                    INSERT INTO use_record (eid, series, start, quantity, spent, received) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET quantity = excluded.quantity, spent = excluded.spent,
                        received = excluded.received
                    """)
            for record in use {
                try insertion.execute(arguments: [
                    "\(meter)", series.rawValue, record.start.rawValue, record.quantity, record.spent.rawValue.stored,
                    time.rawValue,
                ])
            }
            let after = try Int.fetchOne(database, sql: count, arguments: ["\(meter)", series.rawValue])
            return (after ?? 0) - (before ?? 0)
        }
    }

    public func readingStart(_ series: UsageSeries, of meter: PartyID) throws(HostError) -> Timestamp {
        try read { database in
            guard
                let mark = try UInt32.fetchOne(
                    database, sql: "SELECT clock FROM use_mark WHERE eid = ?", arguments: ["\(meter)"])
            else { return Timestamp(rawValue: 0) }
            let newest =
                series == .events
                ? nil
                : try UInt32.fetchOne(
                    database, sql: "SELECT max(start) FROM use_record WHERE eid = ? AND series = ?",
                    arguments: ["\(meter)", series.rawValue])
            let overlap = mark < 86_400 ? 0 : mark - 86_400
            return Timestamp(rawValue: min(newest ?? (series == .events ? overlap : 0), overlap))
        }
    }

    public func recordReading(upTo clock: Timestamp, of meter: PartyID) throws(HostError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO use_mark (eid, clock) VALUES (?, ?) ON CONFLICT DO UPDATE SET clock = excluded.clock
                    """, arguments: ["\(meter)", clock.rawValue])
        }
    }
}
