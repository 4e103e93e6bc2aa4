import CardCrypto
import ISO7816
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// PUT KEY and BIND with everything that must be refused.
@Suite struct AttackKeysTests {
    private func names(_ count: Int) -> [KeyName] {
        (0..<count).map { KeyName(Purpose.allCases[$0 % 5], UInt8(2 + $0 / 5)) }
    }

    /// All or nothing: whichever check value is wrong, none of the keys is stored.
    @Test func `any wrong check value`() throws {
        let victim = try Victim(World.issuedCard())
        let keys = names(11).map { ($0, World.key($0)) }
        let good = PutKeys.plaintext(keys, victim.suite)
        let before = try victim.image.keys
        var session = try victim.session(KeyName(.admin, 1))
        for index in 0..<11 {
            for byte in [0, 1, 2, 17, 18, 19, 20] {
                var bad = good
                // An unknown purpose, version 0, another key, another check value.
                bad[21 * index + byte] = byte == 0 ? 9 : byte == 1 ? 0 : bad[21 * index + byte] ^ 0x80
                #expect(try session.execute(.putKey, bad).status == .malformed, "key \(index), byte \(byte)")
            }
        }
        for count in [0, 1, 20, 22, 41] {
            #expect(try session.execute(.putKey, Array(good.prefix(count))).status == .malformed)
        }
        #expect(try victim.image.keys == before)
        let done = try session.execute(.putKey, good)
        #expect(done.status == .done)
        var held: [UInt8] = []
        for key in try victim.image.keys { held += [key.name.purpose.rawValue, key.name.version] }
        #expect(done.answer == held && held.count == 2 * 15)
        #expect(try victim.image.keys.map(\.name) == victim.image.keys.map(\.name).sorted())
    }

    /// Twelve keys need an extended command, and it is accepted.
    @Test func `twelve keys`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try victim.session(KeyName(.admin, 1))
        let put = PutKeys.plaintext(names(12).map { ($0, World.key($0)) }, victim.suite)
        #expect(try session.execute(.putKey, put).status == .done)
        #expect(try victim.image.keys.count == 16)
        // The same names, with other keys.
        let other = PutKeys.plaintext(names(12).map { ($0, World.kx) }, victim.suite)
        #expect(try session.execute(.putKey, other).status == .done)
        let held = try victim.image.keys
        #expect(
            held.count == 16 && names(12).allSatisfy { name in held.first { $0.name == name }!.key.matches(World.kx) })
    }

    /// The older version is erased by the first valid S3 under the newer one, not before.
    @Test func `rotation`() throws {
        let victim = try Victim(World.issuedCard())
        let new = KeyName(.credit, 2)
        var admin = try victim.session(KeyName(.admin, 1))
        #expect(try admin.execute(.putKey, PutKeys.plaintext([(new, World.key(new))], victim.suite)).status == .done)
        _ = try victim.session(new)
        #expect(try victim.send(0x80, 0x52, 1, 0, [UInt8](repeating: 0, count: 39)).status == .verificationFailed)
        _ = try victim.session(KeyName(.credit, 1))
        var session = try victim.session(new)
        // Even if the operation is refused, S3 has proved the key.
        #expect(try session.execute(.storeCredit, []).status == .malformed)
        #expect(try victim.send(0x80, 0x50, 1, 1, [UInt8](repeating: 0, count: 24)).status == .referencedDataNotFound)
        #expect(try victim.image.keys.filter { $0.name.purpose == .credit }.map(\.name) == [new])
    }

    /// BIND with invalid data.
    @Test func `BIND refused`() throws {
        let victim = try Victim(World.issuedCard())
        let limit = Amount(rawValue: 10_000)
        func bind(_ service: UtilityService, _ meter: PartyID, _ version: UInt8 = 1, _ currency: Currency = .euro)
            -> Bind
        {
            Bind(service: service, currency: currency, limit: limit, meter: meter, version: version)
        }
        let suite = victim.suite
        let good = bind(.gas, World.gasMeter).plaintext(World.kx, suite)
        var wrongKCV = good
        wrongKCV[wrongKCV.count - 1] ^= 1
        let toNone = Bind(service: .gas, currency: .euro, limit: limit).plaintext(nil, suite)
        var keyForNone = toNone
        keyForNone[20] = 1
        let toCard = PartyID(issuer: 7, kind: .subscriberCard, number: 9)
        let rows: [([UInt8], BusinessStatus)] = [
            (wrongKCV, .malformed), (Array(good.dropLast()), .malformed), (good + [0], .malformed),
            (keyForNone, .malformed), (bind(.gas, World.gasMeter, 0).plaintext(World.kx, suite), .malformed),
            (bind(.gas, World.waterMeter).plaintext(World.kx, suite), .malformed),
            (bind(.gas, toCard).plaintext(World.kx, suite), .malformed),
            (bind(.float, PartyID.none, 0).plaintext(nil, suite), .unknownService),
            (bind(UtilityService(rawValue: 5), PartyID.none, 0).plaintext(nil, suite), .unknownService),
            (bind(.gas, World.gasMeter, 1, World.dollar).plaintext(World.kx, suite), .wrongCurrency),
        ]
        let before = try victim.records
        var session = try victim.session(KeyName(.admin, 1))
        let opened = try victim.records
        for (index, row) in rows.enumerated() {
            #expect(try session.execute(.bind, row.0).status == row.1, "row \(index)")
            #expect(try victim.records == opened && opened.count == before.count, "row \(index)")
        }
    }

    /// A slot on a meter, a service other than its own, and a float on a card.
    @Test func `BIND on a meter`() throws {
        let victim = try Victim(World.issuedMeter())
        var session = try victim.session(KeyName(.admin, 1))
        let bind = Bind(service: .gas, currency: .euro, limit: .all, meter: World.gasMeter, version: 1)
        #expect(try session.execute(.bind, bind.plaintext(World.kx, victim.suite)).status == .malformed)
        let water = Bind(service: .water, currency: .euro, limit: .all)
        #expect(try session.execute(.bind, water.plaintext(nil, victim.suite)).status == .unknownService)
        let own = Bind(service: .gas, currency: .euro, limit: Amount(rawValue: 5))
        #expect(try session.execute(.bind, own.plaintext(nil, victim.suite)).status == .done)
        #expect(try victim.image.purse(.gas)?.balance == Amount(rawValue: 1000), "it keeps the balance it has")
        var credit = try victim.session(KeyName(.credit, 1))
        #expect(try credit.status(StoreCredit(World.order(1, 0))) == .overLimit)
    }

    /// Binding the same meter again keeps the last debit and changes the key; another meter clears it; `.none` removes
    /// the slot.
    @Test func `rebinding`() throws {
        let victim = try Victim(World.issuedCard())
        var transfer = try victim.session(KeyName(.transfer, 1), key: World.kx, pid: World.gasMeter)
        #expect(try transfer.status(World.debit(100, status: [0x80, 0])) == .done)
        let debited = try #require(try victim.image.slots.first)
        #expect(debited.nt == 1 && debited.amount == Amount(rawValue: 100))

        func bind(_ meter: PartyID, _ version: UInt8, _ kx: Secret?, _ currency: Currency = .euro) throws {
            var admin = try victim.session(KeyName(.admin, 1))
            let bind = Bind(
                service: .gas, currency: currency, limit: Amount(rawValue: 10_000), meter: meter, version: version)
            #expect(try admin.execute(.bind, bind.plaintext(kx, victim.suite)).status == .done)
        }
        let newKey = Secret(copying: [UInt8](repeating: 9, count: 16))
        try bind(World.gasMeter, 2, newKey)
        var slot = try #require(try victim.image.slots.first)
        #expect(slot.version == 2 && slot.kx.matches(newKey) && slot.nt == 1 && slot.meterStatus == [0x80, 0])
        var data = bigEndian(World.gasMeter.rawValue) + [UInt8](repeating: 0, count: 16)
        #expect(try victim.send(0x80, 0x50, 5, 1, data).status == .referencedDataNotFound)
        transfer = try victim.session(KeyName(.transfer, 2), key: newKey, pid: World.gasMeter)
        #expect(try transfer.status(World.debit(1)) == .stale, "the debit before is not credited yet")
        #expect(try transfer.status(World.debit(1, credited: 1)) == .done)
        #expect(try transfer.status(World.debit(1, credited: .max)) == .stale, "one DEBIT a session")

        try bind(World.otherMeter, 1, World.kx)
        slot = try #require(try victim.image.slots.first)
        #expect(try victim.image.slots.count == 1)
        #expect(slot.meter == World.otherMeter && slot.nt == 0 && slot.meterStatus.isEmpty)
        data = bigEndian(World.gasMeter.rawValue) + [UInt8](repeating: 0, count: 16)
        #expect(try victim.send(0x80, 0x50, 5, 2, data).status == .referencedDataNotFound)

        try bind(.none, 0, nil)
        #expect(try victim.image.slots.isEmpty)
        #expect(try victim.image.purse(.gas)?.balance == Amount(rawValue: 899))
    }

    /// Another currency needs an empty purse.
    @Test func `another currency`() throws {
        let victim = try Victim(World.issuedCard())
        var credit = try victim.session(KeyName(.credit, 1))
        #expect(try credit.status(Refund(World.order(1, 1000))) == .done)
        var admin = try victim.session(KeyName(.admin, 1))
        let bind = Bind(service: .gas, currency: World.dollar, limit: Amount(rawValue: 1))
        #expect(try admin.execute(.bind, bind.plaintext(nil, victim.suite)).status == .done)
        let purse = try #require(try victim.image.purse(.gas))
        #expect(purse.currency == World.dollar && purse.limit == Amount(rawValue: 1) && purse.balance == .zero)
    }
}
