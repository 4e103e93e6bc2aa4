import CardIOTesting
import Grid
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import Synchronization
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Operations with many meters of a grid, whose trunks lose commands and answers.
@Suite("Contacts over a grid") struct GridContactsTests {
    private static let area = PartyID(issuer: 0xA1B2C3, kind: .areaUnit, number: 1)
    private static let unit = PartyID(issuer: 0xA1B2C3, kind: .localUnit, number: 1)

    private let files: TemporaryFolder
    private let keys: HostKeys
    private let records: RecordFile
    private let host: HostContext

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        keys = try testKeys()
        let own = try testKeys()
        records = try RecordFile.inMemory(auditKey: own.auditKey)
        let folder = HostFolder(files.path + "/host")
        try folder.prepare()
        host = HostContext(folder, records: records, keys: own) { Timestamp(rawValue: 1000) }
    }

    /// An area unit with elements behind it.
    private final class Branch: UnitTrunks, Trunk {
        // Cards are used under the lock alone.
        private nonisolated(unsafe) let cards: [PartyID: TestCard]
        private let state: Mutex<(random: SeededGenerator, underWay: Set<PartyID>, overlaps: Int)>
        /// Of a hundred commands and answers, so many are lost.
        private let losses: Int

        init(_ cards: [TestCard], losses: Int, seed: UInt64) {
            self.cards = Dictionary(uniqueKeysWithValues: cards.map { ($0.eid, $0) })
            self.losses = losses
            state = Mutex((SeededGenerator(seed: seed), [], 0))
        }

        func trunk(to unit: PartyID) -> any Trunk {
            #expect(unit == GridContactsTests.area)
            return self
        }

        func exchange(
            with meter: PartyID, device: Exchange.Device, priority: Exchange.Priority, timeLimit: Duration,
            command: [UInt8]
        ) async -> ExchangeOutcome {
            state.withLock { state in
                if !state.underWay.insert(meter).inserted { state.overlaps += 1 }
            }
            await Task.yield()
            return state.withLock { state in
                state.underWay.remove(meter)
                if state.random.next() % 100 < losses { return .notSent(.silent) }
                guard let card = cards[meter] else { return .notSent(.unknownMeter) }
                let answer: [UInt8]
                do { answer = try card.channel.transmit(CommandAPDU(command)).bytes } catch { answer = [] }
                return state.random.next() % 100 < losses ? .perhapsDone(.silent) : .answered(answer)
            }
        }

        /// Exchanges with a meter while another one with it was under way.
        var overlaps: Int { state.withLock(\.overlaps) }
        func balances() -> [UInt64] { state.withLock { _ in cards.values.map { $0.balance() } } }
    }

    private final class StageLog: Sendable {
        let stages = Mutex<[PartyID: [GridOperation.Stage]]>([:])

        func append(_ progress: GridContacts.Progress) {
            stages.withLock { $0[progress.meter, default: []].append(progress.stage) }
        }
    }

    private func contacts(_ branch: Branch, _ meters: [PartyID]) async -> GridContacts {
        let contacts = GridContacts(host, over: branch, sleep: { _ in await Task.yield() })
        await contacts.receive(
            UnitReport(
                from: Self.unit, at: .zero, .meters(UnitReport.MeterRoster(present: meters, isComplete: true))),
            from: Self.area)
        return contacts
    }

    private static func order(_ reference: String) -> ContactTask {
        .order(
            CreditRequest(
                kind: .storeCredit, service: .gas, currency: TestCard.euro, amount: Amount(rawValue: 7),
                reference: reference))
    }

    @Test(arguments: [0, 10] as [Int])
    func `each meter is loaded once, however much is lost`(_ losses: Int) async throws {
        let cards = try (0..<300).map { try TestCard(UInt32($0 + 1), keys: keys) }
        let branch = Branch(cards, losses: losses, seed: 5)
        let contacts = await contacts(branch, cards.map(\.eid))
        #expect(await contacts.meters == cards.map(\.eid).sorted())
        var options = GridContacts.Options()
        options.attempts = 30
        let log = StageLog()
        let results = await contacts.run(
            { _ in Self.order("order") }, with: cards.map(\.eid), options,
            report: { log.append($0) })
        #expect(results.map(\.meter) == cards.map(\.eid))
        for (_, result) in results { #expect(throws: Never.self) { try result.get() } }
        #expect(branch.balances() == Array(repeating: 7, count: 300))
        #expect(try records.unsettled().isEmpty)
        let seen = log.stages.withLock { $0 }
        #expect(seen.values.allSatisfy { $0.first == .queued && $0.last == .confirmed })
        #expect(seen.values.contains { $0.contains(.inDoubt) } == (losses > 0))
        try records.verify()
    }

    @Test func `contacts with one meter follow one another`() async throws {
        let card = try TestCard(1, keys: keys)
        let branch = Branch([card], losses: 0, seed: 1)
        let eid = card.eid
        let contacts = await contacts(branch, [eid])
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = await contacts.run({ _ in Self.order("\(number)") }, with: [eid]) }
            }
        }
        #expect(branch.balances() == [140])
        #expect(branch.overlaps == 0)
    }

    @Test func `a meter that no unit has reported is not reached`() async throws {
        let branch = Branch([], losses: 0, seed: 1)
        let contacts = await contacts(branch, [])
        let results = await contacts.run({ _ in .recover }, with: [Self.unit, try TestCard(1, keys: keys).eid])
        for (_, result) in results {
            #expect(throws: HostError.self) { try result.get() }
        }
    }
}
