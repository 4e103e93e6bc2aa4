/// The full triple DES MAC, 8 bytes: the last block of an encryption in CBC mode (ISO/IEC 9797-1, MAC algorithm 1;
/// GlobalPlatform Card Specification 2.3.1, B.1.2.1).
public enum TripleDESMAC {
    /// Signs whole blocks.
    ///
    /// - Parameters:
    ///   - blocks: whole blocks of 8 bytes, padded already, at least one.
    ///   - key: 16 or 24 bytes.
    /// - Throws: `CryptoError` `.unavailable`, or `.invalidLength` for a key or blocks of a wrong length.
    public static func sign(_ blocks: [UInt8], _ key: Secret) throws(CryptoError) -> [UInt8] {
        guard !blocks.isEmpty else { throw CryptoError(.invalidLength, "a triple DES MAC") }
        return [UInt8](try BlockCipher.tripleDES.encrypt(blocks, key).suffix(8))
    }
}
