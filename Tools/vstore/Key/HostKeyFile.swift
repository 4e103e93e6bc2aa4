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
    /// - Parameter needsKeys: whether a host without keys is an error.
    ///
    /// - Parameter acceptsAnyRecords: whether records that are missing, or older than they were, are taken as they are.
    static func open(
        _ home: Home, _ options: HostOptions, needsKeys: Bool, acceptsAnyRecords: Bool = false
    ) throws -> HostContext {
        try home.prepare()
        return try open(
            home.host, needsKeys: needsKeys, database: options.database, acceptsAnyRecords: acceptsAnyRecords,
            passphrase: options.passphrase.passphrase
        ) { place, auditKey in
            switch place {
            case .file(let path): try RecordFile.openOrCreate(at: path, auditKey: auditKey)
            case .database(let address): try RecordDatabase(address, auditKey: auditKey)
            }
        }
    }
}

extension PassphraseOptions {
    /// Asks for the passphrase of a key file.
    fileprivate func passphrase(_ keyFile: String) throws -> Secret {
        try source.line("Passphrase of \(keyFile)")
    }
}
