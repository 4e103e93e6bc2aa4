import CardCrypto
import CardIOTesting
import HeadEnd
import ISO7816
import Issuing
import Records
import RecordsSQLite
import Testing
import ValueElement
import ValueProtocol

/// A desk whose keys are in a master-key card with a float: it sells no more than that.
final class MasterKeyDesk {
    static let filled: UInt64 = 50_000_000
    let records: RecordFile
    let desk: CreditDesk
    /// To the master-key card, as the desk uses it.
    let channel: FaultyChannel
    private let card: ValueCard
    /// The same master-key card, for another desk.
    var authority: MasterKeyCardAuthority { MasterKeyCardAuthority(channel) }

    /// - Parameter fault: what is lost on the way to the master-key card once the desk sells.
    init(_ keys: HostKeys, fault: FaultyChannel.Fault = .none) throws {
        let id = PartyID(issuer: 0xA1B2C3, kind: .masterKeyCard, number: 1)
        let suite = try CipherSuite()
        var master = MasterKeyImage()
        for purpose in [Purpose.credit, .admin, .usage] {
            let name = KeyName(purpose, 1)
            let byte = purpose.rawValue << 4 | 1
            master.keys.append(StoredKey(name: name, key: Secret(copying: [UInt8](repeating: byte, count: 16))))
        }
        master.custodians[0] = Custodian(pin: Secret(copying: Array("123456".utf8)))
        let allowed: [OperationCode] = [.storeCredit, .refund, .status]
        master.rules = DeskRules(operations: allowed.reduce(0) { $0 | $1.ruleBit })
        var element = ElementImage(blank: id, transportKey: nil)
        element.state = .issued
        element.put(Purse(service: .float, currency: TestCard.euro, limit: Amount(rawValue: Self.filled)))
        card = try ValueCard(VolatileMemory(ValueCard.records(master, element: element)))
        let direct = try InProcessChannel(card)
        // The host fills the float as it fills any purse.
        records = try RecordFile.inMemory()
        let filling = try HeadEndTests.desk(records, keys)
        let filled = try filling.storeCredit(
            Amount(rawValue: Self.filled), for: .float, in: TestCard.euro, over: direct)
        #expect(filled.state == .done)
        #expect(suite.checkValue(of: master.keys[0].key) == (try keys.keys()[0].checkValue))
        let reader = MasterKeyCard(direct)
        _ = try reader.select()
        var pin = Array("123456".utf8)
        try reader.verify(PIN(taking: &pin), of: try #require(KeyCustodian(rawValue: 1)))
        channel = FaultyChannel(direct, fault: fault)
        desk = CreditDesk(records: records, authority: MasterKeyCardAuthority(channel)) { Timestamp(rawValue: 3000) }
    }

    /// What is left of the float.
    func float() throws -> UInt64 {
        let element = try #require(card.element)
        return try #require(element.image.purse(.float)).balance.rawValue
    }
}
