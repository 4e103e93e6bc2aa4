import CardCrypto
import CardIOTesting
import ISO7816
import Issuing
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// An issuing desk on the test bench: a blank element in one reader, a master-key card or keys in software as the
/// authority, and every way to disturb them.
final class IssuingBench {
    enum Keys: CaseIterable { case masterKeyCard, software }

    /// Fails at one `append`, before or after the entry is stored.
    final class StoppingJournal: IssueJournal {
        let kept = MemoryJournal()
        private(set) var appends = 0
        private(set) var hasStopped = false
        var stop: (append: Int, keeps: Bool)?

        func history(of element: PartyID) throws(JournalError) -> [JournalEntry] { kept.history(of: element) }

        func append(_ entry: JournalEntry) throws(JournalError) {
            appends += 1
            guard let stop, stop.append == appends else { return kept.append(entry) }
            hasStopped = true
            if stop.keeps { kept.append(entry) }
            throw JournalError(.notWritten, "test journal")
        }
    }

    let suite: CipherSuite
    let eid: PartyID
    let losses = FaultPlan()
    let journal = StoppingJournal()
    let elementCard: TestCard
    let masterCard: TestCard
    /// The channels to the element and the master-key card.
    let element: FaultyChannel
    let master: FaultyChannel
    let register = TestRegister()
    let desk: IssuingDesk
    let authority: any Authority
    let keys: Keys

    static let masterID = PartyID(issuer: TestKeys.issuer, kind: .masterKeyCard, number: 1)

    init(_ keys: Keys = .masterKeyCard, _ eid: PartyID = TestKeys.card(0x1234)) throws {
        let suite = try CipherSuite()
        self.suite = suite
        self.eid = eid
        self.keys = keys
        let transport = suite.elementKey(TestKeys.master(.transport), .transport, for: eid)
        elementCard = try TestCard(blank: eid, transportKey: transport)
        masterCard = try TestCard(Self.masterImage(first: eid), element: ElementImage(issued: Self.masterID))
        element = FaultyChannel(elementCard.channel, plan: losses)
        master = FaultyChannel(masterCard.channel, plan: losses)
        let authority: any Authority
        switch keys {
        case .masterKeyCard: authority = MasterKeyCardAuthority(master)
        case .software:
            authority = SoftwareAuthority(
                pid: PartyID(issuer: TestKeys.issuer, kind: .host, number: 1), keys: TestKeySource(),
                register: register, randomness: SystemRandomness(), suite: suite)
        }
        self.authority = authority
        desk = IssuingDesk(authority: authority, journal: journal) { Timestamp(rawValue: 1_767_225_600) }
        try unlock()
    }

    private static func masterImage(first: PartyID) -> MasterKeyImage {
        let newer = Purpose.allCases.map { KeyName($0, 2) }
        return MasterKeyImage(
            keys: (TestKeys.names + newer).map { StoredKey(name: $0, key: TestKeys.master($0)) },
            pins: ["1231", "1232", "1233"],
            rules: DeskRules(first: first, count: 10, allowing: Issuing.IssuingRules.issuing))
    }

    /// Selects the master-key card and verifies a PIN, without disturbances.
    func unlock() throws {
        let card = MasterKeyCard(masterCard.channel)
        try card.select()
        try card.verify(try TestKeys.pin("1231"), of: TestKeys.custodian(1))
    }

    /// Restores power to both cards, as if inserted again.
    func repair() throws {
        try elementCard.insertAgain()
        try masterCard.insertAgain()
        try unlock()
    }

    func plan(_ purses: [PursePlan] = TestKeys.purses) throws -> IssuePlan {
        try IssuePlan(eid: eid, held: TestKeys.checked(TestKeys.names, suite), purses: purses)
    }

    func image() throws -> ElementImage { try elementCard.image }

    /// Issues by `plan`.
    ///
    /// - Returns: false if an error of `code` stopped it; any other is thrown.
    func issue(_ plan: IssuePlan, mayStopBy code: IssueError.Code) throws -> Bool {
        do throws(IssueError) {
            _ = try desk.issue(plan, over: element)
            return true
        } catch {
            guard error.code == code else { throw error }
            return false
        }
    }

    /// The element holds exactly what was planned, and every record says that it was issued, once.
    func expectIssued(as plan: IssuePlan, _ point: Comment, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let image = try image()
        #expect(image.state == .issued, point, sourceLocation: sourceLocation)
        #expect(image.keys.map(\.name) == plan.keys.map(\.name), point, sourceLocation: sourceLocation)
        for held in image.keys {
            let key = suite.elementKey(TestKeys.master(held.name), held.name, for: eid)
            #expect(held.key.matches(key), point, sourceLocation: sourceLocation)
        }
        let purses = plan.purses.map { Purse(service: $0.service, currency: $0.currency, limit: $0.limit) }
        #expect(image.purses == purses, point, sourceLocation: sourceLocation)
        let slots = plan.purses.filter { $0.meter != .none }.enumerated().map { index, purse in
            MeterBinding(
                service: purse.service, meter: purse.meter, version: purse.version,
                kx: TestKeySource().cardToMeterKey(version: purse.version, meter: purse.meter, card: eid, suite)
                    ?? Secret(copying: []), number: UInt32(index + 1))
        }
        #expect(image.slots == slots, point, sourceLocation: sourceLocation)
        let verified = journal.kept.history(of: eid).filter { $0.event == .verified }.count
        #expect(verified == 1, point, sourceLocation: sourceLocation)
        switch keys {
        case .masterKeyCard:
            let issued = try masterCard.masterKeyImage?.issued
            #expect(issued == [eid], point, sourceLocation: sourceLocation)
        case .software: #expect(register.issued == [eid], point, sourceLocation: sourceLocation)
        }
    }
}
