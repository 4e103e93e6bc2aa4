internal import COpenSSL
public import ISO7816

/// The signatures of cards.
public enum CardMAC {
    /// AES-CMAC, 16 bytes (NIST SP 800-38B).
    ///
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`, or `.outOfRange` for a wrong key.
    public static func cmac(_ message: [UInt8], _ key: SecretBytes) throws(GlobalPlatformError) -> [UInt8] {
        guard CardCipher.aes.takes(keyCount: key.count) else { throw GlobalPlatformError(.outOfRange, "a key of CMAC") }
        guard let mac = unsafe EVP_MAC_fetch(nil, "CMAC", nil) else {
            throw GlobalPlatformError(.noCryptography, "CMAC")
        }
        defer { unsafe EVP_MAC_free(mac) }
        guard let context = unsafe vs_cmac_context(mac, CInt(key.count)) else {
            throw GlobalPlatformError(.noCryptography, "CMAC")
        }
        defer { unsafe EVP_MAC_CTX_free(context) }
        var result = [UInt8](repeating: 0, count: 16)
        var written = 0
        let done = unsafe key.withBytes { bytes in
            let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
            return unsafe EVP_MAC_init(context, start, bytes.count, nil) == 1
                && EVP_MAC_update(context, message, message.count) == 1
                && EVP_MAC_final(context, &result, &written, 16) == 1
        }
        guard done, written == 16 else { throw GlobalPlatformError(.noCryptography, "CMAC") }
        return result
    }

    /// The retail MAC, 8 bytes: DES, and triple DES for the last block (ISO/IEC 9797-1, algorithm 3).
    ///
    /// - Parameters:
    ///   - blocks: whole blocks of 8 bytes, padded already, at least one.
    ///   - key: 16 bytes.
    ///   - iv: a block; zeros where nil.
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`, or `.outOfRange` for a wrong length.
    public static func retail(
        _ blocks: [UInt8], _ key: SecretBytes, iv: [UInt8]? = nil
    ) throws(GlobalPlatformError) -> [UInt8] {
        guard key.count == 16, blocks.count >= 8, blocks.count % 8 == 0 else {
            throw GlobalPlatformError(.outOfRange, "a retail MAC")
        }
        let half = unsafe key.withBytes { unsafe SecretBytes(copying: $0.prefix(8)) }
        let chain = blocks.count > 8 ? try CardCipher.des.encrypt([UInt8](blocks.dropLast(8)), half, iv: iv) : []
        return try CardCipher.tripleDES.encrypt(
            [UInt8](blocks.suffix(8)), key, iv: chain.isEmpty ? iv : [UInt8](chain.suffix(8)))
    }

    /// The last block of a triple DES CBC encryption, 8 bytes (ISO/IEC 9797-1, algorithm 1).
    ///
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`, or `.outOfRange` for a wrong length.
    public static func full(_ blocks: [UInt8], _ key: SecretBytes) throws(GlobalPlatformError) -> [UInt8] {
        [UInt8](try CardCipher.tripleDES.encrypt(blocks, key).suffix(8))
    }

    /// Whether two signatures are the same, in constant time for their length.
    static func matches(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        SecretBytes(copying: a).matches(SecretBytes(copying: b))
    }
}

/// Random bytes.
public enum CardRandom {
    /// `count` bytes from libcrypto's generator.
    ///
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`.
    public static func bytes(_ count: Int) throws(GlobalPlatformError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_bytes(&bytes, CInt(count)) == 1 else {
            throw GlobalPlatformError(.noCryptography, "random bytes")
        }
        return bytes
    }
}
