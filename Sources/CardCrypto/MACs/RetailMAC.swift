/// The retail MAC, 8 bytes: DES in CBC mode, and triple DES for the last block (ISO/IEC 9797-1, MAC algorithm 3).
public enum RetailMAC {
    /// Signs whole blocks.
    ///
    /// - Parameters:
    ///   - blocks: whole blocks of 8 bytes, padded already, at least one.
    ///   - key: 16 bytes.
    ///   - iv: a block; zeros where nil.
    /// - Throws: `CryptoError` `.unavailable`, or `.invalidLength` for a key, blocks or a vector of a wrong length.
    public static func sign(_ blocks: [UInt8], _ key: Secret, iv: [UInt8]? = nil) throws(CryptoError) -> [UInt8] {
        guard key.count == 16, blocks.count >= 8, blocks.count % 8 == 0 else {
            throw CryptoError(.invalidLength, "a retail MAC")
        }
        let half = unsafe key.withBytes { unsafe Secret(copying: $0.prefix(8)) }
        let chain = blocks.count > 8 ? try BlockCipher.des.encrypt([UInt8](blocks.dropLast(8)), half, iv: iv) : []
        return try BlockCipher.tripleDES.encrypt(
            [UInt8](blocks.suffix(8)), key, iv: chain.isEmpty ? iv : [UInt8](chain.suffix(8)))
    }
}
