internal import GRDB
internal import Records

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The tables of a record file, and how older ones are migrated.
///
/// Unsigned 64-bit numbers are stored with the same bits; identifiers in their text form.
enum RecordSchema {
    /// Marks the database as a record file in its header: `VSrf`.
    static let applicationID: Int32 = 0x5653_7266

    /// Checks that the database is a record file, or an empty one to become one, and migrates it.
    static func prepare(_ database: DatabaseQueue, path: String) throws {
        let isEmpty = try database.read { database in
            let application = try Int32.fetchOne(database, sql: "PRAGMA application_id")
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master")
            guard application == applicationID || (application == 0 && tables == 0) else {
                throw HostError(.notARecordFile, path)
            }
            return tables == 0
        }
        if isEmpty {
            try besidesOthers { try database.write { try $0.execute(sql: "PRAGMA application_id = \(applicationID)") } }
        } else if try besidesOthers({ try database.read(migrator.hasBeenSuperseded) }) {
            throw HostError(.fileNewer, path)
        }
        try besidesOthers {
            try database.writeWithoutTransaction { database in
                _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
            }
        }
        try besidesOthers {
            if try !database.read(migrator.hasCompletedMigrations) { try migrator.migrate(database) }
        }
    }

    /// Repeats `body` where it fails: another program that opens the file at the same moment may create a table, or carry
    /// out a step, between two reads of this one; at most once for each table and step. And where the file is locked: that
    /// program changes its mode, for which SQLite does not wait.
    static func besidesOthers<Value>(_ body: () throws -> Value) throws -> Value {
        var (failures, refusals) = (0, 0)
        while true {
            do {
                return try body()
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                refusals += 1
                if refusals == maxRefusals { throw error }
                usleep(pause)
            } catch let error as DatabaseError {
                failures += 1
                if failures == migrator.migrations.count + 2 { throw error }
            }
        }
    }

    private static let maxRefusals = 500
    /// In microseconds.
    private static let pause: UInt32 = 5_000

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: elements, transactions, audit trail") { try $0.execute(sql: first) }
        migrator.registerMigration("2: tariffs, use, events, clocks") { try $0.execute(sql: MeterSchema.second) }
        migrator.registerMigration("3: typed audit trail") { try $0.execute(sql: AuditSchema.third) }
        migrator.registerMigration("4: shards, usage in pages, a chain per writer", migrate: ShardSchema.fourth)
        migrator.registerMigration("5: ledger") { try $0.execute(sql: fifth) }
        migrator.registerMigration("6: signed roots") { try $0.execute(sql: AuditSchema.roots) }
        return migrator
    }

    private static let fifth =
        LedgerSchema.tables(integer: "INTEGER", bytes: "BLOB", suffix: " STRICT, WITHOUT ROWID")
        + LedgerSchema.onlyAddedTo.map { table in
            """
            CREATE TRIGGER \(table)_stays BEFORE UPDATE ON \(table)
                BEGIN SELECT RAISE (ABORT, 'the ledger is only added to'); END;
            CREATE TRIGGER \(table)_keeps BEFORE DELETE ON \(table)
                BEGIN SELECT RAISE (ABORT, 'the ledger is only added to'); END;

            """
        }.joined()

    private static let first = """
        CREATE TABLE element (
            eid TEXT NOT NULL PRIMARY KEY,
            nt INTEGER,
            issued INTEGER NOT NULL DEFAULT 0,
            standing INTEGER NOT NULL DEFAULT 0,
            replacement TEXT REFERENCES element (eid)
        ) STRICT;
        CREATE TABLE key_version (
            eid TEXT NOT NULL REFERENCES element (eid),
            purpose INTEGER NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (eid, purpose)
        ) STRICT;
        CREATE TABLE purse (
            eid TEXT NOT NULL REFERENCES element (eid),
            service INTEGER NOT NULL,
            currency INTEGER NOT NULL,
            most INTEGER NOT NULL,
            meter TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (eid, service)
        ) STRICT;
        CREATE TABLE balance (
            eid TEXT NOT NULL REFERENCES element (eid),
            service INTEGER NOT NULL,
            amount INTEGER NOT NULL,
            time INTEGER NOT NULL,
            PRIMARY KEY (eid, service)
        ) STRICT;
        CREATE TABLE credit_transaction (
            eid TEXT NOT NULL REFERENCES element (eid),
            htxn INTEGER NOT NULL CHECK (htxn > 0),
            operation INTEGER NOT NULL,
            service INTEGER NOT NULL,
            currency INTEGER NOT NULL,
            amount INTEGER NOT NULL,
            time INTEGER NOT NULL,
            reference TEXT,
            state INTEGER NOT NULL,
            refusal INTEGER,
            balance INTEGER,
            settled INTEGER NOT NULL,
            PRIMARY KEY (eid, htxn)
        ) STRICT;
        -- Only one is open with an element at a time.
        CREATE UNIQUE INDEX one_in_doubt ON credit_transaction (eid) WHERE state = 0;
        -- An order is applied once: only what is proven to have changed nothing leaves its reference free.
        CREATE UNIQUE INDEX one_a_reference ON credit_transaction (eid, reference)
            WHERE reference IS NOT NULL AND state IN (0, 1, 4);
        CREATE TABLE carry_over (
            origin TEXT NOT NULL REFERENCES element (eid),
            service INTEGER NOT NULL,
            target TEXT NOT NULL REFERENCES element (eid),
            currency INTEGER NOT NULL,
            amount INTEGER NOT NULL,
            PRIMARY KEY (origin, service)
        ) STRICT;
        CREATE TABLE meter_status (
            card TEXT NOT NULL REFERENCES element (eid),
            service INTEGER NOT NULL,
            meter TEXT NOT NULL,
            nt INTEGER NOT NULL,
            time INTEGER NOT NULL,
            status BLOB NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (card, meter, nt)
        ) STRICT;
        CREATE TABLE audit (
            number INTEGER NOT NULL PRIMARY KEY,
            time INTEGER NOT NULL,
            eid TEXT NOT NULL,
            subject TEXT NOT NULL,
            text TEXT NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX audit_by_subject ON audit (eid, subject, number);
        CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
            BEGIN SELECT RAISE (ABORT, 'the audit trail is only added to'); END;
        CREATE TRIGGER audit_keeps BEFORE DELETE ON audit
            BEGIN SELECT RAISE (ABORT, 'the audit trail is only added to'); END;
        CREATE TABLE audit_origin (
            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
            hash BLOB NOT NULL,
            keyed INTEGER NOT NULL,
            check_value BLOB NOT NULL
        ) STRICT;
        """
}
