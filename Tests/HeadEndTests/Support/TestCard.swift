import HeadEnd
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

extension TestCard {
    static let euro = Currency.euro
    static let limit = Amount(rawValue: 100_000_000)

    /// A subscriber card with purses of gas and water.
    convenience init(_ number: UInt32 = 1, keys: HostKeys, change: (inout ElementImage) -> Void = { _ in }) throws {
        let eid = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number)
        var image = ElementImage(
            issued: eid, keys: try keys.storedKeys(of: eid),
            purses: [.gas, .water].map { Purse($0, limit: Self.limit.rawValue) })
        change(&image)
        try self.init(image)
    }

    /// The purse's actual balance.
    func holds(_ service: UtilityService = .gas) throws -> UInt64 {
        let image = try #require(card.element?.image)
        return try #require(image.purse(service)).balance.rawValue
    }
}

extension HostKeys {
    /// The element's keys derived from the host's, except TRANSFER.
    func storedKeys(of eid: PartyID) throws -> [StoredKey] {
        let suite = try CipherSuite()
        return try names.filter { $0.purpose != .transfer }.map {
            StoredKey(name: $0, key: try #require(elementKey($0, of: eid, suite)))
        }
    }
}
