public import CardCrypto

/// A letter to a meter that nobody but a card visits: `number u32 ‖ content ‖ version u8 ‖ MAC 16` (protocol §10).
///
/// It travels in a card's slot: POST leaves it there, the meter that the slot is bound to takes it by FETCH. The MAC is
/// under the meter's own TARIFF key, so nobody on the way can write or change one.
public struct Letter: Sendable, Equatable {
    public let content: LetterContent
    /// Of the meter's TARIFF key.
    public let version: UInt8
    public let mac: AESBlock
    /// All before the MAC, as it came.
    private let text: [UInt8]

    /// Of a letter.
    public static let maxByteCount = 2400
    /// Version and MAC.
    static let endByteCount = 17

    /// Signs a letter.
    ///
    /// - Parameters:
    ///   - content: what it tells.
    ///   - meter: whom.
    ///   - version: of `key`.
    ///   - key: the meter's TARIFF key.
    ///   - suite: for its MAC.
    public init(
        _ content: LetterContent, to meter: PartyID, version: UInt8, key: Secret, _ suite: CipherSuite
    ) {
        let text = Letter.text(content, version: version)
        self.init(content, version: version, mac: suite.letterMAC(of: text[...], to: meter, key))
    }

    /// A letter with a MAC that was made elsewhere.
    package init(_ content: LetterContent, version: UInt8, mac: AESBlock) {
        self.content = content
        self.version = version
        self.mac = mac
        text = Letter.text(content, version: version)
    }

    /// Parses a letter; nil if it is malformed. Whether it is genuine is another question, see ``isGenuine(to:key:_:)``.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= Letter.maxByteCount, bytes.count >= Letter.endByteCount,
            let content = LetterContent(bytes.dropLast(Letter.endByteCount)), let mac = AESBlock(bytes.suffix(16))
        else { return nil }
        self.content = content
        version = bytes[bytes.count - Letter.endByteCount]
        self.mac = mac
        text = bytes.dropLast(16)
    }

    /// Whether it was written to `meter` under `key`, the meter's TARIFF key of this version.
    public func isGenuine(to meter: PartyID, key: Secret, _ suite: CipherSuite) -> Bool {
        suite.letterMAC(of: text[...], to: meter, key) == mac
    }

    /// The encoded letter, at most 2,400 bytes.
    public var bytes: [UInt8] { text + mac.bytes }

    /// As it travels: 1 to 12 parts of 1 to 200 bytes.
    package var parts: [[UInt8]] { TransferParts.split(bytes) ?? [] }

    /// All before the MAC, as a master-key card takes it: in 1 to 12 parts.
    package static func textParts(_ content: LetterContent, version: UInt8) -> [[UInt8]] {
        TransferParts.split(text(content, version: version)) ?? []
    }

    /// All before the MAC.
    static func text(_ content: LetterContent, version: UInt8) -> [UInt8] { content.bytes + [version] }
}

extension CipherSuite {
    /// The MAC of a letter: `CMAC(K, 06 ‖ meter's EID ‖ all before)`.
    ///
    /// - Parameters:
    ///   - text: all before the MAC.
    ///   - meter: to whom.
    ///   - key: the meter's TARIFF key.
    package func letterMAC(of text: ArraySlice<UInt8>, to meter: PartyID, _ key: Secret) -> AESBlock {
        var head = Message()
        head.append(0x06)
        head.append(meter)
        return mac(.derivation, key).sign(head.span, text)
    }
}

/// Who can write letters in the host's name: it holds the master key of the meters' TARIFF keys, or a card that does.
public protocol LetterAuthority: AnyObject {
    /// Writes a letter.
    ///
    /// - Parameters:
    ///   - content: what it tells.
    ///   - meter: whom.
    ///   - version: of the meter's TARIFF key.
    /// - Throws: `SessionError` `.noMasterKey`, and what the holder of the key refuses.
    func write(_ content: LetterContent, to meter: PartyID, version: UInt8) throws(SessionError) -> Letter
}

extension SoftwareAuthority: LetterAuthority {
    public func write(_ content: LetterContent, to meter: PartyID, version: UInt8) throws(SessionError) -> Letter {
        let name = KeyName(.tariff, version)
        guard let key = keys.elementKey(name, of: meter, suite) else { throw SessionError(.noMasterKey, "\(name)") }
        return Letter(content, to: meter, version: version, key: key, suite)
    }
}
