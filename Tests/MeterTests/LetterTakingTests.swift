import CardCrypto
import ISO7816
import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Letters that a card brings to a gas meter, and what they change (protocol §10).
@Suite struct LetterTakingTests {
    private static let tariff = KeyName(.tariff, 1)
    private static let key = Secret(copying: (0..<16).map { UInt8($0 ^ 0x55) })
    private static let lost = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x666)
    private static let moment = TestGasMeter.moment

    private static func rules(
        _ id: UInt16, price: UInt64 = 500_000, at effective: UInt32 = moment, currency: Currency = GasWorld.currency,
        channel: UInt8 = 0
    ) throws -> SupplyRules {
        try SupplyRules(
            id: id, effective: Timestamp(rawValue: effective), currency: currency,
            sources: [SupplyRules.Source(channel: channel, price: Amount(rawValue: price))])
    }

    private static func letter(
        _ number: UInt32, rules: SupplyRules? = nil, clock: UInt32? = nil, refusing cards: [PartyID] = [],
        to meter: PartyID = GasWorld.meterID, version: UInt8 = 1, key: Secret = key
    ) throws -> [UInt8] {
        let content = try #require(
            LetterContent(
                number: number, rules: rules, clock: clock.map(Timestamp.init(rawValue:)), refusedCards: cards))
        return Letter(content, to: meter, version: version, key: key, try CipherSuite()).bytes
    }

    /// A meter with a TARIFF key, and a card that brings a letter.
    private func world(
        _ letter: [UInt8]?, prepare: (inout ElementImage) -> Void = { _ in }
    ) throws -> GasWorld {
        try GasWorld { meter, card in
            meter.put(StoredKey(name: Self.tariff, key: Self.key))
            prepare(&meter)
            guard let letter, var slot = card.slots.first else { return }
            slot.letter = TransferParts.split(letter) ?? []
            card.put(slot)
        }
    }

    /// Puts another letter in the card's slot.
    private func post(_ letter: [UInt8], _ world: GasWorld) throws {
        let element = try #require(world.card.element)
        try element.update { image in
            guard var slot = image.slots.first else { return }
            slot.letter = TransferParts.split(letter) ?? []
            image.put(slot)
        }
    }

    private func draw(_ world: GasWorld, _ amount: UInt64 = 1_000_000) throws -> Redemption {
        try world.meter.redeem(from: world.channel, Amount(rawValue: amount))
    }

    @Test func `a letter is taken before the draw, and told by its status`() throws {
        let refused = (0..<30).map { PartyID(issuer: 7, kind: .subscriberCard, number: UInt32($0)) }
        let world = try world(
            try Self.letter(3, rules: try Self.rules(9), clock: Self.moment + 500, refusing: refused))
        #expect(world.meter.reading.price.rawValue == 900_000)
        #expect(try draw(world).drawn.rawValue == 1_000_000)
        #expect(world.meter.reading.price.rawValue == 500_000)
        let home = try #require(world.card.element?.image.slot(boundTo: GasWorld.meterID))
        let status = try #require(MeterStatus(home.meterStatus))
        #expect(status.rules == MeterStatus.RulesStatus(lastLetter: 3, inForce: 9, next: 0))
        #expect(status.clock.rawValue == Self.moment + 500)
        let image = try world.gasMeter.image
        #expect(image.letters.last == 3 && image.letters.refusedCards == refused && image.credited.count == 31)
        // The card still carries it: nothing changes, and it draws.
        #expect(try draw(world).drawn.rawValue == 1_000_000)
        #expect(try world.gasMeter.image.charges == image.charges)
        try world.powerUpAgain()
        #expect(world.meter.reading.price.rawValue == 500_000)
        #expect(world.meter.status.clock.rawValue == Self.moment + 500 && world.meter.status.rules?.lastLetter == 3)
    }

    @Test func `rules come by the clock of then, and into force by the clock that the letter sets`() throws {
        let world = try world(
            try Self.letter(1, rules: try Self.rules(9, at: Self.moment + 100), clock: Self.moment + 500),
            prepare: { image in
                let ahead = (0..<4 as Range<UInt32>).map { index in
                    let table = TariffTable(
                        id: UInt16(index + 1), price: Amount(rawValue: 1), currency: GasWorld.currency)
                    return StoredChargeSystem(
                        .table(table!, effective: Timestamp(rawValue: Self.moment + 100 + index * 10_000)),
                        time: Timestamp(rawValue: 1))
                }
                image.charges = ChargeList(inForce: nil, ahead: ahead)
            })
        _ = try draw(world)
        let charges = try world.gasMeter.image.charges
        #expect(charges.inForce?.system.id == 9 && charges.ahead.map(\.system.id) == [2, 3, 4])
    }

    @Test func `a clock is never set back`() throws {
        let world = try world(try Self.letter(1, clock: Self.moment - 500))
        _ = try draw(world)
        #expect(world.meter.status.clock.rawValue == Self.moment && world.meter.status.rules?.lastLetter == 1)
    }

    /// A letter that is not genuine, not newer or not acceptable as a whole changes nothing, and the meter draws.
    @Test func `any other letter is left`() throws {
        let other = PartyID(issuer: 0x00A1_B2C3, kind: .gasMeter, number: 0x79)
        let good = try Self.letter(5, rules: try Self.rules(9))
        var forged = good
        forged[forged.count - 1] ^= 1
        let letters: [[UInt8]] = [
            forged, try Self.letter(5, rules: try Self.rules(9), to: other), Array(good.dropLast()), [1],
            try Self.letter(5, key: Secret(copying: [UInt8](repeating: 1, count: 16))),
            try Self.letter(5, version: 2), try Self.letter(0, clock: Self.moment + 9),
            try Self.letter(5, rules: try Self.rules(9, currency: Currency(rawValue: 840)), clock: Self.moment + 9),
            try Self.letter(5, rules: try Self.rules(9, channel: 1), refusing: [Self.lost]),
        ]
        for (index, letter) in letters.enumerated() {
            let world = try world(letter)
            #expect(try draw(world).drawn.rawValue == 1_000_000, "letter \(index)")
            let image = try world.gasMeter.image
            #expect(image.letters == LetterBook() && image.charges == ChargeList(), "letter \(index)")
            #expect(world.meter.status.clock.rawValue == Self.moment)
        }
    }

    @Test func `letters in the wrong order`() throws {
        let world = try world(try Self.letter(2, rules: try Self.rules(22)))
        _ = try draw(world)
        try post(try Self.letter(1, rules: try Self.rules(21)), world)
        _ = try draw(world)
        #expect(world.meter.status.rules == MeterStatus.RulesStatus(lastLetter: 2, inForce: 22, next: 0))
        try post(try Self.letter(3, rules: try Self.rules(23)), world)
        _ = try draw(world)
        #expect(world.meter.status.rules == MeterStatus.RulesStatus(lastLetter: 3, inForce: 23, next: 0))
    }

    @Test func `a lost card is refused once a letter has said so`() throws {
        let world = try world(try Self.letter(1, refusing: [GasWorld.cardID, Self.lost]))
        // It brought the letter that names it.
        #expect(throws: MeterError(.cardRefusedByLetter, "")) { try draw(world) }
        #expect(world.onCard == 50_000_000 && world.inMeter == 0)
        try world.powerUpAgain()
        let before = world.card.element?.image.nt
        #expect(throws: MeterError(.cardRefusedByLetter, "")) { try draw(world) }
        #expect(world.card.element?.image.nt == before, "no session is opened with it")
        try post(try Self.letter(2), world)
        #expect(throws: MeterError(.cardRefusedByLetter, "")) { try draw(world) }
    }

    @Test func `where there is no place for a refused card the letter is not taken`() throws {
        for free in [0, 1] {
            let world = try world(try Self.letter(1, clock: Self.moment + 50, refusing: [Self.lost])) { image in
                image.credited = [CreditedDebit(card: GasWorld.cardID)]
                for number in 1..<UInt32(ElementImage.maxCreditedCount - free) {
                    image.credited.append(
                        CreditedDebit(card: PartyID(issuer: 1, kind: .subscriberCard, number: number), nt: 1))
                }
            }
            #expect(try draw(world).drawn.rawValue == 1_000_000)
            let isTaken = free == 1
            #expect(try world.gasMeter.image.letters.last == (isTaken ? 1 : 0))
            #expect(world.meter.status.clock.rawValue == Self.moment + (isTaken ? 50 : 0))
        }
    }

    /// Power cut at every write of the meter: the letter is there whole or not at all, and taken at the next visit.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `all or nothing`(portion: FailureSwitch.Portion) throws {
        let bytes = try Self.letter(1, rules: try Self.rules(9), clock: Self.moment + 50, refusing: [Self.lost])
        let whole = try world(bytes)
        let before = whole.meterPower.writes
        _ = try draw(whole)
        let writes = whole.meterPower.writes - before
        #expect(writes >= 3)
        for write in 1...writes {
            let world = try world(bytes)
            world.meterPower.cutPower(atWrite: write, keeping: portion)
            #expect(throws: MeterError(.memory, "")) { try draw(world) }
            try world.powerUpAgain()
            let image = try world.gasMeter.image
            let isTaken = image.letters.last == 1
            #expect(image.charges.inForce?.system.id == (isTaken ? 9 : nil) as UInt16?)
            #expect(image.letters.refusedCards == (isTaken ? [Self.lost] : []))
            #expect(world.meter.status.clock.rawValue == Self.moment + (isTaken ? 50 : 0))
            _ = try draw(world)
            #expect(world.meter.status.rules?.lastLetter == 1)
        }
    }

    @Test func `an electric meter tells by events what it took and what it left`() throws {
        let world = try SlotWorld()
        let key = Secret(copying: (0..<16).map { UInt8($0) })
        func bring(_ bytes: [UInt8]) throws {
            try #require(world.card.element).update { image in
                guard var slot = image.slots.first else { return }
                slot.letter = TransferParts.split(bytes) ?? []
                image.put(slot)
            }
            _ = try world.slot.redeem(into: world.meter, Amount(rawValue: 1_000))
        }
        func events() -> [UInt32] {
            world.meter.events().filter { [.letterTaken, .letterLeft, .clockSet].contains($0.code) }.map(\.value)
        }
        let good = try Self.letter(
            4, rules: try Self.rules(9), clock: Self.moment + 70, to: SlotWorld.meterID, key: key)
        try bring(good)
        #expect(events() == [4, Self.moment] && world.meter.reading.price.rawValue == 500_000)
        #expect(world.meter.time.rawValue == Self.moment + 70)
        try bring(good)
        #expect(events().count == 2)
        var forged = try Self.letter(5, to: SlotWorld.meterID, key: key)
        forged[forged.count - 1] ^= 1
        try bring(forged)
        #expect(events() == [4, Self.moment, 5] && world.meter.status.rules?.lastLetter == 4)
        try world.powerUpAgain()
        #expect(world.meter.time.rawValue == Self.moment + 70 && world.meter.reading.price.rawValue == 500_000)
    }

    @Test func `a card of an earlier version knows no letters, and is drawn on`() throws {
        /// Answers FETCH as a card does that has no such operation.
        final class EarlierCard: CardChannel {
            let card: any CardChannel
            init(_ card: any CardChannel) { self.card = card }

            func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
                guard command.ins != 0x52 || command.p1 != 0x10 else { return ResponseAPDU(status: .wrongParameters) }
                return try card.transmit(command)
            }
        }
        let world = try world(nil)
        let redemption = try world.meter.redeem(from: EarlierCard(world.channel), Amount(rawValue: 1_000_000))
        #expect(redemption.drawn.rawValue == 1_000_000 && world.inMeter == 1_000_000)
    }
}
