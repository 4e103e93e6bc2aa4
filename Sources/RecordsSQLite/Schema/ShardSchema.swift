internal import GRDB
internal import Records
internal import ValueProtocol

/// What a record file shares with a database of several processes: the shard in every row, usage in pages, and a chain of
/// the audit trail per writer, in which each element's entries are numbered.
enum ShardSchema {
    /// The tables that get a shard, and the column with the element it follows from.
    private static let tables = [
        ("element", "eid"), ("credit_transaction", "eid"), ("tariff_order", "eid"), ("carry_over", "origin"),
        ("meter_status", "card"), ("meter_event", "eid"),
    ]

    /// Those whose rows are updated in place, by a key with the shard.
    private static let updated = [
        (
            "key_version",
            """
            shard INTEGER NOT NULL, eid TEXT NOT NULL REFERENCES element (eid), purpose INTEGER NOT NULL,
            version INTEGER NOT NULL, PRIMARY KEY (shard, eid, purpose)
            """
        ),
        (
            "purse",
            """
            shard INTEGER NOT NULL, eid TEXT NOT NULL REFERENCES element (eid), service INTEGER NOT NULL,
            currency INTEGER NOT NULL, most INTEGER NOT NULL, meter TEXT NOT NULL, version INTEGER NOT NULL,
            PRIMARY KEY (shard, eid, service)
            """
        ),
        (
            "balance",
            """
            shard INTEGER NOT NULL, eid TEXT NOT NULL REFERENCES element (eid), service INTEGER NOT NULL,
            amount INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (shard, eid, service)
            """
        ),
        (
            "use_mark",
            """
            shard INTEGER NOT NULL, eid TEXT NOT NULL REFERENCES element (eid), clock INTEGER NOT NULL,
            PRIMARY KEY (shard, eid)
            """
        ),
    ]

    static func fourth(_ database: Database) throws {
        database.add(function: shardOf)
        defer { database.remove(function: shardOf) }
        for (table, element) in tables {
            try database.execute(
                sql: """
                    ALTER TABLE \(table) ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;
                    UPDATE \(table) SET shard = shard_of(\(element));
                    """)
        }
        for (table, columns) in updated {
            try database.execute(
                sql: """
                    ALTER TABLE \(table) RENAME TO old_table;
                    CREATE TABLE \(table) (\(columns)) STRICT, WITHOUT ROWID;
                    INSERT INTO \(table) SELECT shard_of(eid), * FROM old_table;
                    DROP TABLE old_table;
                    """)
        }
        try database.execute(sql: rebuilt)
        try packUsage(in: database)
        try database.execute(sql: "DROP TABLE use_record")
    }

    private static let shardOf = DatabaseFunction("shard_of", argumentCount: 1, pure: true) { values in
        guard let text = String.fromDatabaseValue(values[0]), let eid = PartyID(text) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "not an identifier: \(values[0])")
        }
        return Int(Shard(of: eid).rawValue)
    }

    /// Rows of an hour each become pages of a day.
    private static func packUsage(in database: Database) throws {
        let connection = GRDBConnection(database, path: "record file")
        var page: (eid: PartyID, day: UsageDay)?
        var received: Int64 = 0
        func keep() throws {
            guard let (eid, day) = page else { return }
            try connection.execute(
                "INSERT INTO usage_page VALUES (?, ?, ?, ?, ?, ?)", Shard(of: eid), eid, day.series.rawValue, day.day,
                day.bytes, received)
        }
        try connection.forEachRow(of: "SELECT * FROM use_record ORDER BY eid, series, start", []) { row in
            let (eid, series) = (try row.party("eid"), UsageSeries(rawValue: try row.unsigned("series")))
            let record = UsageRecord(
                start: try row.time("start"), quantity: try row.unsigned("quantity"), spent: try row.amount("spent"))
            let number = UsageDay.day(of: record.start)
            var day = UsageDay(number, series)
            if let (of, known) = page, of == eid, known.series == series, known.day == number {
                day = known
            } else {
                try keep()
                received = 0
            }
            _ = day.merge([record])
            page = (eid, day)
            received = max(received, try row.integer("received"))
        }
        try keep()
    }

    private static let rebuilt = """
        -- content is UsageDay.bytes.
        CREATE TABLE usage_page (
            shard INTEGER NOT NULL,
            eid TEXT NOT NULL REFERENCES element (eid),
            series INTEGER NOT NULL,
            day INTEGER NOT NULL,
            content BLOB NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (shard, eid, series, day)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX usage_by_day ON usage_page (series, day);

        CREATE INDEX unsettled ON credit_transaction (eid) WHERE state IN (0, 4);

        -- The order in which a meter's events came.
        ALTER TABLE meter_event ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
        UPDATE meter_event SET position = rowid;

        -- Numbered for each meter.
        ALTER TABLE meter_clock RENAME TO old_clock;
        DROP INDEX clock_by_meter;
        CREATE TABLE meter_clock (
            shard INTEGER NOT NULL,
            eid TEXT NOT NULL REFERENCES element (eid),
            number INTEGER NOT NULL,
            time INTEGER NOT NULL,
            clock INTEGER,
            target INTEGER,
            PRIMARY KEY (shard, eid, number)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO meter_clock SELECT shard_of(eid), eid, number, time, clock, target FROM old_clock;
        DROP TABLE old_clock;

        CREATE TABLE audit_writer (
            writer INTEGER NOT NULL PRIMARY KEY,
            hash BLOB NOT NULL,
            keyed INTEGER NOT NULL,
            check_value BLOB NOT NULL
        ) STRICT;
        INSERT INTO audit_writer SELECT 0, hash, keyed, check_value FROM audit_origin;
        DROP TABLE audit_origin;

        -- content is AuditEvent.encoded; kind and subject are in it too, and stand here for the index, as the shard does,
        -- which follows from the element.
        DROP TRIGGER audit_event_stays;
        DROP TRIGGER audit_event_keeps;
        ALTER TABLE audit_event RENAME TO old_event;
        DROP INDEX audit_event_by_subject;
        CREATE TABLE audit_event (
            writer INTEGER NOT NULL,
            number INTEGER NOT NULL,
            time INTEGER NOT NULL,
            shard INTEGER NOT NULL,
            eid TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            form INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            subject INTEGER NOT NULL,
            content BLOB NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (writer, number)
        ) STRICT;
        INSERT INTO audit_event
            SELECT 0, number, time, shard_of(eid), eid, number, 1, kind, subject, content, hash FROM old_event;
        DROP TABLE old_event;
        CREATE UNIQUE INDEX audit_event_by_sequence ON audit_event (shard, eid, sequence);
        CREATE INDEX audit_event_by_subject ON audit_event (shard, eid, kind, subject, sequence);
        CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event
            BEGIN SELECT RAISE (ABORT, 'the audit trail is only added to'); END;
        CREATE TRIGGER audit_event_keeps BEFORE DELETE ON audit_event
            BEGIN SELECT RAISE (ABORT, 'the audit trail is only added to'); END;
        """
}
