import CardCrypto
import ISO7816
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Letters in a card's slots: POST and FETCH (protocol §10).
@Suite struct LetterSlotTests {
    private static let letter: [[UInt8]] = [
        [UInt8](repeating: 1, count: 200), [UInt8](repeating: 2, count: 200), [UInt8](repeating: 3, count: 7),
    ]

    private func post(_ part: UInt8, of parts: UInt8, _ bytes: [UInt8], in service: UtilityService = .gas) -> PostLetter
    {
        PostLetter(service: service, part: part, parts: parts, bytes: bytes)
    }

    private func admin(_ victim: Victim) throws -> Session { try victim.session(KeyName(.admin, 1)) }

    private func meter(_ victim: Victim) throws -> Session {
        try victim.session(KeyName(.transfer, 1), key: World.kx, pid: World.gasMeter)
    }

    private func postAll(_ letter: [[UInt8]], _ session: inout Session) throws {
        for (index, part) in letter.enumerated() {
            let outcome = try session.execute(post(UInt8(index), of: UInt8(letter.count), part))
            #expect(outcome.status == .done && outcome.answer == [2, UInt8(index + 1)])
        }
    }

    private func stored(_ victim: Victim) throws -> [[UInt8]] {
        try #require(try victim.image.slot(boundTo: World.gasMeter)).letter
    }

    @Test func `a letter counts when its last part is there, and replaces the one before`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try admin(victim)
        try postAll(Self.letter, &session)
        #expect(try stored(victim) == Self.letter)
        #expect(try session.status(post(0, of: 2, [9])) == .done)
        #expect(try stored(victim) == Self.letter, "still the one before")
        #expect(try session.status(post(1, of: 2, [8])) == .done)
        #expect(try stored(victim) == [[9], [8]])
        try victim.card.reset()
        var drawing = try meter(victim)
        #expect(try drawing.execute(FetchLetter(part: 0)).answer == [2, 9])
        #expect(try drawing.execute(FetchLetter(part: 1)).answer == [2, 8])
        #expect(try drawing.execute(FetchLetter(part: 2)).status == .malformed)
        #expect(try drawing.execute(.fetch, []).status == .malformed)
        #expect(try drawing.execute(.fetch, [0, 0]).status == .malformed)
    }

    @Test func `nothing is fetched where nothing was left`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try meter(victim)
        #expect(try session.execute(FetchLetter(part: 0)).answer == [0])
        var desk = try admin(victim)
        try postAll(Self.letter, &desk)
        let taken = try desk.execute(PostLetter.takingBack(.gas))
        #expect(taken.status == .done && taken.answer == [2, 0])
        #expect(try stored(victim).isEmpty)
        #expect(try desk.status(PostLetter.takingBack(.gas)) == .done, "nothing was there")
        // Nothing but the slot's records were written for it.
        #expect(try victim.records[RecordName(0x0022)] == nil)
    }

    @Test func `taking a letter back ends parts that came before`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try admin(victim)
        #expect(try session.status(post(0, of: 2, [1])) == .done)
        #expect(try session.status(PostLetter.takingBack(.gas)) == .done)
        #expect(try session.status(post(1, of: 2, [2])) == .malformed)
    }

    /// Malformed, no slot, parts out of order; a part that is refused leaves those before it.
    @Test func `order of business`() throws {
        let victim = try Victim(World.issuedCard(.blocked))
        var session = try admin(victim)
        let long = [UInt8](repeating: 0, count: 201)
        for malformed in [
            post(0, of: 1, long, in: .water), post(0, of: 1, [], in: .water), post(0, of: 13, [1], in: .water),
            post(5, of: 255, [1], in: .water),
        ] {
            #expect(try session.status(malformed) == .malformed)
        }
        #expect(try session.execute(.post, [2, 0]).status == .malformed)
        for unknown in [post(7, of: 3, [1], in: .water), post(0, of: 0, [1], in: .heat), .takingBack(.water)] {
            #expect(try session.status(unknown) == .unknownService)
        }
        #expect(try session.status(post(0, of: 3, Self.letter[0])) == .done, "a blocked card too")
        for wrong in [
            post(2, of: 3, [1]), post(3, of: 3, [1]), post(1, of: 2, [1]), post(0, of: 0, [1]), post(1, of: 3, long),
        ] {
            #expect(try session.status(wrong) == .malformed)
        }
        #expect(try session.status(post(1, of: 3, Self.letter[1])) == .done)
        #expect(try session.status(post(2, of: 3, Self.letter[2])) == .done)
        #expect(try stored(victim) == Self.letter)
        var drawing = try meter(victim)
        #expect(try drawing.status(FetchLetter(part: 0)) == .blocked)
        #expect(try drawing.status(FetchLetter(part: 9)) == .malformed)
    }

    @Test func `parts are of one slot and one session`() throws {
        var image = World.issuedCard()
        image.put(MeterBinding(service: .water, meter: World.waterMeter, version: 1, kx: World.kx, number: 2))
        let victim = try Victim(image)
        var session = try admin(victim)
        #expect(try session.status(post(0, of: 2, [1])) == .done)
        #expect(try session.status(post(1, of: 2, [2], in: .water)) == .malformed)
        session = try admin(victim)
        #expect(try session.status(post(1, of: 2, [2])) == .malformed)
        #expect(try stored(victim).isEmpty)
    }

    @Test func `a letter goes with its slot, and stays with a new key`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try admin(victim)
        try postAll(Self.letter, &session)
        func bind(_ meter: PartyID, _ version: UInt8 = 1) throws -> BusinessStatus? {
            let bind = Bind(
                service: .gas, currency: .euro, limit: Amount(rawValue: 10_000), meter: meter, version: version)
            return try session.execute(.bind, bind.plaintext(World.kx, victim.suite)).status
        }
        #expect(try bind(World.gasMeter, 2) == .done)
        #expect(try stored(victim) == Self.letter)
        #expect(try bind(World.otherMeter) == .done)
        #expect(try bind(World.gasMeter) == .done)
        #expect(try stored(victim).isEmpty && victim.records[RecordName(0x0022)] == nil)
    }

    /// A debit writes the slot, and not the letter in it.
    @Test func `a letter is not written again`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try admin(victim)
        try postAll(Self.letter, &session)
        let name = RecordName(0x0022)
        let letter = try #require(try victim.records[name])
        var drawing = try meter(victim)
        #expect(try drawing.status(World.debit(5)) == .done)
        let slots = try #require(try victim.records[RecordName(0x0008)])
        #expect(letter.count > 400 && slots.count < 200)
        #expect(try victim.records[name] == letter && stored(victim) == Self.letter)
    }

    /// Power cut at the write of the last part: the letter before, or the new one, whole.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `all or nothing`(portion: FailureSwitch.Portion) throws {
        let victim = try Victim(World.issuedCard())
        var session = try admin(victim)
        #expect(try session.status(post(0, of: 1, [7])) == .done)
        #expect(try session.status(post(0, of: 2, [1])) == .done)
        victim.failure.cutPower(atWrite: 1, keeping: portion)
        let command = try session.command(.post, post(1, of: 2, [2]).request)
        #expect(throws: CardError(.cardUnresponsive, subject: "")) { try victim.send(command) }
        victim.failure.restorePower()
        try victim.card.reset()
        #expect(try stored(victim) == (portion == .everything ? [[1], [2]] : [[7]]))
    }
}

/// LETTER of the master-key card (protocol §8).
@Suite struct LetterDeskTests {
    private static func head(_ version: UInt8 = 1) -> [UInt8] { [version] + bigEndian(World.gasMeter.rawValue) }

    private func send(_ desk: Desk, _ part: UInt8, of parts: UInt8, _ data: [UInt8]) throws -> Victim.Answer {
        try desk.card.send(0x80, 0x68, part, parts, data)
    }

    private func opened(allowing operations: [OperationCode] = [.post]) throws -> Desk {
        let desk = try Desk(rules: DeskRules(allowing: operations))
        #expect(try desk.verify(1) == .success)
        return desk
    }

    @Test func `the MAC is that of the meter's key`() throws {
        let desk = try opened()
        let text = (0..<450).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try send(desk, 0, of: 3, Self.head() + text[..<200]) == Victim.Answer(data: [], status: .success))
        #expect(try send(desk, 1, of: 3, Array(text[200..<400])) == Victim.Answer(data: [], status: .success))
        let last = try send(desk, 2, of: 3, Array(text[400...]))
        let master = Desk.master(KeyName(.tariff, 1))
        let key = desk.suite.elementKey(master, KeyName(.tariff, 1), for: World.gasMeter)
        let mac = try AESCMAC.sign([6] + bigEndian(World.gasMeter.rawValue) + text, key)
        #expect(last == Victim.Answer(data: mac, status: .success))
        #expect(try send(desk, 2, of: 3, Array(text[400...])).status == .wrongData, "it has ended")
    }

    /// PIN, rules, state, head, key, parts.
    @Test func `order of checks`() throws {
        let desk = try Desk(rules: DeskRules(allowing: [.post]))
        #expect(try send(desk, 5, of: 99, []).status == .securityStatusNotSatisfied, "no PIN")
        #expect(
            try opened(allowing: [.storeCredit, .putKey]).card.send(0x80, 0x68, 5, 99).status
                == .securityStatusNotSatisfied, "POST is not allowed")
        #expect(try desk.verify(1) == .success)
        #expect(try send(desk, 0, of: 99, Array(Self.head(9).dropLast())).status == .wrongLength)
        #expect(try send(desk, 0, of: 99, Self.head(9)).status == .referencedDataNotFound)
        for (part, parts, data) in [
            (0, 13, Self.head() + [1]), (0, 0, Self.head() + [1]), (0, 1, Self.head()), (1, 2, [1]),
            (0, 1, Self.head() + [UInt8](repeating: 1, count: 201)), (2, 2, [1]),
        ] as [(UInt8, UInt8, [UInt8])] {
            #expect(try send(desk, part, of: parts, data).status == .wrongData, "part \(part) of \(parts)")
        }
        #expect(try send(desk, 0, of: 2, Self.head() + [1]).status == .success)
        for (part, parts, data) in [(1, 3, [2]), (2, 2, [2]), (1, 2, []), (1, 2, [UInt8](repeating: 1, count: 201))]
            as [(UInt8, UInt8, [UInt8])]
        {
            #expect(try send(desk, part, of: parts, data).status == .wrongData, "part \(part) of \(parts)")
        }
        #expect(try send(desk, 1, of: 2, [2]).data.count == 16, "part 0 still counts")
    }

    @Test func `a blocked card writes no letter`() throws {
        let desk = try opened()
        var element = ElementImage(issued: Desk.id, state: .blocked)
        element.put(Desk.float)
        let image = try desk.card.masterKey
        let blocked = try Victim(ValueCard.records(image, element: element))
        try blocked.select(.masterKey)
        #expect(try blocked.send(0x00, 0x20, 0, 1, Array("1111".utf8)).status == .success)
        #expect(try blocked.send(0x80, 0x68, 0, 1, Self.head() + [1]).status == .conditionsNotSatisfied)
    }

    @Test func `SELECT forgets the parts`() throws {
        let desk = try opened()
        #expect(try send(desk, 0, of: 2, Self.head() + [1]).status == .success)
        try desk.card.select(.masterKey)
        #expect(try desk.verify(1) == .success)
        #expect(try send(desk, 1, of: 2, [2]).status == .wrongData)
    }

    /// A remission takes value off the float as a credit does, under one number for both.
    @Test func `REMIT DEBT takes from the float`() throws {
        let desk = try Desk()
        let card = try desk.subscriber()
        try desk.open(KeyName(.credit, 1), with: card)
        #expect(try desk.seal(.remitDebt, World.order(1, 1_001).bytes).status == .conditionsNotSatisfied)
        #expect(
            try desk.seal(.remitDebt, World.order(1, 1, currency: World.dollar).bytes).status
                == .conditionsNotSatisfied)
        #expect(try desk.seal(.remitDebt, World.order(1, 300).bytes).status == .success)
        #expect(try desk.balance == 700)
        try desk.open(KeyName(.credit, 1), with: card)
        #expect(try desk.seal(.remitDebt, World.order(1, 301).bytes).status == .conditionsNotSatisfied)
        #expect(try desk.seal(.remitDebt, World.order(1, 300).bytes).status == .success)
        #expect(try desk.balance == 700)
        try desk.open(KeyName(.credit, 1), with: card)
        #expect(try desk.seal(.addDebt, World.order(2, 300).bytes).status == .success)
        #expect(try desk.balance == 700, "debt that is added takes nothing")
    }
}
