import ArgumentParser
import CardCrypto
import HeadEnd
import Records
import ValueProtocol

/// Where the transport key of a new blank comes from: the host's master key ADMIN 0, or a file.
struct TransportKeyOptions: ParsableArguments {
    @OptionGroup var passphrase: PassphraseOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the card's own ADMIN 0, 32 hexadecimal digits, from a file; - is standard input.",
            valueName: "file"), completion: .file())
    var transportKeyFile: String?

    /// The transport key of the blank `id`.
    ///
    /// - Throws: `Failure`, `HostError`, `CryptoError`.
    func key(of id: PartyID, _ home: Home) throws -> Secret {
        if let transportKeyFile {
            let digits = try SecretSource.file(transportKeyFile).line("transport key")
            guard let key = Secret(hexadecimal: digits), key.count == 16 else {
                throw Failure(.file, "\(transportKeyFile): is not a key. Write 32 hexadecimal digits on one line.")
            }
            return key
        }
        let keys = try home.host.openKeys(passphrase)
        guard let key = keys.elementKey(.transport, of: id, try CipherSuite()) else {
            throw Failure(
                .refused,
                "\(home.host.sealedKeys): holds no ADMIN 0. Make it with vstore key ceremony --to file, or give "
                    + "--transport-key-file.")
        }
        return key
    }
}
