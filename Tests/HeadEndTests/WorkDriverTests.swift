import CardCrypto
import HeadEnd
import ISO7816
import Records
import RecordsPostgreSQL
import Synchronization
import TestPrograms
import TestSupport
import TestWorlds
import Testing
import ValueProtocol

/// Orders that wait in a database, carried out by the process that has their shards.
@Suite struct WorkDriverTests {
    private let files: TemporaryFolder
    private let keys: HostKeys
    private let address: String
    private let auditKey = Secret(copying: Array(1...32))

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        keys = try testKeys()
        address = try PostgreSQLServer.shared.get().database()
    }

    /// - Parameter time: of the database's clock, which stands still; nil for one that goes.
    private func open(at time: Int64? = nil) throws -> (HostContext, RecordDatabase) {
        let own = try testKeys()
        let database = try RecordDatabase(
            address, auditKey: auditKey, leases: LeaseTerms(duration: .seconds(600)),
            clock: time.map { time in .manual { time } } ?? .database)
        let folder = HostFolder(files.path + "/host")
        try folder.prepare()
        return (HostContext(folder, records: database, keys: own) { Timestamp(rawValue: 1000) }, database)
    }

    private func order(_ reference: String, _ amount: UInt64, of eid: PartyID) -> WorkOrder {
        WorkOrder(
            CreditRequest(
                kind: .storeCredit, service: .gas, currency: TestCard.euro, amount: Amount(rawValue: amount),
                reference: nil), reference: reference, of: eid)
    }

    /// Cards that a driver reaches by their identifiers.
    private func lines(
        _ count: UInt32, losing lost: (UInt32) -> Set<Int> = { _ in [] }
    ) throws -> [PartyID: ContactDriverTests.Line] {
        try (1...count).reduce(into: [:]) { lines, number in
            let card = try TestCard(number, keys: keys)
            let eid = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number)
            lines[eid] = ContactDriverTests.Line(card, losing: lost(number))
        }
    }

    private func driver(
        _ host: HostContext, _ database: RecordDatabase, _ lines: [PartyID: ContactDriverTests.Line]
    ) -> WorkDriver {
        WorkDriver(host, queue: database, atOnce: 8) { element throws(HostError) in
            guard let line = lines[element] else { throw HostError(.noSession, "\(element)") }
            return line
        }
    }

    @Test func `what others announced is carried out, an element's orders one after the other`() async throws {
        let lines = try lines(30)
        let (host, database) = try open()
        let desk = try RecordDatabase(address, auditKey: auditKey)
        for eid in lines.keys {
            for (reference, amount) in [("A", 7), ("B", 5), ("C", 1 << 40)] as [(String, UInt64)] {
                _ = try desk.announce(order(reference, amount, of: eid), at: Timestamp(rawValue: 1))
            }
        }
        #expect(try await driver(host, database, lines).carryOutWaiting() == 90)
        for (eid, line) in lines {
            #expect(line.holds() == 12)
            let states = try desk.work(of: eid).map(\.state)
            let done = [1, 2].map { WorkOrder.State.done(HostTransaction(rawValue: $0)) }
            #expect(Array(states.prefix(2)) == done)
            // Beyond the card's limit.
            guard case .notDone(let reason) = states[2] else {
                Issue.record("\(states[2])")
                continue
            }
            #expect(!reason.isEmpty)
        }
        try database.verify()
    }

    @Test func `orders of elements that are not reached wait, and those of a worker that is gone are done once`()
        async throws
    {
        // One answer is lost, of one card that to SELECT, of another that to the order: whether it was done is in doubt.
        let lines = try lines(12) { [Int($0) % 6] }
        let first: Int
        do {
            let (host, database) = try open(at: 1)
            for eid in lines.keys {
                _ = try database.announce(order("A", 7, of: eid), at: Timestamp(rawValue: 1))
            }
            first = try await driver(host, database, lines).carryOutWaiting()
            let waiting = try database.work(of: nil).filter { $0.state == .waiting }
            #expect(waiting.count == 12 - first && waiting.allSatisfy { $0.attempts == 1 })
            #expect(try !database.unsettled().isEmpty)
            database.close()
        }
        // What is put back waits a second.
        let (host, database) = try open(at: 1_001)
        #expect(try await driver(host, database, lines).carryOutWaiting() == 12 - first)
        #expect(lines.values.allSatisfy { $0.holds() == 7 })
        #expect(try database.transactions(of: nil).count { $0.state == .done } == 12)
        #expect(try database.unsettled().isEmpty)
        try database.verify()
    }

    @Test func `a driver sleeps until an order comes, and ends with its task`() async throws {
        let lines = try lines(1)
        let (host, database) = try open()
        let driver = driver(host, database, lines)
        let running = Task { try await driver.run(every: .seconds(300)) }
        let desk = try RecordDatabase(address, auditKey: auditKey)
        let heard = try desk.listen()
        let (eid, line) = try #require(lines.first)
        _ = try desk.announce(order("A", 7, of: eid), at: Timestamp(rawValue: 1))
        #expect(try heard.next(within: nil) == [Shard(of: eid)])
        while try desk.work(of: eid)[0].state == .waiting { try await Task.sleep(for: .milliseconds(20)) }
        #expect(line.holds() == 7)
        running.cancel()
        try await running.value
    }

    @Test(arguments: zip([1, 2, 5, 9, 10, 100], [1, 2, 16, 256, 300, 300]))
    func `pauses grow up to five minutes`(_ attempts: Int, _ seconds: Int) {
        #expect(WorkDriver.pause(after: attempts) == .seconds(seconds))
    }
}
