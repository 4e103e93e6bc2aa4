import CardCrypto
import Issuing
import ValueElement
import ValueProtocol

/// The test issuer's master keys, each of sixteen equal bytes.
enum TestKeys {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let names = [
        KeyName.transport, KeyName(.credit, 1), KeyName(.tariff, 1), KeyName(.usage, 1), KeyName(.admin, 1),
        KeyName(.transfer, 1),
    ]

    static func master(_ name: KeyName) -> Secret {
        Secret(copying: [UInt8](repeating: name.purpose.rawValue << 4 | name.version, count: 16))
    }

    static func checked(_ names: [KeyName], _ suite: CipherSuite) -> [KeyDescriptor] {
        names.map { KeyDescriptor($0, suite.checkValue(of: master($0))) }
    }

    static func card(_ number: UInt32) -> PartyID { PartyID(issuer: issuer, kind: .subscriberCard, number: number) }
    static func meter(_ kind: PartyKind, _ number: UInt32 = 0x78) -> PartyID {
        PartyID(issuer: issuer, kind: kind, number: number)
    }

    static let purses = [
        PursePlan(
            service: .gas, currency: Currency(rawValue: 978), limit: Amount(rawValue: 200_000_000),
            meter: meter(.gasMeter)),
        PursePlan(
            service: .water, currency: Currency(rawValue: 978), limit: Amount(rawValue: 50_000_000),
            meter: meter(.waterMeter)),
    ]

    static func pin(_ digits: String) throws -> PIN { try PIN(Secret(copying: Array(digits.utf8))) }
    static func custodian(_ number: UInt8) -> KeyCustodian { KeyCustodian.all[Int(number) - 1] }
}

/// The same keys in a software authority.
final class TestKeySource: KeySource {
    func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret? {
        suite.elementKey(TestKeys.master(name), name, for: eid)
    }

    func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret? {
        let name = KeyName(.transfer, version)
        let meterKey = suite.elementKey(TestKeys.master(name), name, for: meter)
        return suite.cardToMeterKey(meterKey, version: version, card: card)
    }
}

/// What a host would remember of elements.
final class TestRegister: ElementRegister {
    private var nts: [PartyID: UInt32] = [:]
    private var highest: [PartyID: [Purpose: UInt8]] = [:]
    private(set) var issued: Set<PartyID> = []

    func lastNT(of eid: PartyID) -> UInt32? { nts[eid] }
    func highestVersion(of purpose: Purpose, for eid: PartyID) -> UInt8? { highest[eid]?[purpose] }
    func wasIssued(_ eid: PartyID) -> Bool { issued.contains(eid) }

    func recordGenuine(_ identity: SessionIdentity) {
        nts[identity.eid] = identity.nt
        raise(identity.key, of: identity.eid)
    }

    func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) { for key in keys { raise(key, of: eid) } }
    func recordIssued(_ eid: PartyID) { issued.insert(eid) }

    private func raise(_ key: KeyName, of eid: PartyID) {
        let before = highest[eid]?[key.purpose] ?? 0
        highest[eid, default: [:]][key.purpose] = max(before, key.version)
    }
}
