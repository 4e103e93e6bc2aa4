internal import COpenSSL
internal import Records
internal import ValueProtocol

/// Seals bytes under a passphrase: scrypt (RFC 7914) for the key, AES-256-GCM (SP 800-38D) for the text.
///
/// `"VSKEYS" ‖ format 01 ‖ log N u8 ‖ r u32 ‖ p u32 ‖ salt 32 ‖ nonce 12 ‖ sealed text ‖ tag 16`; everything before the
/// sealed text is signed with it.
enum KeySealing {
    private static let magic = Array("VSKEYS".utf8)
    private static let format: UInt8 = 1
    private static let headerBytes = 6 + 1 + 1 + 4 + 4 + 32 + 12
    private static let tagBytes = 16

    static func seal(_ text: Secret, _ passphrase: Secret, _ cost: ScryptCost) throws(HostError) -> [UInt8] {
        var header = magic + [format, cost.logN]
        header.append(bigEndian: cost.r)
        header.append(bigEndian: cost.p)
        let salt = try RandomBytes.make(32)
        let nonce = try RandomBytes.make(12)
        header += salt + nonce
        let key = try derive(passphrase, salt, cost)
        return header + (try GCM.seal(text, key: key, nonce: nonce, signed: header))
    }

    /// - Throws: `HostError` `.notAKeyFile`, `.fileNewer`, `.notAuthentic`.
    static func open(_ bytes: [UInt8], _ passphrase: Secret, _ path: String) throws(HostError) -> Secret {
        guard bytes.starts(with: magic) else { throw HostError(.notAKeyFile, path) }
        guard bytes.count >= headerBytes + tagBytes else { throw HostError(.notAuthentic, path) }
        guard bytes[6] == format else { throw HostError(.fileNewer, path) }
        var reader = ByteReader(bytes.span)
        _ = reader.readBytes(7)
        let logN = reader.readByte()
        guard let cost = ScryptCost(logN: logN, r: reader.read(), p: reader.read()) else {
            throw HostError(.notAuthentic, path)
        }
        let salt = reader.readBytes(32)
        let nonce = reader.readBytes(12)
        let key = try derive(passphrase, salt, cost)
        let header = Array(bytes.prefix(headerBytes))
        guard let text = GCM.open(bytes.dropFirst(headerBytes), key: key, nonce: nonce, signed: header) else {
            throw HostError(.notAuthentic, path)
        }
        return text
    }

    private static func derive(_ passphrase: Secret, _ salt: [UInt8], _ cost: ScryptCost) throws(HostError) -> Secret {
        var key = [UInt8](repeating: 0, count: 32)
        let result = unsafe passphrase.withBytes { bytes in
            let text = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            return unsafe EVP_PBE_scrypt(
                text, bytes.count, salt, salt.count, cost.n, UInt64(cost.r), UInt64(cost.p), cost.memoryLimit, &key, 32)
        }
        guard result == 1 else { throw HostError(.cipherFailed, "scrypt") }
        return Secret(taking: &key)
    }
}
