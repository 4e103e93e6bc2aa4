import CardCrypto
import ISO7816
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A master-key card with three custodians, master keys and a float of 1,000, and a card to which it sells.
final class Desk {
    static let id = PartyID(issuer: 7, kind: .masterKeyCard, number: 1)
    static let float = Purse(.float, holds: 1_000, limit: 5_000)
    static let pins = ["1111", "2222", "3333"]

    let card: Victim
    let suite: CipherSuite

    static func master(_ name: KeyName) -> Secret {
        Secret(copying: [0xAA, name.purpose.rawValue, name.version] + [UInt8](repeating: 0x31, count: 13))
    }

    init(custodians: Int = 3, rules: DeskRules? = nil) throws {
        let names = [KeyName.transport] + Purpose.allCases.map { KeyName($0, 1) }
        let image = MasterKeyImage(
            keys: names.map { StoredKey(name: $0, key: Self.master($0)) }, pins: Array(Self.pins.prefix(custodians)),
            rules: rules ?? DeskRules(first: World.card, count: 10, allowing: OperationCode.allCases))
        card = try Victim(
            ValueCard.records(image, element: ElementImage(issued: Self.id, purses: [Self.float])))
        suite = card.suite
        try card.select(.masterKey)
    }

    /// A card of the same issuer.
    func subscriber() throws -> Victim {
        var image = World.issuedCard()
        for purpose in [Purpose.credit, .tariff, .usage, .admin] {
            let name = KeyName(purpose, 1)
            image.put(StoredKey(name: name, key: suite.elementKey(Self.master(name), name, for: World.card)))
        }
        return try Victim(image)
    }

    @discardableResult
    func verify(_ custodian: UInt8, _ pin: String? = nil) throws -> StatusWord {
        let pin = pin ?? Self.pins[Int(custodian) - 1]
        return try card.send(0x00, 0x20, 0, custodian, Array(pin.utf8)).status
    }

    /// A session between the card and `other`, opened by a custodian.
    func open(_ name: KeyName, with other: Victim, selecting: Bool = true) throws {
        if selecting { try card.select(.masterKey) }
        try #require(try verify(1) == .success)
        let eid = try other.image.eid
        let opened = try card.send(0x80, 0x60, name.purpose.rawValue, name.version, bigEndian(eid.rawValue))
        try #require(opened.status == .success)
        let answer = try other.send(0x80, 0x50, name.purpose.rawValue, name.version, opened.data)
        try #require(answer.status == .success)
        try #require(try card.send(0x80, 0x62, 0, 0, answer.data).status == .success)
    }

    func seal(_ op: OperationCode, _ request: [UInt8]) throws -> Victim.Answer {
        try card.send(0x80, 0x64, op.rawValue, 0, request)
    }

    /// LOAD COMPONENT of sixteen bytes `fill`.
    func load(_ name: KeyName, _ number: UInt8, of: UInt8, _ fill: UInt8) throws -> StatusWord {
        let component = [UInt8](repeating: fill, count: 16)
        let kcv = suite.checkValue(of: Secret(copying: component)).rawValue
        let data = [number, of] + component + bigEndian(kcv).dropFirst()
        return try card.send(0x80, 0xD8, name.purpose.rawValue, name.version, data).status
    }

    var balance: UInt64 { get throws { try #require(try card.image.purse(.float)).balance.rawValue } }
}
