import CardCrypto
import HeadEnd
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
    static func open(_ home: Home, _ passphrase: PassphraseOptions, needsKeys: Bool) throws -> HostContext {
        try home.prepare()
        return try open(
            home.host, needsKeys: needsKeys, passphrase: passphrase.passphrase,
            records: RecordFile.openOrCreate(at:auditKey:))
    }
}

extension PassphraseOptions {
    /// Asks for the passphrase of a key file.
    fileprivate func passphrase(_ keyFile: String) throws -> Secret {
        try source.line("Passphrase of \(keyFile)")
    }
}
