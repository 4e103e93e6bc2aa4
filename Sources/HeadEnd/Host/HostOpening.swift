public import CardCrypto
public import Records

extension HostFolder {
    /// Opens the sealed keys.
    ///
    /// - Parameter passphrase: called with the path of the key file, if it exists.
    /// - Throws: `HostError` `.noKeys` if there is no key file, or as `SealedKeyFile.open`; what `passphrase` threw.
    public func openKeys(passphrase: (_ keyFile: String) throws -> Secret) throws -> sending HostKeys {
        guard hasKeys else { throw HostError(.noKeys, sealedKeys) }
        return try keyFile.open(passphrase: try passphrase(sealedKeys))
    }
}

extension HostContext {
    /// Opens the host in its folder, with its keys if it has them.
    ///
    /// - Parameters:
    ///   - folder: exists; see `HostFolder.prepare()`.
    ///   - needsKeys: whether a host without keys is an error.
    ///   - passphrase: called with the path of the key file, if it exists.
    ///   - records: opens the record store at a path, with the audit key if the host has keys.
    /// - Throws: as `HostFolder.openKeys` and `records`.
    public static func open(
        _ folder: HostFolder, needsKeys: Bool, passphrase: (_ keyFile: String) throws -> Secret,
        records: (_ path: String, _ auditKey: Secret?) throws -> any RecordStore
    ) throws -> HostContext {
        let keys = try folder.hasKeys || needsKeys ? folder.openKeys(passphrase: passphrase) : nil
        let store = try records(folder.records, keys?.auditKey)
        return HostContext(folder, records: store, keys: keys)
    }
}
