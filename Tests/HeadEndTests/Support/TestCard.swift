import HeadEnd
import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// A subscriber card with purses of gas and water, over memory in RAM whose power a test can cut.
final class TestCard {
    static let euro = Currency(rawValue: 978)
    static let limit = Amount(rawValue: 100_000_000)

    let eid: PartyID
    let power = FailureSwitch()
    let card: ValueCard
    let channel: InProcessChannel

    init(_ number: UInt32 = 1, keys: HostKeys, change: (inout ElementImage) -> Void = { _ in }) throws {
        eid = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number)
        let suite = try CipherSuite()
        var image = ElementImage(blank: eid, transportKey: nil)
        image.state = .issued
        for name in keys.names where name.purpose != .transfer {
            image.put(StoredKey(name: name, key: try #require(keys.elementKey(name, of: eid, suite))))
        }
        for service in [UtilityService.gas, .water] {
            image.put(Purse(service: service, currency: Self.euro, limit: Self.limit))
        }
        change(&image)
        card = try ValueCard(VolatileMemory(ValueCard.records(image), failure: power))
        channel = try InProcessChannel(card)
    }

    /// What the purse really holds.
    func holds(_ service: UtilityService = .gas) throws -> UInt64 {
        let image = try #require(card.element?.image)
        return try #require(image.purse(service)).balance.rawValue
    }

    /// Takes value off as a meter that draws on the card would.
    func spend(_ amount: UInt64, of service: UtilityService = .gas) throws {
        let element = try #require(card.element)
        var purse = try #require(element.image.purse(service))
        purse.balance = try #require(purse.balance.subtracting(Amount(rawValue: amount)))
        try element.update { $0.put(purse) }
    }
}
