import CardCrypto
import TestSupport
import ValueElement
import ValueProtocol

/// The parties that elements are fuzzed with, and their keys.
enum Scene {
    static let card = PartyID(issuer: 7, kind: .subscriberCard, number: 1)
    static let gasMeter = PartyID(issuer: 7, kind: .gasMeter, number: 2)
    static let waterMeter = PartyID(issuer: 7, kind: .waterMeter, number: 3)
    static let host = PartyID(issuer: 7, kind: .host, number: 1)
    static let masterKeyCard = PartyID(issuer: 7, kind: .masterKeyCard, number: 1)
    static let euro = Currency(rawValue: 978)
    static let dollar = Currency(rawValue: 840)

    /// Sixteen bytes that no input contains by chance.
    private static func bytes(_ seed: UInt64) -> [UInt8] {
        var numbers = SeededGenerator(seed: seed)
        return numbers.bytes(16)
    }

    /// The key of this name, as PUT KEY loads it or as an element has it from the start.
    static func keyBytes(_ name: KeyName) -> [UInt8] {
        bytes(UInt64(name.purpose.rawValue) << 8 | UInt64(name.version))
    }

    static func key(_ name: KeyName) -> Secret { Secret(copying: keyBytes(name)) }

    /// The bytes of the key between the card and a meter.
    static func kxBytes(_ version: UInt8) -> [UInt8] { bytes(0x1_0000 | UInt64(version)) }

    /// Every key above, in versions 0 to 3.
    static let secrets = SecretSearch(
        [0, 1, 2, 3].flatMap { (version: UInt8) in
            Purpose.allCases.map { keyBytes(KeyName($0, version)) } + [kxBytes(version)]
        })

    /// An element, and the records of a memory that holds it: made once, and copied for every input.
    struct Made: Sendable {
        let image: ElementImage
        let records: [RecordName: [UInt8]]

        init(_ image: ElementImage) {
            self.image = image
            records = ValueCard.records(image)
        }
    }

    /// A card, a meter or a blank, by number.
    static func made(_ number: UInt8) -> Made { all[Int(number) % all.count] }

    private static let all = [
        Made(issued(card)), Made(issued(gasMeter)),
        Made(ElementImage(blank: card, transportKey: key(.transport))),
    ]

    private static func issued(_ eid: PartyID) -> ElementImage {
        var image = ElementImage(blank: eid, transportKey: nil)
        image.state = .issued
        for purpose in [Purpose.credit, .tariff, .usage, .admin] {
            image.put(StoredKey(name: KeyName(purpose, 1), key: key(KeyName(purpose, 1))))
        }
        image.put(
            Purse(service: .gas, currency: euro, limit: Amount(rawValue: 10_000), balance: Amount(rawValue: 1_000)))
        guard eid == card else {
            image.debt.owed = Amount(rawValue: 100)
            return image
        }
        image.put(Purse(service: .water, currency: dollar, limit: .all, balance: Amount(rawValue: 50)))
        image.put(MeterBinding(service: .gas, meter: gasMeter, version: 1, kx: Secret(copying: kxBytes(1))))
        return image
    }
}
