internal import COpenSSL
internal import Records

/// Fresh random bytes of libcrypto's generator (SP 800-90A): salts, nonces, origins.
enum RandomBytes {
    static func make(_ count: Int) throws(HostError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_bytes(&bytes, CInt(count)) == 1 else { throw HostError(.cipherFailed, "random bytes") }
        return bytes
    }
}
