import CardCrypto
import HeadEnd
import Records
import RecordsPostgreSQL
import RecordsSQLite

extension HostFolder {
    /// Asks for the passphrase and opens the sealed keys.
    func openKeys(_ options: PassphraseOptions) throws -> sending HostKeys {
        try openKeys(passphrase: options.passphrase)
    }
}

extension HostContext {
    /// Asks for the passphrase where there is a key file, and opens the host in its folder.
    ///
    /// Where it needs keys, a root of the audit trail that is due is signed, so that what was added before is covered before
    /// more is added.
    ///
    /// - Parameter needsKeys: whether a host without keys is an error.
    ///
    /// - Parameter acceptsAnyRecords: whether records that are missing, or older than they were, are taken as they are.
    static func open(
        _ home: Home, _ options: HostOptions, needsKeys: Bool, acceptsAnyRecords: Bool = false
    ) throws -> HostContext {
        try home.prepare()
        let host = try open(
            home.host, needsKeys: needsKeys, database: options.database.map(ShardSpread.absolute),
            acceptsAnyRecords: acceptsAnyRecords,
            passphrase: options.passphrase.passphrase
        ) { place, auditKey in
            switch place {
            case .file(let path): try RecordFile.openOrCreate(at: path, auditKey: auditKey)
            case .database(let address): try openDatabase(address, auditKey)
            }
        }
        if needsKeys, !acceptsAnyRecords { try host.records.signDueRoot(at: host.clock()) }
        return host
    }
}

/// Opens a database by its address, or several by the path of the file that spreads the shards over them.
private func openDatabase(_ address: String, _ auditKey: Secret?) throws -> any RecordStore {
    guard let spread = try ShardSpread.file(address) else {
        return try RecordDatabase(address, auditKey: auditKey, leases: .ofThisProcess)
    }
    return try RecordCluster(spread) { server throws(HostError) in
        try RecordDatabase(
            server.address, auditKey: auditKey, leases: .ofThisProcess, membership: ClusterMembership(server))
    }
}

extension PassphraseOptions {
    /// Asks for the passphrase of a key file.
    fileprivate func passphrase(_ keyFile: String) throws -> Secret {
        try source.line("Passphrase of \(keyFile)")
    }
}
