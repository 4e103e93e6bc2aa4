import CardCrypto
import Testing
import ValueElement
import ValueProtocol

/// The parties of the attacks and what they hold.
enum World {
    static let card = PartyID(issuer: 7, kind: .subscriberCard, number: 1)
    static let gasMeter = PartyID(issuer: 7, kind: .gasMeter, number: 2)
    static let otherMeter = PartyID(issuer: 7, kind: .gasMeter, number: 3)
    static let waterMeter = PartyID(issuer: 7, kind: .waterMeter, number: 4)
    static let host = PartyID(issuer: 7, kind: .host, number: 1)
    static let euro = Currency(rawValue: 978)
    static let dollar = Currency(rawValue: 840)

    /// A key for a name, different for each name.
    static func key(_ name: KeyName) -> Secret {
        Secret(copying: [name.purpose.rawValue, name.version] + [UInt8](repeating: 0x5A, count: 14))
    }

    static let kx = Secret(copying: (0..<16).map { UInt8($0 * 3) })

    /// An issued card with a gas purse of 1,000 bound to a meter, and an unbound water purse.
    static func issuedCard(_ state: LifeCycle = .issued) -> ElementImage {
        var image = ElementImage(blank: card, transportKey: nil)
        image.state = state
        for purpose in [Purpose.credit, .tariff, .usage, .admin] {
            let name = KeyName(purpose, 1)
            image.put(StoredKey(name: name, key: key(name)))
        }
        image.put(
            Purse(service: .gas, currency: euro, limit: Amount(rawValue: 10_000), balance: Amount(rawValue: 1000)))
        image.put(Purse(service: .water, currency: euro, limit: .all, balance: Amount(rawValue: 50)))
        image.put(MeterBinding(service: .gas, meter: gasMeter, version: 1, kx: kx))
        return image
    }

    /// A gas meter's element.
    static func issuedMeter(_ state: LifeCycle = .issued) -> ElementImage {
        var image = ElementImage(blank: gasMeter, transportKey: nil)
        image.state = state
        for purpose in Purpose.allCases {
            let name = KeyName(purpose, 1)
            image.put(StoredKey(name: name, key: key(name)))
        }
        image.put(
            Purse(service: .gas, currency: euro, limit: Amount(rawValue: 10_000), balance: Amount(rawValue: 1000)))
        return image
    }

    static func order(
        _ htxn: UInt64, _ amount: UInt64 = 5, service: UtilityService = .gas, currency: Currency = euro,
        time: UInt32 = 9
    ) -> CreditOrder {
        CreditOrder(
            htxn: HostTransaction(rawValue: htxn), service: service, currency: currency,
            amount: Amount(rawValue: amount), time: Timestamp(rawValue: time))
    }

    static func debit(_ amount: UInt64, credited: UInt32 = 0, status: [UInt8] = []) -> Debit {
        Debit(
            creditedNT: credited, currency: euro, amount: Amount(rawValue: amount), time: Timestamp(rawValue: 5),
            meterStatus: status)
    }

    static func table(_ id: UInt16 = 3, currency: Currency = euro) -> TariffTable {
        TariffTable(id: id, price: Amount(rawValue: 77), currency: currency)!
    }

    static func tariff(_ htxn: UInt64, _ table: TariffTable = table()) -> ConvertTariff {
        ConvertTariff(
            htxn: HostTransaction(rawValue: htxn), time: Timestamp(rawValue: 9), effective: Timestamp(rawValue: 500),
            table: table)
    }

    /// For each operation, a plaintext C3 that a card or meter which allows it would accept.
    static func plaintext(_ op: OperationCode, on eid: PartyID, _ suite: CipherSuite) -> [UInt8] {
        switch op {
        case .storeCredit, .refund: return order(100).bytes
        case .convertTariff: return tariff(100).request
        case .readUsage:
            return ReadUsage(
                time: Timestamp(rawValue: 0), series: eid.kind.isMeter ? .hours : .meterStatus,
                from: Timestamp(rawValue: 0), to: Timestamp(rawValue: .max)
            ).request
        case .status: return AskStatus(service: .gas).request
        case .debit: return debit(5, status: [0x80, 1, 1]).request
        case .putKey:
            let name = KeyName(.credit, 2)
            return PutKeys.plaintext([(name, key(name))], suite)
        case .bind:
            return Bind(service: .gas, currency: euro, limit: Amount(rawValue: 77_000)).plaintext(nil, suite)
        case .setState: return SetState(.blocked).request
        case .setClock: return SetClock(Timestamp(rawValue: 4)).request
        }
    }
}
