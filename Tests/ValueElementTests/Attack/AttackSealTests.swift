import ISO7816
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A stolen desk, and the float that limits the loss.
@Suite struct AttackSealTests {
    private func order(_ htxn: UInt64, _ amount: UInt64) -> [UInt8] { World.order(htxn, amount).bytes }

    /// A repetition deducts nothing; the same number with different content is refused.
    @Test func `the float is taken once`() throws {
        let desk = try Desk()
        let card = try desk.subscriber()
        try desk.open(KeyName(.credit, 1), with: card)
        let first = try desk.seal(.storeCredit, order(1, 300))
        #expect(first.status == .success)
        #expect(try desk.balance == 700)
        #expect(try desk.seal(.storeCredit, order(1, 300)) == first)
        #expect(try desk.seal(.storeCredit, order(1, 301)).status == .conditionsNotSatisfied)
        #expect(try desk.seal(.status, AskStatus(service: .gas).request).status == .conditionsNotSatisfied)
        #expect(try desk.balance == 700)
        // In a new session the same credit is sealed again, and not deducted again.
        try desk.open(KeyName(.credit, 1), with: card)
        let again = try desk.seal(.storeCredit, order(1, 300))
        #expect(again.status == .success && again != first)
        #expect(try desk.balance == 700)
        let others = [
            World.order(1, 299), World.order(1, 300, service: .water), World.order(1, 300, currency: World.dollar),
        ]
        for other in others {
            try desk.open(KeyName(.credit, 1), with: card)
            #expect(try desk.seal(.storeCredit, other.bytes).status == .conditionsNotSatisfied)
        }
        #expect(try desk.balance == 700)
        #expect(try desk.card.masterKey.sealed.count == 1)
    }

    /// No more than the float, in its currency, and only from an issued card.
    @Test func `bounds of the float`() throws {
        let desk = try Desk()
        let card = try desk.subscriber()
        for amount in [1001, .max] as [UInt64] {
            try desk.open(KeyName(.credit, 1), with: card)
            #expect(try desk.seal(.storeCredit, order(1, amount)).status == .conditionsNotSatisfied)
        }
        let dollars = World.order(1, 5, currency: World.dollar).bytes
        #expect(try desk.seal(.storeCredit, dollars).status == .conditionsNotSatisfied)
        #expect(try desk.seal(.storeCredit, Array(dollars.dropLast())).status != .success)
        #expect(try desk.balance == 1000 && desk.card.masterKey.sealed.isEmpty)
        #expect(try desk.seal(.storeCredit, order(1, 1000)).status == .success)
        try desk.open(KeyName(.credit, 1), with: card)
        #expect(try desk.seal(.storeCredit, order(2, 1)).status == .conditionsNotSatisfied)
        #expect(try desk.seal(.storeCredit, order(2, 0)).status == .success)
        #expect(try desk.balance == 0)
    }

    /// Sixteen are stored: the seventeenth displaces the first, which is then sold and deducted again.
    @Test func `seventeen credits`() throws {
        let desk = try Desk()
        let card = try desk.subscriber()
        func sell(_ htxn: UInt64) throws -> UInt64 {
            try desk.open(KeyName(.credit, 1), with: card)
            #expect(try desk.seal(.storeCredit, order(htxn, 10)).status == .success)
            return try desk.balance
        }
        for htxn in 1...16 as ClosedRange<UInt64> { #expect(try sell(htxn) == 1000 - 10 * htxn) }
        for htxn in 1...16 as ClosedRange<UInt64> { #expect(try sell(htxn) == 840, "\(htxn) is kept") }
        #expect(try sell(17) == 830)
        #expect(try sell(2) == 830)
        #expect(try sell(1) == 820, "no longer kept")
        #expect(try desk.card.masterKey.sealed.map(\.htxn.rawValue) == Array(3...17) + [1])
    }

    /// Power cut at every write of SEAL: never sold without being deducted, never deducted twice.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `seal cut`(portion: FailureSwitch.Portion) throws {
        let desk = try Desk()
        let card = try desk.subscriber()
        try desk.open(KeyName(.credit, 1), with: card)
        desk.card.failure.cutPower(atWrite: 1, keeping: portion)
        #expect(throws: CardError(.cardUnresponsive, subject: "")) { _ = try desk.seal(.storeCredit, order(1, 300)) }
        desk.card.failure.restorePower()
        try desk.card.card.reset()
        let isClaimed = portion == .everything
        #expect(try desk.balance == (isClaimed ? 700 : 1000))
        #expect(try desk.card.masterKey.sealed.count == (isClaimed ? 1 : 0))
        try desk.open(KeyName(.credit, 1), with: card)
        desk.card.failure.cutPower(atWrite: 1000, keeping: .nothing)
        #expect(try desk.seal(.storeCredit, order(1, 300)).status == .success)
        #expect(desk.card.failure.writes == (isClaimed ? 0 : 1), "SEAL has one write, tried above")
        #expect(try desk.balance == 700)
    }

    /// What the rules do not allow, and sessions that the card may not open.
    @Test func `rules`() throws {
        for op in OperationCode.allCases {
            let others = OperationCode.allCases.filter { $0 != op }
            let desk = try Desk(rules: DeskRules(first: World.card, count: 10, allowing: others))
            let card = try desk.subscriber()
            let purpose = op.purpose ?? .credit
            guard purpose != .transfer else { continue }
            try desk.open(KeyName(purpose, 1), with: card)
            let request = op.acceptedRequest(for: World.card, keys: World.key)
            #expect(try desk.seal(op, request).status == .securityStatusNotSatisfied, "\(op)")
        }
        let desk = try Desk()
        func open(_ purpose: UInt8, _ version: UInt8, _ eid: PartyID) throws -> StatusWord {
            try desk.card.send(0x80, 0x60, purpose, version, bigEndian(eid.rawValue)).status
        }
        #expect(try open(1, 1, World.card) == .securityStatusNotSatisfied, "no PIN")
        try desk.verify(1)
        #expect(try open(5, 1, World.card) == .wrongParameters)
        #expect(try open(1, 9, World.card) == .referencedDataNotFound)
        #expect(try open(1, 1, PartyID(issuer: 7, kind: .masterKeyCard, number: 2)) == .conditionsNotSatisfied)
        #expect(try open(4, 0, PartyID(issuer: 7, kind: .subscriberCard, number: 11)) == .conditionsNotSatisfied)
        #expect(try open(4, 0, PartyID(issuer: 8, kind: .subscriberCard, number: 1)) == .conditionsNotSatisfied)
        #expect(try open(4, 0, World.gasMeter) == .conditionsNotSatisfied)
        #expect(try open(4, 0, World.card) == .success)
        #expect(try desk.seal(.setState, [1]).status == .conditionsNotSatisfied, "not authenticated")
    }

    /// A blocked card sells nothing.
    @Test func `blocked desk`() throws {
        let desk = try Desk()
        let card = try desk.subscriber()
        let admin = KeyName(.admin, 1)
        try desk.card.select(.purse)
        let key = desk.suite.elementKey(Desk.master(admin), admin, for: Desk.id)
        var session = try desk.card.session(admin, key: key)
        #expect(try session.execute(.putKey, PutKeys.plaintext([(admin, World.kx)], desk.suite)).status == .malformed)
        #expect(try session.status(SetState(.blocked)) == .done)
        try desk.open(KeyName(.credit, 1), with: card)
        #expect(try desk.seal(.storeCredit, order(1, 1)).status == .conditionsNotSatisfied)
        #expect(try desk.balance == 1000)
    }

    /// The element's answers with each bit flipped: 6300, and the session has ended.
    @Test func `turned answers`() throws {
        let desk = try Desk()
        let card = try desk.subscriber()
        for bit in stride(from: 0, to: 42 * 8, by: 5) {
            try desk.open(KeyName(.credit, 1), with: card)
            let sealed = try desk.seal(.status, AskStatus(service: .gas).request).data
            var answer = try card.send(0x80, 0x52, 4, 0, sealed).data
            answer[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            #expect(try desk.card.send(0x80, 0x66, 0, 0, answer).status == .verificationFailed)
            #expect(try desk.card.send(0x80, 0x66, 0, 0, answer).status == .conditionsNotSatisfied)
        }
    }

    /// An element restored to an older state is detected by its NT.
    @Test func `stale element`() throws {
        let desk = try Desk()
        let old = try desk.subscriber()
        let copy = try desk.subscriber()
        try desk.open(KeyName(.credit, 1), with: old)
        try desk.verify(1)
        let opened = try desk.card.send(0x80, 0x60, 1, 1, bigEndian(World.card.rawValue)).data
        let answer = try copy.send(0x80, 0x50, 1, 1, opened).data
        #expect(try desk.card.send(0x80, 0x62, 0, 0, answer).status == .verificationFailed, "NT 1 was seen")
        #expect(try desk.card.send(0x80, 0x62, 0, 0, answer).status == .conditionsNotSatisfied)
        try desk.open(KeyName(.credit, 1), with: copy)
    }
}
