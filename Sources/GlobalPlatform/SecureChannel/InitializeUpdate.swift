/// The answer to INITIALIZE UPDATE (GlobalPlatform Card Specification 2.3.1, E.5.1; Amendment D 1.1.2, 7.1.1).
public struct InitializeUpdate: Sendable, Hashable {
    /// The secure channel protocol of a card.
    public enum SecureChannelProtocol: UInt8, Sendable, Hashable, CaseIterable {
        case scp02 = 2
        case scp03 = 3
    }

    /// The 10 bytes from which a card's own keys can be derived.
    public let diversificationData: [UInt8]
    /// The version of the keys that the card uses.
    public let keyVersion: UInt8
    public let scp: SecureChannelProtocol
    /// The parameter "i" of SCP03; nil for SCP02, whose answer does not contain it.
    public let parameter: UInt8?
    /// For SCP02 including the sequence counter: 8 bytes; for SCP03 8 or 16.
    public let cardChallenge: [UInt8]
    let cardCryptogram: [UInt8]
    /// How many channels were opened with these keys; nil where the card's challenge is random.
    public let sequenceCounter: UInt32?

    /// Parses the answer.
    ///
    /// - Throws: `GlobalPlatformError` with code `.malformedAnswer`, or `.protocolUnknown` for another protocol.
    public init(_ bytes: some Collection<UInt8>) throws(GlobalPlatformError) {
        let bytes = [UInt8](bytes)
        let name = "INITIALIZE UPDATE"
        guard bytes.count >= 12 else { throw GlobalPlatformError(.malformedAnswer, name) }
        diversificationData = [UInt8](bytes[..<10])
        keyVersion = bytes[10]
        guard let scp = SecureChannelProtocol(rawValue: bytes[11]) else {
            throw GlobalPlatformError(.protocolUnknown, "\(name): SCP \(bytes[11])")
        }
        self.scp = scp
        switch scp {
        case .scp02:
            guard bytes.count == 28 else { throw GlobalPlatformError(.malformedAnswer, name) }
            parameter = nil
            sequenceCounter = UInt32(bytes[12]) << 8 | UInt32(bytes[13])
            cardChallenge = [UInt8](bytes[12..<20])
            cardCryptogram = [UInt8](bytes[20...])
        case .scp03:
            guard [29, 32, 45, 48].contains(bytes.count) else { throw GlobalPlatformError(.malformedAnswer, name) }
            let size = bytes.count < 45 ? 8 : 16
            let hasCounter = bytes.count == 32 || bytes.count == 48
            // The parameter and the length must agree.
            guard hasCounter == (bytes[12] & 0x10 != 0) else { throw GlobalPlatformError(.malformedAnswer, name) }
            parameter = bytes[12]
            cardChallenge = [UInt8](bytes[13..<13 + size])
            cardCryptogram = [UInt8](bytes[(13 + size)..<(13 + 2 * size)])
            sequenceCounter = hasCounter ? bytes.suffix(3).reduce(0) { $0 << 8 | UInt32($1) } : nil
        }
    }

    /// Whether the card supports `level`, as far as its answer tells.
    func offers(_ level: SecurityLevel) -> Bool {
        // SCP02 does not tell; a card that signs no answers refuses EXTERNAL AUTHENTICATE.
        guard let parameter else { return !level.contains(.answerEncryption) }
        if level.contains(.answerEncryption), parameter & 0x60 != 0x60 { return false }
        return !level.contains(.answerMAC) || parameter & 0x20 != 0
    }
}
