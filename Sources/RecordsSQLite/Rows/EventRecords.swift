internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func events(
        of meter: PartyID, from: Timestamp = Timestamp(rawValue: 0), to: Timestamp = Timestamp(rawValue: .max)
    ) throws(HostError) -> [EventRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM meter_event WHERE eid = ? AND time BETWEEN ? AND ? ORDER BY time, rowid",
                arguments: ["\(meter)", from.rawValue, to.rawValue]
            ).map { row in
                let row = RecordRow(row: row, path: path)
                return EventRecord(
                    time: Timestamp(rawValue: try row.unsigned("time")), codeNumber: try row.unsigned("code"),
                    value: try row.unsigned("value"))
            }
        }
    }

    public func record(
        _ events: [EventRecord], of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> [EventRecord] {
        try write { database in
            var seen: [EventRecord: Int] = [:]
            return try events.filter { event in
                let nth = seen[event, default: 0]
                seen[event] = nth + 1
                try database.execute(
                    sql: "INSERT OR IGNORE INTO meter_event VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: ["\(meter)", event.time.rawValue, event.codeNumber, event.value, nth, time.rawValue])
                return database.changesCount == 1
            }
        }
    }
}
