import CardCrypto
import TestWorlds
import ValueElement
import ValueProtocol

/// The parties of the attacks and what they hold.
enum World {
    static let card = PartyID(issuer: 7, kind: .subscriberCard, number: 1)
    static let gasMeter = PartyID(issuer: 7, kind: .gasMeter, number: 2)
    static let otherMeter = PartyID(issuer: 7, kind: .gasMeter, number: 3)
    static let waterMeter = PartyID(issuer: 7, kind: .waterMeter, number: 4)
    static let host = PartyID(issuer: 7, kind: .host, number: 1)
    static let dollar = Currency(rawValue: 840)

    /// A key for a name, different for each name.
    static func key(_ name: KeyName) -> Secret {
        Secret(copying: [name.purpose.rawValue, name.version] + [UInt8](repeating: 0x5A, count: 14))
    }

    /// The first keys of these purposes.
    private static func keys(_ purposes: [Purpose]) -> [StoredKey] {
        purposes.map { StoredKey(name: KeyName($0, 1), key: key(KeyName($0, 1))) }
    }

    static let kx = Secret(copying: (0..<16).map { UInt8($0 * 3) })

    /// An issued card with a gas purse of 1,000 bound to a meter, and an unbound water purse.
    static func issuedCard(_ state: LifeCycle = .issued) -> ElementImage {
        ElementImage(
            issued: card, keys: keys([.credit, .tariff, .usage, .admin]),
            purses: [
                Purse(.gas, holds: 1_000, limit: 10_000), Purse(.water, holds: 50, limit: Amount.all.rawValue),
            ], bindings: [MeterBinding(service: .gas, meter: gasMeter, version: 1, kx: kx)], state: state)
    }

    /// A gas meter's element.
    ///
    /// - Parameter debt: what it owes, in micro-units.
    static func issuedMeter(_ state: LifeCycle = .issued, owing debt: UInt64 = 0) -> ElementImage {
        var image = ElementImage(
            issued: gasMeter, keys: keys(Purpose.allCases), purses: [Purse(.gas, holds: 1_000, limit: 10_000)],
            state: state)
        image.debt.owed = Amount(rawValue: debt)
        return image
    }

    static func order(
        _ htxn: UInt64, _ amount: UInt64 = 5, service: UtilityService = .gas, currency: Currency = .euro,
        time: UInt32 = 9
    ) -> CreditOrder {
        CreditOrder(
            htxn: HostTransaction(rawValue: htxn), service: service, currency: currency,
            amount: Amount(rawValue: amount), time: Timestamp(rawValue: time))
    }

    static func debit(_ amount: UInt64, credited: UInt32 = 0, status: [UInt8] = []) -> Debit {
        Debit(
            creditedNT: credited, currency: .euro, amount: Amount(rawValue: amount), time: Timestamp(rawValue: 5),
            meterStatus: status)
    }

    static func table(_ id: UInt16 = 3, currency: Currency = .euro) -> TariffTable {
        TariffTable(id: id, price: Amount(rawValue: 77), currency: currency)!
    }

    static func tariff(_ htxn: UInt64, _ table: TariffTable = table()) -> ConvertTariff {
        ConvertTariff(
            htxn: HostTransaction(rawValue: htxn), time: Timestamp(rawValue: 9), effective: Timestamp(rawValue: 500),
            table: table)
    }

    /// A plaintext C3 that a card or meter which allows the operation accepts.
    static func plaintext(_ op: OperationCode, on eid: PartyID, _ suite: CipherSuite) -> [UInt8] {
        op.acceptedPlaintext(for: eid, keys: key, suite)
    }
}
