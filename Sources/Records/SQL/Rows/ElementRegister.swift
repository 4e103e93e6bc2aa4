public import ValueProtocol

/// What an authority remembers of elements, in the records (protocol §2, §3).
extension SQLRecords {
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
                try own(identity.eid, in: database)
                let isNew =
                    try database.execute(
                        "UPDATE element SET nt = ? WHERE shard = ? AND eid = ? AND (nt IS NULL OR nt < ?)", identity.nt,
                        Shard(of: identity.eid), identity.eid, identity.nt) == 1
                guard isNew else { return false }
                try record([identity.key], of: identity.eid, in: database)
                return true
            }
        }
        guard isNew else { throw SessionError(.staleElement, "\(identity.eid) (session \(identity.nt))") }
    }

    public func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) throws(SessionError) {
        try asRegister { () throws(HostError) in
            try write { database in
                try own(eid, in: database)
                try record(keys, of: eid, in: database)
            }
        }
    }

    public func recordIssued(_ eid: PartyID) throws(SessionError) {
        try asRegister { () throws(HostError) in
            try write { database in
                try own(eid, in: database)
                _ = try database.execute(
                    "UPDATE element SET issued = 1 WHERE shard = ? AND eid = ? AND issued = 0", Shard(of: eid), eid)
            }
        }
    }

    private func record(_ keys: [KeyName], of eid: PartyID, in database: any SQLConnection) throws {
        for key in keys {
            try database.execute(
                """
                INSERT INTO key_version (shard, eid, purpose, version) VALUES (?, ?, ?, ?)
                ON CONFLICT (shard, eid, purpose) DO UPDATE SET version = excluded.version
                    WHERE key_version.version < excluded.version
                """, Shard(of: eid), eid, key.purpose.rawValue, key.version)
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
