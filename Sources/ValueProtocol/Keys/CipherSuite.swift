public import CardCrypto

/// The protocol's two primitives, AES-128-CMAC (SP 800-38B) and AES-128-CTR (SP 800-38A), and the key check value.
///
/// Each use of CMAC has its own context, which stays set up with its last key: the suite retains that key until the
/// next key for that use or until the suite is released. Each party has one suite and uses it from one thread at a
/// time.
public final class CipherSuite {
    private var macs: [AESCMACContext] = []
    private let counter: AESCTRContext

    /// - Throws: `CryptoError` `.unavailable` if libcrypto has no AES-128.
    public init() throws(CryptoError) {
        counter = try AESCTRContext()
        for _ in MACUse.allCases { macs.append(try AESCMACContext()) }
    }

    /// The context for `use`, set up with `key`.
    func mac(_ use: MACUse, _ key: Secret) -> AESCMACContext {
        let mac = macs[use.rawValue]
        mac.setKey(key, at: use.keyOffset)
        return mac
    }

    /// Encrypts or decrypts `text` with the 16 bytes of `key` from `offset`, and the initial counter block `icb`.
    ///
    /// - Parameter reserve: how many bytes can be appended to the result without reallocation.
    func ctr(_ key: Secret, at offset: Int, icb: AESBlock, _ text: ArraySlice<UInt8>, reserve: Int) -> [UInt8] {
        counter.crypt(text, key, at: offset, icb: icb, reserve: reserve)
    }

    /// The key check value of `key`, which has 16 bytes.
    public func checkValue(of key: Secret) -> KeyCheckValue {
        // In counter mode zeros encrypt to the encrypted counter block itself.
        let ones = AESBlock(InlineArray(repeating: 0x01))
        let encrypted = counter.crypt([0, 0, 0], key, icb: ones)
        return KeyCheckValue(rawValue: UInt32(encrypted[0]) << 16 | UInt32(encrypted[1]) << 8 | UInt32(encrypted[2]))
    }
}

/// What a CMAC is used for; each use has its own context, because its key often stays the same.
enum MACUse: Int, CaseIterable {
    /// A master key or a meter's key, to derive an element's key.
    case diversification
    /// An element key, to derive session keys and to sign letters.
    case derivation
    /// MAC-A, which signs S3.
    case commands
    /// MAC-E, which signs S2 and S4.
    case answers

    /// Offset of the sixteen key bytes in the secret that holds them.
    var keyOffset: Int {
        switch self {
        case .diversification, .derivation: 0
        case .commands: SessionKeys.Offset.macA
        case .answers: SessionKeys.Offset.macE
        }
    }
}
