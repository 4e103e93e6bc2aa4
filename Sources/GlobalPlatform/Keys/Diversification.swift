import CardCrypto
import Diagnostics

/// How a card's keys are derived from master keys and the 10 bytes of its diversification data.
public enum Diversification: String, Sendable, Hashable, CaseIterable {
    /// No diversification: the keys are the card's own.
    case none
    /// VISA 2, for triple DES.
    case visa2
    /// EMV Card Personalization Specification 1.1, for triple DES.
    case emv
    /// SP 800-108 in counter mode over AES-CMAC, as in GlobalPlatformPro's "KDF3".
    case kdf3

    /// The card's keys.
    ///
    /// - Parameters:
    ///   - master: the master keys.
    ///   - data: the first 10 bytes of the answer to INITIALIZE UPDATE.
    /// - Throws: `GlobalPlatformError` with code `.outOfRange` where the method does not support the keys' cipher.
    public func keys(from master: KeySet, data: [UInt8]) throws(GlobalPlatformError) -> KeySet {
        if self == .none { return master }
        guard data.count == 10, (self == .kdf3) == (master.cipher == .aes) else {
            throw GlobalPlatformError(
                .outOfRange, "diversification \(rawValue)",
                cause: Circumstance("visa2 and emv are for triple DES, kdf3 for AES"))
        }
        return try KeySet(
            master.cipher, encryption: key(master, .encryption, data), mac: key(master, .mac, data),
            dataEncryption: key(master, .dataEncryption, data))
    }

    private func key(
        _ master: KeySet, _ purpose: KeySet.Purpose, _ data: [UInt8]
    ) throws(GlobalPlatformError) -> Secret {
        let (from, number) = (master.key(purpose), purpose.rawValue)
        var derived: [UInt8]
        switch self {
        case .none: return from
        case .kdf3:  // Counter first, and no length: the other order of SP 800-108 than that of session keys.
            derived = try KeyDerivation.counterMode(
                from, before: [], after: [0, 0, 0, number, 0] + data, count: from.count)
        case .visa2, .emv:
            let half = self == .emv ? [UInt8](data[4..<10]) : [data[0], data[1]] + data[4..<8]
            let blocks = half + [0xF0, number] + half + [0x0F, number]
            // ECB: block by block.
            derived = try primitive(BlockCipher.tripleDES.encrypt([UInt8](blocks[..<8]), from))
            derived += try primitive(BlockCipher.tripleDES.encrypt([UInt8](blocks[8...]), from))
        }
        return Secret(taking: &derived)
    }
}
