internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func clocks(of meter: PartyID) throws(HostError) -> [ClockRecord] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM meter_clock WHERE eid = ? ORDER BY number", arguments: ["\(meter)"]
            ).map { row in
                let row = RecordRow(row: row, path: path)
                return ClockRecord(
                    time: Timestamp(rawValue: try row.unsigned("time")),
                    clock: row.isNull("clock") ? nil : Timestamp(rawValue: try row.unsigned("clock")),
                    target: row.isNull("target") ? nil : Timestamp(rawValue: try row.unsigned("target")))
            }
        }
    }

    public func recordClock(_ clock: Timestamp, of meter: PartyID, at time: Timestamp) throws(HostError) {
        try write { database in
            try database.execute(
                sql: "INSERT INTO meter_clock (eid, time, clock) VALUES (?, ?, ?)",
                arguments: ["\(meter)", time.rawValue, clock.rawValue])
        }
    }

    public func beginSettingClock(
        to target: Timestamp, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int64 {
        try write { database in
            try database.execute(
                sql: "UPDATE use_mark SET clock = min(clock, ?) WHERE eid = ?",
                arguments: [target.rawValue, "\(meter)"])
            try database.execute(
                sql: "INSERT INTO meter_clock (eid, time, target) VALUES (?, ?, ?)",
                arguments: ["\(meter)", time.rawValue, target.rawValue])
            return database.lastInsertedRowID
        }
    }

    public func endSettingClock(_ number: Int64, before: Timestamp) throws(HostError) {
        try write { database in
            try database.execute(
                sql: "UPDATE meter_clock SET clock = ? WHERE number = ?", arguments: [before.rawValue, number])
        }
    }
}
