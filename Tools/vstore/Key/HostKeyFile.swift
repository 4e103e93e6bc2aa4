import HeadEnd
import RecordsSQLite
import ValueProtocol

extension HostFolder {
    /// Asks for the passphrase and opens the sealed keys.
    func openKeys(_ options: PassphraseOptions) throws -> sending HostKeys {
        guard hasKeys else {
            throw Failure(
                .file, "\(sealedKeys): there are no keys yet. Make them with vstore key ceremony --to file.")
        }
        return try keyFile.open(passphrase: try options.source.line("Passphrase of \(sealedKeys)"))
    }
}

extension HostContext {
    /// Asks for the passphrase where there is a key file, and opens the host in its folder.
    ///
    /// - Parameter needsKeys: whether a host without keys is an error.
    static func open(_ home: Home, _ passphrase: PassphraseOptions, needsKeys: Bool) throws -> HostContext {
        try home.prepare()
        let keys = try home.host.hasKeys || needsKeys ? home.host.openKeys(passphrase) : nil
        let records = try RecordFile.openOrCreate(at: home.host.records, auditKey: keys?.auditKey)
        return HostContext(home.host, records: records, keys: keys)
    }
}
