public import ValueProtocol

/// Usage as pages: one per meter, series and day of the meter's clock.
extension SQLRecords {
    public func use(
        of meter: PartyID, _ series: UsageSeries, from: Timestamp = Timestamp(rawValue: 0),
        to: Timestamp = Timestamp(rawValue: .max)
    ) throws(HostError) -> [UsageRecord] {
        try read { database in
            try database.query(
                """
                SELECT day, content FROM usage_page WHERE shard = ? AND eid = ? AND series = ? AND day BETWEEN ? AND ?
                ORDER BY day
                """, Shard(of: meter), meter, series.rawValue, UsageDay.day(of: from), UsageDay.day(of: to)
            ).flatMap { try UsageDay($0, series).records }.filter { $0.start >= from && $0.start <= to }
        }
    }

    public func record(
        _ use: [UsageRecord], _ series: UsageSeries, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int {
        try write { database in
            try own(meter, in: database)
            var newCount = 0
            let days = Dictionary(grouping: use) { UsageDay.day(of: $0.start) }
            for (day, records) in days.sorted(by: { $0.key < $1.key }) {
                let known = try database.query(
                    "SELECT day, content FROM usage_page WHERE shard = ? AND eid = ? AND series = ? AND day = ?",
                    Shard(of: meter), meter, series.rawValue, day
                ).first.map { try UsageDay($0, series) }
                var page = known ?? UsageDay(day, series)
                newCount += page.merge(records)
                guard page != known else { continue }
                try database.execute(
                    """
                    INSERT INTO usage_page (shard, eid, series, day, content, received) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (shard, eid, series, day) DO UPDATE
                        SET content = excluded.content, received = excluded.received
                    """, Shard(of: meter), meter, series.rawValue, day, page.bytes, time)
            }
            return newCount
        }
    }

    public func readingStart(_ series: UsageSeries, of meter: PartyID) throws(HostError) -> Timestamp {
        try read { database in
            guard
                let mark = try database.query(
                    "SELECT clock FROM use_mark WHERE shard = ? AND eid = ?", Shard(of: meter), meter
                ).first?.time("clock")
            else { return Timestamp(rawValue: 0) }
            let overlap = mark.rawValue < UsageDay.seconds ? 0 : mark.rawValue - UsageDay.seconds
            guard series != .events else { return Timestamp(rawValue: overlap) }
            let newest = try database.query(
                """
                SELECT day, content FROM usage_page WHERE shard = ? AND eid = ? AND series = ? ORDER BY day DESC LIMIT 1
                """, Shard(of: meter), meter, series.rawValue
            ).first.flatMap { try UsageDay($0, series).records.last }
            return Timestamp(rawValue: min(newest?.start.rawValue ?? 0, overlap))
        }
    }

    public func recordReading(upTo clock: Timestamp, of meter: PartyID) throws(HostError) {
        try write { database in
            try own(meter, in: database)
            try database.execute(
                """
                INSERT INTO use_mark (shard, eid, clock) VALUES (?, ?, ?)
                ON CONFLICT (shard, eid) DO UPDATE SET clock = excluded.clock
                """, Shard(of: meter), meter, clock)
        }
    }

    public func forEachMeter(
        with series: UsageSeries, onDay day: UInt32, _ body: (PartyID, [UsageRecord]) -> Void
    ) throws(HostError) {
        try read { database in
            try database.forEachRow(
                of: "SELECT eid, day, content FROM usage_page WHERE series = ? AND day = ?",
                [series.rawValue.sqlValue, day.sqlValue]
            ) { row in body(try row.party("eid"), try UsageDay(row, series).records) }
        }
    }
}

extension UsageDay {
    init(_ row: SQLRow, _ series: UsageSeries) throws(HostError) {
        guard let day = UsageDay(try row.unsigned("day"), series, try row.bytes("content")) else {
            throw row.damaged("content")
        }
        self = day
    }
}
