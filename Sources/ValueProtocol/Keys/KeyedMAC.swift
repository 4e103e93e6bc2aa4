internal import COpenSSL

/// What a CMAC is made for; each has a context of its own, for its key often stays the same.
enum MACUse: Int, CaseIterable {
    /// A master key or a meter's key, to make an element's of it.
    case diversification
    /// An element key, to make session keys of it.
    case derivation
    /// MAC-A, which signs S3.
    case commands
    /// MAC-E, which signs S2 and S4.
    case answers

    /// Where the sixteen bytes lie in the secret that holds them.
    var offset: Int {
        switch self {
        case .diversification, .derivation: 0
        case .commands: SessionKeys.Offset.macA
        case .answers: SessionKeys.Offset.macE
        }
    }
}

/// A CMAC context and the key that it is set up with, which costs three times as much as a signature.
@safe final class KeyedMAC {
    private let context: OpaquePointer
    private let use: MACUse
    /// Kept so that no other secret can come to lie in its place and be taken for it.
    private var key: Secret?
    private var isFresh = false

    init(_ use: MACUse) throws(CipherError) {
        guard let context = unsafe vs_cmac_template() else { throw CipherError(.unavailable, "CMAC") }
        unsafe self.context = context
        self.use = use
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// Sets up `key`, where it is not the one that is set up already.
    func prepare(_ key: Secret) {
        guard self.key !== key else { return }
        unsafe key.withBytes { bytes in
            let sixteen = unsafe UnsafeRawBufferPointer(rebasing: bytes[use.offset..<(use.offset + 16)])
            require(unsafe EVP_MAC_init(context, sixteen.bindMemory(to: UInt8.self).baseAddress, 16, nil))
        }
        self.key = key
        isFresh = true
    }

    /// Signs `message` and then `text`.
    func sign(_ message: Span<UInt8>, _ text: ArraySlice<UInt8> = []) -> Block {
        if !isFresh { require(unsafe EVP_MAC_init(context, nil, 0, nil)) }
        isFresh = false
        unsafe message.withUnsafeBufferPointer { bytes in
            require(unsafe EVP_MAC_update(context, bytes.baseAddress, bytes.count))
        }
        if !text.isEmpty {
            unsafe text.withUnsafeBufferPointer { bytes in
                require(unsafe EVP_MAC_update(context, bytes.baseAddress, bytes.count))
            }
        }
        var tag = InlineArray<16, UInt8>(repeating: 0)
        require(unsafe EVP_MAC_final(context, &tag, nil, 16))
        return Block(tag)
    }
}
