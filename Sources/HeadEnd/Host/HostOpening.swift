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
    ///   - database: a database that is named for the records; nil for wherever they are.
    ///   - acceptsAnyRecords: whether records that are missing, or older than they were, are taken as they are: each
    ///     element is then asked for its numbers before it gets an order.
    ///   - passphrase: called with the path of the key file, if it exists.
    ///   - records: opens the record store at a place, with the audit key if the host has keys.
    /// - Throws: `HostError` `.recordsElsewhere`, `.recordsMissing`, `.recordsChanged`; as `HostFolder.openKeys` and
    ///   `records`.
    public static func open(
        _ folder: HostFolder, needsKeys: Bool, database: String? = nil, acceptsAnyRecords: Bool = false,
        passphrase: (_ keyFile: String) throws -> Secret,
        records: (_ place: RecordPlace, _ auditKey: Secret?) throws -> any RecordStore
    ) throws -> HostContext {
        let place = try folder.recordPlace(naming: database)
        let keys = try folder.hasKeys || needsKeys ? folder.openKeys(passphrase: passphrase) : nil
        let auditKey = keys?.auditKey
        let store = try RecordOpening(folder: folder, acceptsAny: acceptsAnyRecords).open(place) {
            try records($0, auditKey)
        }
        if let database { try folder.chooseDatabase(database) }
        return HostContext(folder, records: store, keys: keys)
    }
}
