import CardCrypto
import HeadEnd
import Issuing
import Meter
import ValueElement
import ValueProtocol

/// Who and what takes part.
enum Cast {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let host = PartyID(issuer: issuer, kind: .host, number: 0x01_0001)
    static let masterCard = PartyID(issuer: issuer, kind: .masterKeyCard, number: 2)
    static let card = PartyID(issuer: issuer, kind: .subscriberCard, number: 0x01_1234)
    static let currency = Currency(rawValue: 978)
    static let limit = Amount(rawValue: 200_000_000)

    /// The keys of the issuer, TRANSFER for the meters' slots, ADMIN 0 for blanks.
    static let keys = [
        KeyName.transport, KeyName(.credit, 1), KeyName(.tariff, 1), KeyName(.usage, 1), KeyName(.admin, 1),
        KeyName(.transfer, 1),
    ]

    static func meter(_ service: UtilityService) -> PartyID {
        PartyID(issuer: issuer, kind: PartyKind(rawValue: service.rawValue), number: 0x76 + UInt32(service.rawValue))
    }

    /// The components of the transport key are published, so that a real blank card can be made for this story; those
    /// of all other keys are random each time.
    static func components(of key: KeyName, _ suite: CipherSuite) throws -> [KeyComponent] {
        guard key == .transport else { return try [.random(suite), .random(suite)] }
        return try [0x11, 0x5A].map { try KeyComponent(Secret(copying: [UInt8](repeating: $0, count: 16)), suite) }
    }

    /// The transport master key: the XOR of its published components.
    static func transportMaster() -> Secret { Secret(copying: [UInt8](repeating: 0x11 ^ 0x5A, count: 16)) }

    static func transportKey(for eid: PartyID, _ suite: CipherSuite) -> Secret {
        suite.elementKey(transportMaster(), .transport, for: eid)
    }

    static func blankCard(_ suite: CipherSuite) throws -> ValueCard {
        let records = ValueCard.blank(card, transportKey: transportKey(for: card, suite))
        return try ValueCard(VolatileMemory(records), name: "subscriber card")
    }

    static func blankMasterCard() throws -> ValueCard {
        try ValueCard(VolatileMemory(ValueCard.blankMasterKeyCard(masterCard)), name: "master-key card")
    }

    /// A meter as it leaves the factory; micro-units per m³ or kWh.
    static func blankMeter(_ service: UtilityService, price: UInt64, _ suite: CipherSuite) throws -> OffLineMeter {
        let id = meter(service)
        let records = OffLineMeter.records(
            id, transportKey: transportKey(for: id, suite), price: Amount(rawValue: price),
            lowCredit: Amount(rawValue: 3_000_000))
        return try OffLineMeter(
            VolatileMemory(records), name: "\(id.kind)",
            parts: MeterParts(clock: AdjustableClock { SystemClock.now().rawValue }))
    }
}
