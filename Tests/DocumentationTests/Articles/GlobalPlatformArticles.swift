import CardCrypto
import GlobalPlatform
import ISO7816
import Testing

/// The code of the articles of GlobalPlatform, and of ISO7816's on files and messages.
@Suite struct GlobalPlatformArticles {
    @Test func puttingKeys() throws {
        let card = try InProcessChannel(SecurityDomainCard(try KeySet.test(.aes)))
        let own = Secret(copying: 1...16)
        let keys = try KeySet(.aes, encryption: own, mac: own, dataEncryption: own)

        try card.selectSecurityDomain()
        let old = try KeySet.test(.aes)
        let channel = try card.openSecureChannel(old, level: .all)
        try channel.put(keys, version: 0x30, replacing: channel.opening.keyVersion)

        #expect(try card.openSecureChannel(keys).opening.keyVersion == 0x30)
    }

    private func files(_ reader: some CardChannel, _ atr: AnswerToReset, _ aid: [UInt8]) throws -> [[UInt8]] {
        let limits = TransferLimits(atr.historical.capabilities)
        let card = CommandChaining(GetResponseChannel(reader), limits: limits)
        try card.select(.name(aid))
        let bytes = try card.readFile(.short(1))
        let records = try card.readRecords(of: .short(2))
        return [bytes] + records
    }

    private func messages(_ card: some CardChannel, _ cipher: any SecureMessagingCipher) throws -> [UInt8] {
        let passport = SecureMessaging(card, cipher: cipher)
        try passport.select(.elementaryFile(0x011E), answer: .nothing)
        let file = try passport.readFile(step: 224)
        return file
    }

    private func pins(_ card: some CardChannel, _ pin: PINDigits) throws {
        switch try card.verify(pin.block(.iso9564Format2), .local(1)) {
        case .accepted: break
        case .wrong(let left): print("wrong,", left ?? 0, "tries left")
        case .blocked: print("blocked")
        }
    }
}
