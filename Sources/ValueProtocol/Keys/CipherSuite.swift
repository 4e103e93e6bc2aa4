internal import COpenSSL

/// The protocol's two primitives, AES-128-CMAC (SP 800-38B) and AES-128-CTR (SP 800-38A), and the key check value.
///
/// It holds libcrypto's contexts, fetched once: fetching would cost more than the ciphers. Each use of CMAC has a
/// context of its own that stays set up with the key it had last, so the suite keeps that key until the use's next key
/// comes or the suite goes. One party has one suite and uses it from one thread at a time. Once fetched, the calls fail
/// only where memory is exhausted, and stop the program then as any allocation would.
@safe public final class CipherSuite {
    private var macs: [KeyedMAC] = []
    private let counter: OpaquePointer
    private let block: OpaquePointer

    /// - Throws: `CipherError` where libcrypto has no AES-128.
    public init() throws(CipherError) {
        guard let counter = unsafe CipherSuite.context("AES-128-CTR"),
            let block = unsafe CipherSuite.context("AES-128-ECB")
        else { throw CipherError(.unavailable, "AES-128") }
        unsafe self.counter = counter
        unsafe self.block = block
        for use in MACUse.allCases { macs.append(try KeyedMAC(use)) }
    }

    deinit {
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

    /// The context for `use`, set up with `key`.
    func mac(_ use: MACUse, _ key: Secret) -> KeyedMAC {
        let mac = macs[use.rawValue]
        mac.prepare(key)
        return mac
    }

    /// Encrypts or decrypts `text` with the 16 bytes of `key` from `offset` on, and the initial counter block `icb`.
    ///
    /// - Parameter room: how many bytes can be appended to the result without moving it.
    func ctr(_ key: Secret, at offset: Int, icb: Block, _ text: ArraySlice<UInt8>, room: Int = 0) -> [UInt8] {
        guard !text.isEmpty else { return [] }
        unsafe key.withBytes { key in
            let keyBytes = unsafe UnsafeRawBufferPointer(rebasing: key[offset..<(offset + 16)])
            let keyPointer = unsafe keyBytes.bindMemory(to: UInt8.self).baseAddress
            unsafe icb.storage.span.withUnsafeBufferPointer { icb in
                require(unsafe EVP_EncryptInit_ex2(counter, nil, keyPointer, icb.baseAddress, nil))
            }
        }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + room)
        result.append(addingCapacity: text.count) { output in
            unsafe output.withUnsafeMutableBufferPointer { output, count in
                var written: CInt = 0
                unsafe text.withUnsafeBufferPointer { text in
                    require(
                        unsafe EVP_EncryptUpdate(
                            counter, output.baseAddress, &written, text.baseAddress, CInt(text.count)))
                }
                count = Int(written)
            }
        }
        return result
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
}

/// libcrypto's calls fail only where memory is exhausted, once its algorithms are fetched.
func require(_ result: CInt) {
    precondition(result == 1, "libcrypto has no memory left")
}
