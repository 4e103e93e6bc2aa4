internal import Records

/// The tables of a database, and how older ones are migrated.
///
/// They are those of a record file. The shard stands in every key, no table refers to another, and no number is drawn from
/// a sequence, so that the rows can be spread over several servers.
enum PostgreSQLSchema {
    private static let migrations = [first, second, LeaseSchema.tables + WorkSchema.tables, signedRoots]

    /// Creates the tables where there are none, and migrates older ones.
    ///
    /// - Throws: `HostError` `.fileNewer`, `.notARecordFile`; `PostgreSQLError`.
    static func prepare(_ connection: PostgreSQLConnection, path: String) throws {
        try connection.transaction("BEGIN") { database in
            // A second process waits here, and then finds what the first one made.
            _ = try database.query("SELECT 1 AS one FROM (SELECT pg_advisory_xact_lock(1448309350)) AS lock", [])
            let version = try version(in: database, path: path)
            guard version <= migrations.count else { throw HostError(.fileNewer, path) }
            guard version < migrations.count else { return }
            for migration in migrations.dropFirst(version) { try connection.script(migration) }
            try database.execute("DELETE FROM record_schema", [])
            try database.execute("INSERT INTO record_schema (version) VALUES (?)", migrations.count)
        }
    }

    private static func version(in database: any SQLConnection, path: String) throws -> Int {
        let tables = try database.query(
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = current_schema()", []
        ).map { try $0.text("name") }
        guard tables.contains("record_schema") else {
            // Tables of somebody else's are left alone.
            guard tables.isEmpty else { throw HostError(.notARecordFile, path) }
            return 0
        }
        guard let row = try database.query("SELECT version FROM record_schema", []).first else {
            throw HostError(.corrupt, path)
        }
        return Int(try row.integer("version"))
    }

    /// Refuses every entry, once the records are kept elsewhere; the code is that of `triggered_action_exception`.
    static let moved = """
        CREATE FUNCTION records_moved() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION USING ERRCODE = ''09000'', MESSAGE = ''the records were moved''; END';
        CREATE TRIGGER audit_event_moved BEFORE INSERT ON audit_event
            FOR EACH ROW EXECUTE FUNCTION records_moved();
        """

    private static let second = """
        \(LedgerSchema.tables(integer: "BIGINT", bytes: "BYTEA"))
        CREATE FUNCTION ledger_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''the ledger is only added to''; END';
        \(LedgerSchema.onlyAddedTo.map(closing).joined())
        """

    private static let signedRoots = """
        \(AuditRootSchema.table(integer: "BIGINT", bytes: "BYTEA"))
        CREATE TRIGGER audit_root_stays BEFORE UPDATE OR DELETE ON audit_root
            FOR EACH ROW EXECUTE FUNCTION only_added_to();
        """

    private static func closing(_ table: String) -> String {
        """
        CREATE TRIGGER \(table)_stays BEFORE UPDATE OR DELETE ON \(table)
            FOR EACH ROW EXECUTE FUNCTION ledger_only_added_to();

        """
    }

    private static let first = """
        CREATE TABLE record_schema (version BIGINT NOT NULL PRIMARY KEY);
        CREATE TABLE element (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            nt BIGINT,
            issued BIGINT NOT NULL DEFAULT 0,
            standing BIGINT NOT NULL DEFAULT 0,
            replacement TEXT,
            PRIMARY KEY (shard, eid)
        );
        CREATE TABLE key_version (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            purpose BIGINT NOT NULL,
            version BIGINT NOT NULL,
            PRIMARY KEY (shard, eid, purpose)
        );
        CREATE TABLE purse (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            service BIGINT NOT NULL,
            currency BIGINT NOT NULL,
            most BIGINT NOT NULL,
            meter TEXT NOT NULL,
            version BIGINT NOT NULL,
            PRIMARY KEY (shard, eid, service)
        );
        CREATE TABLE balance (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            service BIGINT NOT NULL,
            amount BIGINT NOT NULL,
            time BIGINT NOT NULL,
            PRIMARY KEY (shard, eid, service)
        );
        CREATE TABLE credit_transaction (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            htxn BIGINT NOT NULL CHECK (htxn > 0),
            operation BIGINT NOT NULL,
            service BIGINT NOT NULL,
            currency BIGINT NOT NULL,
            amount BIGINT NOT NULL,
            time BIGINT NOT NULL,
            reference TEXT,
            state BIGINT NOT NULL,
            refusal BIGINT,
            balance BIGINT,
            settled BIGINT NOT NULL,
            PRIMARY KEY (shard, eid, htxn)
        );
        -- Only one is open with an element at a time.
        CREATE UNIQUE INDEX one_in_doubt ON credit_transaction (shard, eid) WHERE state = 0;
        -- An order is applied once: only what is proven to have changed nothing leaves its reference free.
        CREATE UNIQUE INDEX one_a_reference ON credit_transaction (shard, eid, reference)
            WHERE reference IS NOT NULL AND state IN (0, 1, 4);
        CREATE INDEX unsettled ON credit_transaction (shard, eid) WHERE state IN (0, 4);
        CREATE TABLE tariff_order (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            htxn BIGINT NOT NULL,
            effective BIGINT NOT NULL,
            tariff BYTEA NOT NULL,
            PRIMARY KEY (shard, eid, htxn)
        );
        CREATE TABLE carry_over (
            shard BIGINT NOT NULL,
            origin TEXT NOT NULL,
            service BIGINT NOT NULL,
            target TEXT NOT NULL,
            currency BIGINT NOT NULL,
            amount BIGINT NOT NULL,
            PRIMARY KEY (shard, origin, service)
        );
        CREATE INDEX carry_over_by_target ON carry_over (target);
        CREATE TABLE meter_status (
            shard BIGINT NOT NULL,
            card TEXT NOT NULL,
            service BIGINT NOT NULL,
            meter TEXT NOT NULL,
            nt BIGINT NOT NULL,
            time BIGINT NOT NULL,
            status BYTEA NOT NULL,
            received BIGINT NOT NULL,
            PRIMARY KEY (shard, card, meter, nt)
        );
        CREATE INDEX status_by_meter ON meter_status (meter);
        -- A meter may have the same event several times in a second; position is the order in which they came.
        CREATE TABLE meter_event (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            time BIGINT NOT NULL,
            code BIGINT NOT NULL,
            value BIGINT NOT NULL,
            nth BIGINT NOT NULL,
            position BIGINT NOT NULL,
            received BIGINT NOT NULL,
            PRIMARY KEY (shard, eid, time, code, value, nth)
        );
        CREATE TABLE meter_clock (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            number BIGINT NOT NULL,
            time BIGINT NOT NULL,
            clock BIGINT,
            target BIGINT,
            PRIMARY KEY (shard, eid, number)
        );
        CREATE TABLE use_mark (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            clock BIGINT NOT NULL,
            PRIMARY KEY (shard, eid)
        );
        -- content is UsageDay.bytes.
        CREATE TABLE usage_page (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            series BIGINT NOT NULL,
            day BIGINT NOT NULL,
            content BYTEA NOT NULL,
            received BIGINT NOT NULL,
            PRIMARY KEY (shard, eid, series, day)
        );
        CREATE INDEX usage_by_day ON usage_page (series, day);
        -- Sentences of an old record file, which came with it; nothing is added.
        CREATE TABLE audit (
            number BIGINT NOT NULL PRIMARY KEY,
            time BIGINT NOT NULL,
            eid TEXT NOT NULL,
            subject TEXT NOT NULL,
            text TEXT NOT NULL,
            hash BYTEA NOT NULL
        );
        CREATE INDEX audit_by_subject ON audit (eid, subject, number);
        CREATE TABLE audit_writer (
            writer BIGINT NOT NULL PRIMARY KEY,
            hash BYTEA NOT NULL,
            keyed BIGINT NOT NULL,
            check_value BYTEA NOT NULL
        );
        -- content is AuditEvent.encoded; kind and subject are in it too, and stand here for the index.
        CREATE TABLE audit_event (
            writer BIGINT NOT NULL,
            number BIGINT NOT NULL,
            time BIGINT NOT NULL,
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            sequence BIGINT NOT NULL,
            form BIGINT NOT NULL,
            kind BIGINT NOT NULL,
            subject BIGINT NOT NULL,
            content BYTEA NOT NULL,
            hash BYTEA NOT NULL,
            PRIMARY KEY (shard, eid, sequence)
        );
        CREATE INDEX audit_event_by_number ON audit_event (writer, number);
        CREATE INDEX audit_event_by_subject ON audit_event (shard, eid, kind, subject, sequence);
        CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''the audit trail is only added to''; END';
        CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event
            FOR EACH ROW EXECUTE FUNCTION only_added_to();
        CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit
            FOR EACH ROW EXECUTE FUNCTION only_added_to();
        """
}
