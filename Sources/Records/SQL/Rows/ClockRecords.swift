public import ValueProtocol

extension SQLRecords {
    public func clocks(of meter: PartyID) throws(HostError) -> [ClockRecord] {
        try read { database in
            try database.query(
                "SELECT * FROM meter_clock WHERE shard = ? AND eid = ? ORDER BY number", Shard(of: meter), meter
            ).map { row in
                ClockRecord(
                    time: try row.time("time"), clock: row.isNull("clock") ? nil : try row.time("clock"),
                    target: row.isNull("target") ? nil : try row.time("target"))
            }
        }
    }

    public func recordClock(_ clock: Timestamp, of meter: PartyID, at time: Timestamp) throws(HostError) {
        _ = try write { try insertClock(clock, target: nil, of: meter, at: time, in: $0) }
    }

    public func beginSettingClock(
        to target: Timestamp, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int64 {
        try write { database in
            try own(meter, in: database)
            try database.execute(
                "UPDATE use_mark SET clock = ? WHERE shard = ? AND eid = ? AND clock > ?", target, Shard(of: meter),
                meter, target)
            return try insertClock(nil, target: target, of: meter, at: time, in: database)
        }
    }

    public func endSettingClock(_ number: Int64, of meter: PartyID, before: Timestamp) throws(HostError) {
        try write { database in
            try own(meter, in: database)
            _ = try database.execute(
                "UPDATE meter_clock SET clock = ? WHERE shard = ? AND eid = ? AND number = ?", before,
                Shard(of: meter), meter, number)
        }
    }

    /// - Returns: the number of the new record among the meter's.
    private func insertClock(
        _ clock: Timestamp?, target: Timestamp?, of meter: PartyID, at time: Timestamp, in database: any SQLConnection
    ) throws -> Int64 {
        try own(meter, in: database)
        let newest = try database.query(
            "SELECT number FROM meter_clock WHERE shard = ? AND eid = ? ORDER BY number DESC LIMIT 1", Shard(of: meter),
            meter)
        let number = (try newest.first?.integer("number") ?? 0) + 1
        try database.execute(
            "INSERT INTO meter_clock (shard, eid, number, time, clock, target) VALUES (?, ?, ?, ?, ?, ?)",
            Shard(of: meter), meter, number, time, clock, target)
        return number
    }
}
