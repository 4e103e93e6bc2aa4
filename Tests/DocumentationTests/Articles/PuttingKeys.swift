import CardCrypto
import GlobalPlatform
import ISO7816
import Testing

@Suite struct PuttingKeysArticle {
    @Test func `putting keys`() throws {
        let card = try InProcessChannel(SecurityDomainCard(try KeySet.test(.aes)))
        let own = Secret(copying: 1...16)
        let keys = try KeySet(.aes, encryption: own, mac: own, dataEncryption: own)

        try card.selectSecurityDomain()
        let old = try KeySet.test(.aes)
        let channel = try card.openSecureChannel(old, level: .all)
        try channel.put(keys, version: 0x30, replacing: channel.opening.keyVersion)

        #expect(try card.openSecureChannel(keys).opening.keyVersion == 0x30)
    }
}
