public import CardCrypto
import Diagnostics

/// The three keys of a security domain: S-ENC, S-MAC and DEK, all with the same cipher and length.
public struct KeySet: Sendable, CustomStringConvertible {
    /// The purpose of a key.
    public enum Purpose: UInt8, Sendable, Hashable, CaseIterable {
        /// Authentication and encryption.
        case encryption = 1
        /// Signatures.
        case mac = 2
        /// Encryption of keys in PUT KEY.
        case dataEncryption = 3
    }

    /// AES for SCP03, triple DES for SCP02.
    public let cipher: BlockCipher
    let encryption: Secret
    let mac: Secret
    let dataEncryption: Secret

    /// - Throws: `GlobalPlatformError` with code `.outOfRange` where the keys do not all have the same length, valid
    ///   for `cipher`; for triple DES that is 16 bytes.
    public init(
        _ cipher: BlockCipher, encryption: Secret, mac: Secret, dataEncryption: Secret
    ) throws(GlobalPlatformError) {
        let counts = Set([encryption.count, mac.count, dataEncryption.count])
        guard let count = counts.first, counts.count == 1, cipher.accepts(keyCount: count), cipher != .des,
            cipher == .aes || count == 16
        else {
            throw GlobalPlatformError(
                .outOfRange, "a key set",
                cause: Circumstance("three keys of 16, 24 or 32 bytes for AES, of 16 for triple DES")
            )
        }
        self.cipher = cipher
        self.encryption = encryption
        self.mac = mac
        self.dataEncryption = dataEncryption
    }

    /// The well-known key of test cards, 40 to 4F, three times.
    ///
    /// - Throws: `GlobalPlatformError` with code `.outOfRange` for single DES.
    public static func test(_ cipher: BlockCipher) throws(GlobalPlatformError) -> KeySet {
        let key = Secret(copying: 0x40...0x4F)
        return try KeySet(cipher, encryption: key, mac: key, dataEncryption: key)
    }

    /// The key for `purpose`.
    public func key(_ purpose: Purpose) -> Secret {
        switch purpose {
        case .encryption: encryption
        case .mac: mac
        case .dataEncryption: dataEncryption
        }
    }

    /// The check value of the key for `purpose`, 3 bytes.
    ///
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`.
    public func checkValue(_ purpose: Purpose) throws(GlobalPlatformError) -> [UInt8] {
        try CheckValue.bytes(of: key(purpose), cipher)
    }

    public var description: String { "••" }
}

/// Check values, which tell whether two parties have the same key without revealing it (GlobalPlatform Card
/// Specification 2.3.1, B.1 and B.2; Amendment D, 4.1.4).
public enum CheckValue {
    /// The first 3 bytes of an encrypted block: of 01s for AES, of 00s for triple DES.
    ///
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`, or `.outOfRange` for a wrong length.
    public static func bytes(of key: Secret, _ cipher: BlockCipher) throws(GlobalPlatformError) -> [UInt8] {
        let block = [UInt8](repeating: cipher == .aes ? 0x01 : 0x00, count: cipher.blockSize)
        return [UInt8](try primitive(cipher.encrypt(block, key)).prefix(3))
    }
}
