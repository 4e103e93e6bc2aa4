public import ValueProtocol

extension SQLRecords {
    public func events(
        of meter: PartyID, from: Timestamp = Timestamp(rawValue: 0), to: Timestamp = Timestamp(rawValue: .max)
    ) throws(HostError) -> [EventRecord] {
        try read { database in
            try database.query(
                """
                SELECT * FROM meter_event WHERE shard = ? AND eid = ? AND time BETWEEN ? AND ? ORDER BY time, position
                """, Shard(of: meter), meter, from, to
            ).map { row in
                EventRecord(
                    time: try row.time("time"), codeNumber: try row.unsigned("code"), value: try row.unsigned("value"))
            }
        }
    }

    public func record(
        _ events: [EventRecord], of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> [EventRecord] {
        try write { database in
            try own(meter, in: database)
            var position: Int64 =
                try database.query(
                    "SELECT max(position) AS position FROM meter_event WHERE shard = ? AND eid = ?", Shard(of: meter),
                    meter
                ).first.map { $0.isNull("position") ? 0 : try $0.integer("position") } ?? 0
            var seen: [EventRecord: Int] = [:]
            return try events.filter { event in
                let nth = seen[event, default: 0]
                seen[event] = nth + 1
                let isNew =
                    try database.execute(
                        """
                        INSERT INTO meter_event (shard, eid, time, code, value, nth, position, received)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                        """, Shard(of: meter), meter, event.time, event.codeNumber, event.value, nth, position + 1,
                        time) == 1
                if isNew { position += 1 }
                return isNew
            }
        }
    }
}
