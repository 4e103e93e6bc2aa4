import Records

/// The table of an audit trail of typed events: added to the record file of `RecordSchema`.
///
/// Old entries stay in `audit` unchanged, byte for byte, so that their chain and the marks on receipts remain valid;
/// `audit_event` continues with the next number and the last hash.
enum AuditSchema {
    static let third = """
        -- content is AuditEvent.encoded; kind and subject are in it too, and stand here for the index.
        CREATE TABLE audit_event (
            number INTEGER NOT NULL PRIMARY KEY,
            time INTEGER NOT NULL,
            eid TEXT NOT NULL,
            kind INTEGER NOT NULL,
            subject INTEGER NOT NULL,
            content BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX audit_event_by_subject ON audit_event (eid, kind, subject, number);
        CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event
            BEGIN SELECT RAISE (ABORT, 'the audit trail is only added to'); END;
        CREATE TRIGGER audit_event_keeps BEFORE DELETE ON audit_event
            BEGIN SELECT RAISE (ABORT, 'the audit trail is only added to'); END;
        \(closing)
        """

    static let roots =
        AuditRootSchema.table(integer: "INTEGER", bytes: "BLOB", suffix: " STRICT") + """
            CREATE TRIGGER audit_root_stays BEFORE UPDATE ON audit_root
                BEGIN SELECT RAISE (ABORT, 'the audit trail is only added to'); END;
            CREATE TRIGGER audit_root_keeps BEFORE DELETE ON audit_root
                BEGIN SELECT RAISE (ABORT, 'the audit trail is only added to'); END;
            """

    /// Refuses every entry, once the records are kept elsewhere.
    static let moved = """
        CREATE TRIGGER audit_event_moved BEFORE INSERT ON audit_event
            BEGIN SELECT RAISE (ABORT, 'the records were moved'); END;
        """

    static let closing = """
        CREATE TRIGGER audit_is_closed BEFORE INSERT ON audit
            BEGIN SELECT RAISE (ABORT, 'entries are added to audit_event'); END;
        """
}
