public import ValueProtocol

extension SQLRecords {
    @discardableResult
    public func record(
        _ statuses: [MeterStatusRecord], from card: PartyID, at time: Timestamp
    ) throws(HostError) -> [MeterStatusRecord] {
        try write { database in
            try own(card, in: database)
            let new = try statuses.filter { record in
                try database.execute(
                    """
                    INSERT INTO meter_status (shard, card, service, meter, nt, time, status, received)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """, Shard(of: card), card, record.service, record.meter, record.nt, record.time, record.status,
                    time) == 1
            }
            // In the order in which the card got them.
            for record in new.sorted(by: { $0.nt < $1.nt }) {
                try bookMeterStatus(record, from: card, at: time, in: database)
            }
            return new
        }
    }

    public func meterStatus(of meter: PartyID) throws(HostError) -> [MeterStatusRecord] {
        try read { database in
            try database.query("SELECT * FROM meter_status WHERE meter = ? ORDER BY time, card, nt", meter).map { row in
                MeterStatusRecord(
                    service: try row.service("service"), meter: meter, nt: try row.unsigned("nt"),
                    time: try row.time("time"), status: try row.bytes("status"))
            }
        }
    }
}
