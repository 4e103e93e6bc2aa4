internal import CardCrypto
internal import Records
internal import ValueProtocol

/// Seals bytes under a passphrase: scrypt (RFC 7914) for the key, AES-256-GCM (SP 800-38D) for the text.
///
/// `"VSKEYS" ‖ format 01 ‖ log N u8 ‖ r u32 ‖ p u32 ‖ salt 32 ‖ nonce 12 ‖ sealed text ‖ tag 16`; everything before the
/// sealed text is authenticated with it.
enum KeySealing {
    private static let magic = Array("VSKEYS".utf8)
    private static let format: UInt8 = 1
    private static let headerBytes = 6 + 1 + 1 + 4 + 4 + 32 + 12

    static func seal(_ text: Secret, _ passphrase: Secret, _ cost: ScryptCost) throws(HostError) -> [UInt8] {
        var header = magic + [format, cost.logN]
        header.append(bigEndian: cost.r)
        header.append(bigEndian: cost.p)
        let salt = try randomBytes(32)
        let nonce = try randomBytes(12)
        header += salt + nonce
        let sealed = try withCrypto { () throws(CryptoError) in
            try AESGCM.seal(
                text, Scrypt.deriveKey(passphrase, salt: salt, cost: cost), nonce: nonce, header: header)
        }
        return header + sealed
    }

    /// - Throws: `HostError` `.notAKeyFile`, `.fileNewer`, `.notAuthentic`.
    static func open(_ bytes: [UInt8], _ passphrase: Secret, _ path: String) throws(HostError) -> Secret {
        guard bytes.starts(with: magic) else { throw HostError(.notAKeyFile, path) }
        guard bytes.count >= headerBytes + AESGCM.tagSize else { throw HostError(.notAuthentic, path) }
        guard bytes[6] == format else { throw HostError(.fileNewer, path) }
        var reader = ByteReader(bytes.span)
        _ = reader.readBytes(7)
        let logN = reader.readByte()
        guard let cost = ScryptCost(logN: logN, r: reader.read(), p: reader.read()) else {
            throw HostError(.notAuthentic, path)
        }
        let salt = reader.readBytes(32)
        let nonce = reader.readBytes(12)
        let key = try withCrypto { () throws(CryptoError) in
            try Scrypt.deriveKey(passphrase, salt: salt, cost: cost)
        }
        do throws(CryptoError) {
            return try AESGCM.open(
                bytes.dropFirst(headerBytes), key, nonce: nonce, header: Array(bytes.prefix(headerBytes)))
        } catch {
            throw HostError(.notAuthentic, path)
        }
    }
}

/// Runs a primitive of `CardCrypto` and maps its failure to this module's error.
func withCrypto<Result>(_ body: () throws(CryptoError) -> Result) throws(HostError) -> Result {
    do throws(CryptoError) {
        return try body()
    } catch {
        throw HostError(.cipherFailed, error.subject)
    }
}

/// New random bytes: salts, nonces, origins.
func randomBytes(_ count: Int) throws(HostError) -> [UInt8] {
    try withCrypto { () throws(CryptoError) in try SystemRandomness.bytes(count) }
}
