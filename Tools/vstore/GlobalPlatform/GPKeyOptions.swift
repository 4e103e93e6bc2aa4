import ArgumentParser
import CardCrypto
import GlobalPlatform
import ISO7816
import ValueProtocol

/// The keys that open a secure channel, and how it is opened.
struct GPKeyOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: "The default key of test cards, 40 to 4F, which is public. A wrong key can block a card.")
    var testKey = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the keys from a file: ENC, MAC and DEK, one per line; - is standard input.",
            discussion: "They are asked for at the terminal where neither this nor --test-key is given.",
            valueName: "file"), completion: .file())
    var keyFile: String?

    @Flag(name: .customLong("3des"), help: "The keys are triple DES, for SCP02; else AES, for SCP03.")
    var tripleDES = false

    @Option(name: .long, help: ArgumentHelp("Which of the card's key sets: 0 for its default.", valueName: "version"))
    var keyVersion: UInt8 = 0

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How the card's keys are derived from those given: none, visa2, emv (for 3DES) or kdf3 (for AES).",
            valueName: "way"), completion: .list(Diversification.allCases.map(\.rawValue)),
        transform: { text in
            guard let way = Diversification(rawValue: text) else {
                throw ValidationError("'\(text)' is not a diversification method. Write none, visa2, emv or kdf3.")
            }
            return way
        })
    var diversification: Diversification = .none

    @Flag(name: .long, help: "Let the card sign its answers too (R-MAC), and with SCP03 encrypt them (R-ENCRYPTION).")
    var secureAnswers = false

    @Flag(name: .customLong("s16"), help: "The S16 mode of SCP03: challenges and signatures of 16 bytes.")
    var isS16 = false

    func validate() throws {
        if testKey, keyFile != nil { throw ValidationError("Give --test-key or --key-file, not both.") }
        if keyVersion > 127 { throw ValidationError("Key versions go from 0 to 127.") }
        if tripleDES, isS16 { throw ValidationError("Only SCP03 has the S16 mode.") }
    }

    var cipher: BlockCipher { tripleDES ? .tripleDES : .aes }
    var level: SecurityLevel {
        guard secureAnswers else { return .commands }
        return tripleDES ? [.commands, .answerMAC] : .all
    }

    /// Opens a secure channel to the domain that is selected.
    ///
    /// - Throws: `GlobalPlatformError`.
    func open<Card: CardChannel>(
        _ card: Card, _ keys: KeySet
    ) throws(GlobalPlatformError) -> SecureChannel<Card> {
        try card.openSecureChannel(
            keys, version: keyVersion, diversification: diversification, level: level, isS16: isS16)
    }

    /// - Throws: `Failure`, `GlobalPlatformError`.
    func keys() throws -> KeySet {
        if testKey { return try KeySet.test(cipher) }
        return try GPKeyText.keySet(keyFile, cipher, "key")
    }
}

/// Key sets as people write them.
enum GPKeyText {
    /// Three lines of 32, 48 or 64 hexadecimal digits, with any blanks between them.
    static func keySet(_ file: String?, _ cipher: BlockCipher, _ subject: String) throws -> KeySet {
        let reader = SecretReader(file.map { SecretSource.file($0) } ?? .terminal)
        var keys: [Secret] = []
        for name in ["ENC", "MAC", "DEK"] {
            keys.append(try key(reader.line("\(name) \(subject)"), of: "\(name) \(subject)"))
        }
        return try KeySet(cipher, encryption: keys[0], mac: keys[1], dataEncryption: keys[2])
    }

    private static func key(_ text: Secret, of name: String) throws -> Secret {
        guard let key = Secret(hexadecimal: text), [16, 24, 32].contains(key.count) else {
            throw Failure(.file, "\(name): is not a key. Write 32, 48 or 64 hexadecimal digits per line.")
        }
        return key
    }
}
