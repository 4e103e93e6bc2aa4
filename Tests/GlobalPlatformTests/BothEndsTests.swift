import CardCrypto
import GlobalPlatform
import ISO7816
import Testing

/// The host's side against the card's, in every mode.
@Suite struct BothEndsTests {
    struct Mode: Sendable, CustomTestStringConvertible {
        let cipher: BlockCipher
        let bytes: Int
        let parameter: UInt8
        let level: SecurityLevel

        var testDescription: String { "\(cipher) \(bytes), i \(parameter), level \(level.rawValue)" }
    }

    static let modes: [Mode] =
        [16, 24, 32].flatMap { bytes in
            [0x00, 0x10, 0x20, 0x30, 0x60, 0x70, 0x01, 0x71].flatMap { (parameter: UInt8) in
                ([0x01, 0x03, 0x11, 0x13, 0x33] as [UInt8]).map(SecurityLevel.init).filter { level in
                    (!level.contains(.answerMAC) || parameter & 0x20 != 0)
                        && (!level.contains(.answerEncryption) || parameter & 0x40 != 0)
                }.map { Mode(cipher: .aes, bytes: bytes, parameter: parameter, level: $0) }
            }
        }
        + ([0x01, 0x03, 0x11, 0x13] as [UInt8]).map(SecurityLevel.init).map {
            Mode(cipher: .tripleDES, bytes: 16, parameter: 0, level: $0)
        }

    static func keys(_ cipher: BlockCipher, _ count: Int, _ seed: UInt8 = 0) throws -> KeySet {
        func key(_ first: UInt8) -> Secret {
            Secret(copying: (0..<count).map { first &+ seed &+ UInt8($0) &* 7 })
        }
        return try KeySet(cipher, encryption: key(1), mac: key(2), dataEncryption: key(3))
    }

    @Test(arguments: modes)
    func `everything`(mode: Mode) throws {
        let keys = try Self.keys(mode.cipher, mode.bytes)
        let card = SecurityDomainCard(keys, parameter: mode.parameter)
        let base = try InProcessChannel(card)
        #expect(try base.selectIssuerSecurityDomain().aid == SecurityDomainCard.aid)
        #expect(try base.cardData()?.version == "2.3.1")
        let challenge = [UInt8](repeating: 5, count: mode.parameter & 1 == 1 ? 16 : 8)
        let channel = try base.openSecureChannel(keys, level: mode.level, hostChallenge: challenge)
        #expect(try channel.registry(.issuerSecurityDomain).map(\.lifeCycleName) == ["INITIALIZED"])
        #expect(try channel.registry(.applications).isEmpty)
        // A new set, which replaces nothing and then opens a channel.
        let new = try Self.keys(mode.cipher, mode.bytes, 99)
        try channel.put(new, version: 0x30)
        #expect(try channel.keyInformation().map(\.version) == [1, 1, 1, 0x30, 0x30, 0x30])
        #expect(try channel.keyInformation().first?.components.first?.count == mode.bytes)
        try channel.personalize(SecurityDomainCard.aid)
        let data = (0..<700).map { UInt8(truncatingIfNeeded: $0) }
        try channel.store(data, block: 200)
        #expect(card.stored == [data])
        let second = try base.openSecureChannel(new, version: 0x30, level: mode.level, hostChallenge: challenge)
        try second.put(new, version: 0x02, replacing: 0x01)
        try second.deleteKey(version: 0x30, identifier: 2)
        try second.deleteKey(version: 0x30)
        #expect(card.keys.keys.sorted() == [2] && card.sequenceCounter == 2)
    }

    @Test func `the other kind of keys`() throws {
        let keys = try Self.keys(.aes, 16)
        let channel = try InProcessChannel(SecurityDomainCard(keys)).openSecureChannel(keys, level: .all)
        let single = Secret(copying: [UInt8](repeating: 9, count: 16))
        try channel.put([(single, .tripleDES)], from: 7, version: 0x40)
        #expect(try channel.keyInformation().last?.components.first?.name == "DES")
        #expect(throws: GlobalPlatformError(.outOfRange, "")) { try channel.put([], from: 1, version: 1) }
        #expect(throws: GlobalPlatformError(.outOfRange, "")) { try channel.put(keys, version: 128) }
        #expect(throws: GlobalPlatformError(.outOfRange, "")) { try channel.deleteKey(version: 0) }
        #expect(throws: GlobalPlatformError(.outOfRange, "")) { try channel.store([]) }
    }

    @Test func `master keys are diversified`() throws {
        let master = try Self.keys(.tripleDES, 16)
        // The card's diversification data are 0000 and its AID.
        let own = try Diversification.visa2.keys(from: master, data: [0, 0] + SecurityDomainCard.aid)
        let base = try InProcessChannel(SecurityDomainCard(own))
        _ = try base.openSecureChannel(master, diversification: .visa2)
        #expect(throws: GlobalPlatformError(.wrongKeys, "")) { try base.openSecureChannel(master) }
    }
}
