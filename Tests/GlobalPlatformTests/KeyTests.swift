import CardCrypto
import ISO7816
import TestSupport
import Testing

@testable import GlobalPlatform

@Suite struct KeyTests {
    private func keySet(_ cipher: BlockCipher, _ key: String) throws -> KeySet {
        let key = Secret(copying: hex(key))
        return try KeySet(cipher, encryption: key, mac: key, dataEncryption: key)
    }

    /// Check values of pySim's keys (osmocom/pysim, tests/unittests/test_globalplatform.py, SCP03_KCV_Test).
    @Test(arguments: [
        ("000102030405060708090a0b0c0d0e0f", "C35280"), ("101112131415161718191a1b1c1d1e1f", "013808"),
        ("202122232425262728292a2b2c2d2e2f", "840DE5"),
        // The test key: GlobalPlatformPro, TestPlaintextKeys.testSessionKeys_SCP03.
        ("404142434445464748494A4B4C4D4E4F", "504A77"),
    ])
    func `check values of AES`(key: String, value: String) throws {
        #expect(try CheckValue.bytes(of: Secret(copying: hex(key)), .aes) == hex(value))
    }

    /// GlobalPlatformPro, TestPlaintextKeys.testSessionKeys_SCP01: the test key as triple DES.
    @Test func `check value of triple DES`() throws {
        #expect(try KeySet.test(.tripleDES).checkValue(.encryption) == hex("8BAF47"))
    }

    /// GlobalPlatformPro, TestPlaintextKeys: check values of diversified keys, data 00010203040506070809.
    @Test(arguments: [
        (Diversification.emv, "404142434445464748494A4B4C4D4E4F", ["C33013", "6F4CA6", "BB8179"]),
        (.visa2, "404142434445464748494A4B4C4D4E4F", ["2BE598", "58DA38", "3C328E"]),
        (.kdf3, "404142434445464748494A4B4C4D4E4F", ["E79C05", "D1BD77", "3FDE8C"]),
        (.kdf3, "404142434445464748494A4B4C4D4E4F5051525354555657", ["1DE8EA", "47C00C", "C04D76"]),
        (
            .kdf3, "404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F",
            ["2972D2", "036F94", "5D57B8"]
        ),
    ])
    func `diversified`(way: Diversification, master: String, values: [String]) throws {
        let master = try keySet(way == .kdf3 ? .aes : .tripleDES, master)
        let keys = try way.keys(from: master, data: Array(0...9))
        #expect(try KeySet.Purpose.allCases.map { try keys.checkValue($0) } == values.map(hex))
    }

    /// GlobalPlatformPro, TestSCP03.testKDF3: the whole key.
    @Test func `a whole diversified key`() throws {
        let master = try keySet(.aes, "8C72C72CF908411653018807950D82FBAD947562F0828A0B10B8B9606ABF3BCD")
        let keys = try Diversification.kdf3.keys(from: master, data: hex("D9B1DE5D0362DEDCE4FB"))
        let expected = hex("9AAC5D0B3601F89438A0D9D0B6B256CFB47E6462DFA5228D3420C4AC7C224781")
        #expect(keys.key(.encryption).matches(Secret(copying: expected)))
    }

    @Test func `keys of the wrong kind`() throws {
        #expect(throws: GlobalPlatformError(.outOfRange, "")) { try keySet(.aes, "00112233445566778899AABBCCDDEE") }
        #expect(throws: GlobalPlatformError(.outOfRange, "")) { try keySet(.des, "0011223344556677") }
        #expect(throws: GlobalPlatformError(.outOfRange, "")) {
            try Diversification.visa2.keys(from: KeySet.test(.aes), data: Array(0...9))
        }
        #expect(throws: GlobalPlatformError(.outOfRange, "")) {
            try Diversification.emv.keys(from: KeySet.test(.tripleDES), data: Array(0...8))
        }
    }

    @Test func `identifiers end at 127`() throws {
        let keys = try BothEndsTests.keys(.aes, 16)
        let channel = try InProcessChannel(SecurityDomainCard(keys)).openSecureChannel(keys, level: .all)
        let row = [KeySet.Purpose.encryption, .mac, .dataEncryption].map { (keys.key($0), BlockCipher.aes) }
        #expect(throws: GlobalPlatformError(.outOfRange, "")) { try channel.put(row, from: 126, version: 0x30) }
        try channel.put(row, from: 125, version: 0x30)
        #expect(try channel.keyInformation().filter { $0.version == 0x30 }.map(\.identifier) == [125, 126, 127])
    }

    /// A host that allows identifiers beyond ours.
    @Test func `a card refuses identifiers beyond 127`() throws {
        let keys = try BothEndsTests.keys(.aes, 16)
        let card = SecurityDomainCard(keys)
        let channel = try InProcessChannel(card).openSecureChannel(keys, level: .all)
        let key = keys.key(.mac)
        let field =
            [0x88, 17, 16] + (try channel.encrypt(key: key)) + [3] + (try CheckValue.bytes(of: key, .aes))
        let put = try command("PUT KEY", 0xD8, 0, 0x80 | 126, [0x30] + field + field + field)
        #expect(try channel.transmit(put).status == .wrongData)
        #expect(card.keys.keys.sorted() == [1])
    }

    @Test func `a key is not shown`() throws {
        var text = "\(try KeySet.test(.aes)) "
        dump(try KeySet.test(.aes), to: &text)
        #expect(!text.contains("40") && !text.contains("64"))
    }
}
