import CardCrypto
import CardIOTesting
import HeadEnd
import ISO7816
import Issuing
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A desk whose keys are in a master-key card with a float, which limits its sales.
final class MasterKeyDesk {
    static let filled: UInt64 = 50_000_000
    let records: RecordFile
    let client: ElementClient
    /// The channel to the master-key card used by the desk.
    let channel: FaultyChannel
    private let card: TestCard
    /// The same master-key card, for another desk.
    var authority: MasterKeyCardAuthority { MasterKeyCardAuthority(channel) }

    /// - Parameter fault: what is lost on the way to the master-key card once the desk sells.
    init(_ keys: HostKeys, fault: FaultyChannel.Fault = .none) throws {
        let id = PartyID(issuer: 0xA1B2C3, kind: .masterKeyCard, number: 1)
        let suite = try CipherSuite()
        let names = [Purpose.credit, .admin, .usage].map { KeyName($0, 1) }
        let master = MasterKeyImage(
            keys: names.map {
                StoredKey(
                    name: $0, key: Secret(copying: [UInt8](repeating: $0.purpose.rawValue << 4 | 1, count: 16)))
            }, pins: ["123456"], rules: DeskRules(allowing: [.storeCredit, .refund, .status]))
        card = try TestCard(master, element: ElementImage(issued: id, purses: [Purse(.float, limit: Self.filled)]))
        let direct = card.channel
        // The host loads the float like any purse.
        records = try RecordFile.inMemory()
        let filling = try HeadEndTests.client(records, keys)
        let filled = try filling.storeCredit(
            Amount(rawValue: Self.filled), for: .float, in: TestCard.euro, over: direct)
        #expect(filled.state == .done)
        #expect(suite.checkValue(of: master.keys[0].key) == (try keys.keys()[0].checkValue))
        let reader = MasterKeyCard(direct)
        _ = try reader.select()
        var pin = Array("123456".utf8)
        try reader.verify(PIN(taking: &pin), of: try #require(KeyCustodian(rawValue: 1)))
        channel = FaultyChannel(direct, fault: fault)
        client = ElementClient(records: records, authority: MasterKeyCardAuthority(channel)) {
            Timestamp(rawValue: 3000)
        }
    }

    /// The remaining float.
    func float() throws -> UInt64 {
        try card.holds(.float)
    }
}
