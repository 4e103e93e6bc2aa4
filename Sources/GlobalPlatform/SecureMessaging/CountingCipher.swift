public import CardCrypto
public import ISO7816

/// The cryptography of secure messaging in electronic passports (ICAO Doc 9303, part 11, 9.8): a send sequence counter
/// that every message increments and every signature starts with.
///
/// With AES the initial vector of CBC is the encrypted counter and the signature is CMAC; with triple DES the initial
/// vector is zero and the signature is the retail MAC. Both are truncated to 8 bytes.
public final class CountingCipher: SecureMessagingCipher {
    private let cipher: BlockCipher
    private let encryption: Secret
    private let mac: Secret
    private var counter: [UInt8]

    /// - Parameters:
    ///   - cipher: AES or triple DES.
    ///   - encryption: 16 bytes for triple DES; 16, 24 or 32 for AES.
    ///   - mac: the same length.
    ///   - counter: the counter before the first message: 8 bytes for triple DES, 16 for AES.
    /// - Throws: `GlobalPlatformError` with code `.outOfRange` for a wrong length.
    public init(
        _ cipher: BlockCipher, encryption: Secret, mac: Secret, counter: [UInt8]
    ) throws(GlobalPlatformError) {
        guard cipher != .des, cipher.accepts(keyCount: mac.count), mac.count == encryption.count,
            cipher == .aes || mac.count == 16, counter.count == cipher.blockSize
        else { throw GlobalPlatformError(.outOfRange, "keys or counter of secure messaging") }
        self.cipher = cipher
        self.encryption = encryption
        self.mac = mac
        self.counter = counter
    }

    public var blockCount: Int { cipher.blockSize }

    public func beginMessage() {
        for index in counter.indices.reversed() {
            counter[index] &+= 1
            if counter[index] != 0 { break }
        }
    }

    private func initialVector() throws(CryptoError) -> [UInt8]? {
        cipher == .aes ? try cipher.encrypt(counter, encryption) : nil
    }

    public func encrypt(_ blocks: [UInt8]) throws(CardError) -> [UInt8] {
        try carried(cipher.encrypt(blocks, encryption, iv: initialVector()))
    }

    public func decrypt(_ blocks: [UInt8]) throws(CardError) -> [UInt8] {
        try carried(cipher.decrypt(blocks, encryption, iv: initialVector()))
    }

    public func sign(_ blocks: [UInt8]) throws(CardError) -> [UInt8] {
        guard cipher == .aes else { return try carried(RetailMAC.sign(counter + blocks, mac)) }
        return [UInt8](try carried(AESCMAC.sign(counter + blocks, mac)).prefix(8))
    }

    private func carried(_ body: @autoclosure () throws(CryptoError) -> [UInt8]) throws(CardError) -> [UInt8] {
        do throws(CryptoError) {
            return try body()
        } catch {
            throw CardError(.unsupported, subject: "secure messaging", cause: error)
        }
    }
}
