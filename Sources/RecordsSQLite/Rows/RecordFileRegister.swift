internal import GRDB
internal import Records
public import ValueProtocol

/// What an authority remembers of elements, stored in the record file (protocol §2, §3).
extension RecordFile {
    public func lastNT(of eid: PartyID) throws(SessionError) -> UInt32? {
        try asRegister { () throws(HostError) in try element(eid)?.lastNT }
    }

    public func highestVersion(of purpose: Purpose, for eid: PartyID) throws(SessionError) -> UInt8? {
        try asRegister { () throws(HostError) in try element(eid)?.keys.last { $0.purpose == purpose }?.version }
    }

    public func wasIssued(_ eid: PartyID) throws(SessionError) -> Bool {
        try asRegister { () throws(HostError) in try element(eid)?.wasIssued ?? false }
    }

    /// Records a valid S2: its NT, which must be above all previous ones, and its key's version.
    ///
    /// - Throws: `SessionError` `.staleElement` if another process contacted the element in a later session.
    public func recordGenuine(_ identity: SessionIdentity) throws(SessionError) {
        let isNew = try asRegister { () throws(HostError) in
            try write { database in
                try ensureElement(identity.eid, in: database)
                try database.execute(
                    sql: "UPDATE element SET nt = ?1 WHERE eid = ?2 AND (nt IS NULL OR nt < ?1)",
                    arguments: [identity.nt, "\(identity.eid)"])
                guard database.changesCount == 1 else { return false }
                try record([identity.key], of: identity.eid, in: database)
                return true
            }
        }
        guard isNew else { throw SessionError(.staleElement, "\(identity.eid) (session \(identity.nt))") }
    }

    public func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) throws(SessionError) {
        try asRegister { () throws(HostError) in
            try write { database in
                try ensureElement(eid, in: database)
                try record(keys, of: eid, in: database)
            }
        }
    }

    public func recordIssued(_ eid: PartyID) throws(SessionError) {
        try asRegister { () throws(HostError) in
            try write { database in
                try ensureElement(eid, in: database)
                try database.execute(
                    sql: "UPDATE element SET issued = 1 WHERE eid = ? AND issued = 0", arguments: ["\(eid)"])
            }
        }
    }

    /// Ensures that the element has a row, to which other rows refer.
    func ensureElement(_ eid: PartyID, in database: Database) throws {
        try database.execute(sql: "INSERT OR IGNORE INTO element (eid) VALUES (?)", arguments: ["\(eid)"])
    }

    private func record(_ keys: [KeyName], of eid: PartyID, in database: Database) throws {
        for key in keys {
            try database.execute(
                sql: """
                    INSERT INTO key_version (eid, purpose, version) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET version = max(version, excluded.version)
                    """,
                arguments: ["\(eid)", key.purpose.rawValue, key.version])
        }
    }

    private func asRegister<Value>(_ body: () throws(HostError) -> Value) throws(SessionError) -> Value {
        do {
            return try body()
        } catch {
            throw SessionError(.authorityFailed, path, cause: error)
        }
    }
}
