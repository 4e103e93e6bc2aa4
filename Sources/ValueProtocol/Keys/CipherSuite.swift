internal import COpenSSL

/// The protocol's two primitives, AES-128-CMAC (SP 800-38B) and AES-128-CTR (SP 800-38A), and the key check value.
///
/// It holds libcrypto's contexts, fetched once: fetching would cost more than the ciphers. One party has one suite and
/// uses it from one thread at a time. Once fetched, the calls fail only where memory is exhausted, and stop the program
/// then as any allocation would.
@safe public final class CipherSuite {
    private let mac: OpaquePointer
    private let counter: OpaquePointer
    private let block: OpaquePointer

    /// - Throws: `CipherError` where libcrypto has no AES-128.
    public init() throws(CipherError) {
        guard let mac = unsafe vs_cmac_template() else { throw CipherError(.unavailable, "CMAC") }
        guard let counter = unsafe CipherSuite.context("AES-128-CTR"),
            let block = unsafe CipherSuite.context("AES-128-ECB")
        else { throw CipherError(.unavailable, "AES-128") }
        unsafe self.mac = mac
        unsafe self.counter = counter
        unsafe self.block = block
    }

    deinit {
        unsafe EVP_MAC_CTX_free(mac)
        unsafe EVP_CIPHER_CTX_free(counter)
        unsafe EVP_CIPHER_CTX_free(block)
    }

    private static func context(_ name: String) -> OpaquePointer? {
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil), let context = unsafe EVP_CIPHER_CTX_new() else {
            return nil
        }
        defer { unsafe EVP_CIPHER_free(cipher) }
        return unsafe EVP_EncryptInit_ex2(context, cipher, nil, nil, nil) == 1 ? context : nil
    }

    /// Signs `message` with the 16 bytes of `key` from `offset` on.
    func cmac(_ key: Secret, at offset: Int = 0, _ message: [UInt8]) -> Block {
        unsafe key.withBytes { key in
            unsafe start(key, offset)
            return sign(message)
        }
    }

    /// Signs several messages with one key, which is set up once.
    func cmacs(_ key: Secret, _ messages: Int, _ message: (Int) -> [UInt8], _ take: (Int, Block) -> Void) {
        unsafe key.withBytes { key in
            unsafe start(key, 0)
            for index in 0..<messages {
                if index > 0 { require(unsafe EVP_MAC_init(mac, nil, 0, nil)) }
                take(index, sign(message(index)))
            }
        }
    }

    private func start(_ key: UnsafeRawBufferPointer, _ offset: Int) {
        let bytes = unsafe key[offset..<(offset + 16)]
        let pointer = unsafe UnsafeRawBufferPointer(rebasing: bytes).bindMemory(to: UInt8.self).baseAddress
        require(unsafe EVP_MAC_init(mac, pointer, 16, nil))
    }

    private func sign(_ message: [UInt8]) -> Block {
        var tag = InlineArray<16, UInt8>(repeating: 0)
        require(unsafe EVP_MAC_update(mac, message, message.count))
        require(unsafe EVP_MAC_final(mac, &tag, nil, 16))
        return Block(tag)
    }

    /// Encrypts or decrypts `text` with the 16 bytes of `key` from `offset` on, and the initial counter block `icb`.
    func ctr(_ key: Secret, at offset: Int, icb: Block, _ text: ArraySlice<UInt8>) -> [UInt8] {
        guard !text.isEmpty else { return [] }
        let icb = icb.storage
        return unsafe key.withBytes { key in
            let keyBytes = unsafe UnsafeRawBufferPointer(rebasing: key[offset..<(offset + 16)])
            let keyPointer = unsafe keyBytes.bindMemory(to: UInt8.self).baseAddress
            unsafe icb.span.withUnsafeBufferPointer { icb in
                require(unsafe EVP_EncryptInit_ex2(counter, nil, keyPointer, icb.baseAddress, nil))
            }
            return unsafe [UInt8](unsafeUninitializedCapacity: text.count) { room, count in
                var written: CInt = 0
                unsafe text.withUnsafeBufferPointer { text in
                    require(
                        unsafe EVP_EncryptUpdate(
                            counter, room.baseAddress, &written, text.baseAddress, CInt(text.count)))
                }
                count = Int(written)
            }
        }
    }

    /// The key check value of `key`.
    public func checkValue(of key: Secret) -> KeyCheckValue {
        unsafe key.withBytes { key in
            let ones = [UInt8](repeating: 1, count: 16)
            var result = [UInt8](repeating: 0, count: 16)
            var written: CInt = 0
            let pointer = unsafe key.bindMemory(to: UInt8.self).baseAddress
            require(unsafe EVP_EncryptInit_ex2(block, nil, pointer, nil, nil))
            require(unsafe EVP_CIPHER_CTX_set_padding(block, 0))
            require(unsafe EVP_EncryptUpdate(block, &result, &written, ones, 16))
            return KeyCheckValue(rawValue: UInt32(result[0]) << 16 | UInt32(result[1]) << 8 | UInt32(result[2]))
        }
    }

    private func require(_ result: CInt) {
        precondition(result == 1, "libcrypto has no memory left")
    }
}

/// Why libcrypto cannot serve.
public struct CipherError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// The library lacks an algorithm.
        case unavailable
        /// The random generator is not seeded.
        case noRandomness
        /// A sealed text does not open: wrong passphrase, or it was altered.
        case notAuthentic
    }

    public let code: Code
    /// The algorithm or the thing concerned.
    public let subject: String

    public init(_ code: Code, _ subject: String) {
        self.code = code
        self.subject = subject
    }

    public var description: String {
        switch code {
        case .unavailable: "libcrypto offers no \(subject). Install OpenSSL 3.0 or later with its default provider."
        case .noRandomness: "\(subject): the system gives no random bytes. Wait until its generator is seeded."
        case .notAuthentic: "\(subject) does not open: the passphrase is wrong or the file was altered. Try again."
        }
    }
}
