import CardCrypto
import HeadEnd
import ISO7816
import Issuing
import Meter
import Testing
import ValueElement
import ValueProtocol

/// The articles on value, in the order in which value flows: a ceremony, a card and a meter issued, credit sold, an answer
/// lost, credit redeemed. Each article's code is in a separate file in `Articles`, as an extension.
@Suite struct ValueArticles {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let cardID = PartyID(issuer: issuer, kind: .subscriberCard, number: 0x01_1234)
    static let meterID = PartyID(issuer: issuer, kind: .gasMeter, number: 0x78)
    static let names = [
        KeyName.transport, KeyName(.credit, 1), KeyName(.usage, 1), KeyName(.admin, 1), KeyName(.transfer, 1),
    ]
    static func pin(_ digits: String) throws -> PIN { try PIN(Secret(copying: Array(digits.utf8))) }

    @Test func `all the way`() throws {
        let suite = try CipherSuite()
        let keys = try HostKeys(pid: PartyID(issuer: Self.issuer, kind: .host, number: 1))
        let masterID = PartyID(issuer: Self.issuer, kind: .masterKeyCard, number: 2)
        let masterReader = try InProcessChannel(ValueCard(VolatileMemory(ValueCard.blankMasterKeyCard(masterID))))
        try ceremony(masterReader) { key, name in keys.hold(key, as: name) }

        let transport = try #require(keys.elementKey(.transport, of: Self.cardID, suite))
        let card = try ValueCard(VolatileMemory(ValueCard.blank(Self.cardID, transportKey: transport)))
        let cardReader = try InProcessChannel(card)
        let meter = try blankMeter(try #require(keys.elementKey(.transport, of: Self.meterID, suite))) {
            SystemClock.now().rawValue
        }
        try issueMeter(meter, keys)
        try issueCard(cardReader, masterReader)
        try sell(cardReader, keys)
        try redeem(meter, cardReader)
    }
}
