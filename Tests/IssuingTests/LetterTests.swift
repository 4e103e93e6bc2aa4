import CardCrypto
import ISO7816
import Issuing
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Letters and rules from an authority, by keys in software and by a master-key card, to a card and a meter.
@Suite struct LetterTests {
    private static let gasMeter = TestKeys.meter(.gasMeter)

    private static func content(_ number: UInt32, cards: Int = 40) throws -> LetterContent {
        let rules = try SupplyRules(
            id: 9, effective: Timestamp(rawValue: 500), currency: Currency(rawValue: 978),
            holidays: (0..<50).map { SupplyRules.Holiday(month: 5, day: 1, year: UInt16(2030 + $0)) },
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 77))])
        return try #require(
            LetterContent(
                number: number, rules: rules, clock: Timestamp(rawValue: 900),
                refusedCards: (0..<cards).map { TestKeys.card(UInt32($0)) }))
    }

    /// An issued card, at a desk whose master-key card may post.
    private func bench(_ keys: IssuingBench.Keys, allowing operations: Set<OperationCode> = [.post]) throws
        -> IssuingBench
    {
        let bench = try IssuingBench(keys)
        let card = MasterKeyCard(bench.masterCard.channel)
        try card.verify(try TestKeys.pin("1232"), of: TestKeys.custodian(2))
        try card.set(
            IssuingRules(first: bench.eid, count: 10, operations: IssuingRules.issuing.union(operations)))
        #expect(try bench.issue(try bench.plan(), mayStopBy: .session))
        return bench
    }

    private func writer(_ bench: IssuingBench) throws -> any LetterAuthority {
        try #require(bench.authority as? any LetterAuthority)
    }

    /// The meter's side of the card's slot.
    private final class SlotKeys: KeySource {
        func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret? {
            TestKeySource().cardToMeterKey(version: name.version, meter: LetterTests.gasMeter, card: eid, suite)
        }

        func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret? { nil }
    }

    private func fetch(_ bench: IssuingBench) throws -> [UInt8]? {
        let meter = SoftwareAuthority(
            pid: Self.gasMeter, keys: SlotKeys(), register: TestRegister(), randomness: SystemRandomness(),
            suite: bench.suite)
        var session = try ElementConversation(over: bench.elementCard.channel, by: meter, key: KeyName(.transfer, 1))
        return try session.fetchLetter()
    }

    @Test(arguments: IssuingBench.Keys.allCases)
    func `a letter is written, posted and fetched`(keys: IssuingBench.Keys) throws {
        let bench = try bench(keys)
        #expect(try fetch(bench) == nil)
        let content = try Self.content(7)
        let letter = try writer(bench).write(content, to: Self.gasMeter, version: 1)
        let name = KeyName(.tariff, 1)
        let key = bench.suite.elementKey(TestKeys.master(name), name, for: Self.gasMeter)
        #expect(letter == Letter(content, to: Self.gasMeter, version: 1, key: key, bench.suite))
        #expect(letter.parts.count == 3)
        var session = try ElementConversation(over: bench.element, by: bench.authority, key: KeyName(.admin, 1))
        let posted = try session.post(letter, in: .gas)
        #expect(posted.status == .done && posted.answer?.held == 3)
        let fetched = try #require(try fetch(bench))
        #expect(Letter(fetched) == letter)
        #expect(try #require(Letter(fetched)).isGenuine(to: Self.gasMeter, key: key, bench.suite))
        // A shorter one takes its place, and none at all.
        session = try ElementConversation(over: bench.element, by: bench.authority, key: KeyName(.admin, 1))
        let next = try writer(bench).write(try Self.content(8, cards: 1), to: Self.gasMeter, version: 1)
        #expect(try session.post(next, in: .gas).status == .done)
        #expect(try fetch(bench) == next.bytes)
        session = try ElementConversation(over: bench.element, by: bench.authority, key: KeyName(.admin, 1))
        #expect(try session.execute(PostLetter.takingBack(.gas)).status == .done)
        #expect(try fetch(bench) == nil)
    }

    @Test(arguments: IssuingBench.Keys.allCases)
    func `a purse without a slot has no letter`(keys: IssuingBench.Keys) throws {
        let bench = try bench(keys)
        let letter = try writer(bench).write(try Self.content(1), to: TestKeys.meter(.heatMeter), version: 1)
        var session = try ElementConversation(over: bench.element, by: bench.authority, key: KeyName(.admin, 1))
        #expect(try session.post(letter, in: .heat).status == .unknownService)
    }

    @Test func `a master-key card refuses, and says why`() throws {
        let desk = try bench(.masterKeyCard)
        let authority = MasterKeyCardAuthority(desk.masterCard.channel)
        let content = try Self.content(1)
        #expect(throws: SessionError(.noMasterKey, "")) {
            try authority.write(content, to: Self.gasMeter, version: 9)
        }
        try MasterKeyCard(desk.masterCard.channel).select()
        #expect(throws: SessionError(.notAuthorized, "")) {
            try authority.write(content, to: Self.gasMeter, version: 1)
        }
        let other = try bench(.masterKeyCard, allowing: [])
        #expect(throws: SessionError(.notAuthorized, "")) {
            try MasterKeyCardAuthority(other.masterCard.channel).write(content, to: Self.gasMeter, version: 1)
        }
    }

    @Test func `software without the master key writes no letter`() throws {
        final class NoKeys: KeySource {
            func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret? { nil }
            func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret? { nil }
        }
        let authority = SoftwareAuthority(
            pid: Self.gasMeter, keys: NoKeys(), register: TestRegister(), randomness: SystemRandomness(),
            suite: try CipherSuite())
        #expect(throws: SessionError(.noMasterKey, "")) {
            try authority.write(try Self.content(1), to: Self.gasMeter, version: 1)
        }
    }

    /// Rules to a meter, in parts; sent again they are done, and a number of other rules is not.
    @Test func `rules are converted, and 0006 is done only with their own id`() throws {
        let suite = try CipherSuite()
        let name = KeyName(.tariff, 1)
        let key = suite.elementKey(TestKeys.master(name), name, for: Self.gasMeter)
        let image = ElementImage(
            issued: Self.gasMeter, keys: [StoredKey(name: name, key: key)], purses: [Purse(.gas, limit: 1_000)])
        let meter = try TestCard(image)
        let authority = SoftwareAuthority(
            pid: PartyID(issuer: TestKeys.issuer, kind: .host, number: 1), keys: TestKeySource(),
            register: TestRegister(), randomness: SystemRandomness(), suite: suite)
        func convert(_ id: UInt16, htxn: UInt64) throws -> OperationResult<ConvertRules.Answer> {
            var rules = try Self.content(1).rules!
            rules = try SupplyRules(
                id: id, effective: rules.effective, currency: rules.currency, holidays: rules.holidays,
                sources: rules.sources)
            var session = try ElementConversation(over: meter.channel, by: authority, key: name)
            return try session.convert(
                rules, htxn: HostTransaction(rawValue: htxn), time: Timestamp(rawValue: 9))
        }
        let first = try convert(5, htxn: 1)
        #expect(first.status == .done && first.answer?.rules == 5 && first.answer?.held == 2)
        #expect(try convert(5, htxn: 1).status == .alreadyApplied)
        let other = try convert(6, htxn: 1)
        #expect(other.status == .malformed && other.answer == nil)
        #expect(try convert(6, htxn: 2).status == .done)
        #expect(try meter.image.kept.map(\.table) == [5, 6])
    }
}
