import CardCrypto
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A master-key card in the hands of an attacker who knows no PIN.
@Suite struct StolenDeskTests {
    private func masterKeyCard(keys: Int, custodians: Int) throws -> ValueCard {
        let image = MasterKeyImage(
            keys: (0..<UInt8(keys)).map { version in
                StoredKey(
                    name: KeyName(.credit, version + 1),
                    key: Secret(copying: [UInt8](repeating: version, count: 16)))
            }, pins: (0..<custodians).map { "123\($0 + 1)" }, rules: DeskRules())
        let element = ElementImage(issued: PartyID(issuer: 1, kind: .masterKeyCard, number: 1))
        let card = try TestCard(image, element: element).card
        #expect(try status(card, 0x00, 0xA4, 0x04, 0x00, ElementApplication.masterKey.aid) == 0x9000)
        return card
    }

    private func status(
        _ card: ValueCard, _ cla: UInt8, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8]
    ) throws -> UInt16 {
        let answer = try card.process([cla, ins, p1, p2, UInt8(data.count)] + data)
        return UInt16(answer[answer.count - 2]) << 8 | UInt16(answer[answer.count - 1])
    }

    private func setFirstPIN(_ custodian: UInt8, _ card: ValueCard) throws -> UInt16 {
        try status(card, 0x00, 0x24, 0x00, custodian, [0xFF] + Array("9999".utf8))
    }

    private func verify(_ custodian: UInt8, _ card: ValueCard) throws -> UInt16 {
        try status(card, 0x00, 0x20, 0x00, custodian, Array("123\(custodian)".utf8))
    }

    /// Nobody can take over a custodian who has a PIN; therefore a ceremony sets a PIN for all eight.
    @Test func `a thief becomes no custodian who has a PIN`() throws {
        let card = try masterKeyCard(keys: 1, custodians: 8)
        for custodian in 1...8 as ClosedRange<UInt8> {
            #expect(try setFirstPIN(custodian, card) == 0x6A80)
            #expect(try verify(custodian, card) == 0x9000)
        }
    }

    @Test func `a card without keys takes its first PINs`() throws {
        let card = try masterKeyCard(keys: 0, custodians: 0)
        for custodian in 1...8 as ClosedRange<UInt8> { #expect(try setFirstPIN(custodian, card) == 0x9000) }
    }

    /// GET DATA returns all keys in one short answer, so their number is limited to what fits.
    @Test func `a key too many is refused`() throws {
        var component: [UInt8] = [1, 2] + [UInt8](repeating: 5, count: 16)
        let suite = try CipherSuite()
        let kcv = suite.checkValue(of: Secret(copying: component.suffix(16))).rawValue
        component += [UInt8(kcv >> 16), UInt8(kcv >> 8 & 0xFF), UInt8(kcv & 0xFF)]
        let card = try masterKeyCard(keys: MasterKeyImage.maxKeyCount, custodians: 2)
        #expect(try verify(1, card) == 0x9000)
        #expect(try status(card, 0x80, 0xD8, 0x01, 200, component) == 0x6581)
        #expect(try status(card, 0x80, 0xD8, 0x01, 1, component) == 0x9000)
        let answer = try card.process([0x00, 0xCA, 0x01, 0x00, 0x00])
        #expect(answer.count == 8 + 5 * MasterKeyImage.maxKeyCount + 2 && answer.count <= 258)
    }
}
