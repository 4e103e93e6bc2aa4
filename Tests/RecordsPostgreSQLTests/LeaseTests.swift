import Foundation
import Records
import RecordsPostgreSQL
import Synchronization
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

private func card(_ number: UInt32) -> PartyID { PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number) }
private func at(_ time: UInt32) -> Timestamp { Timestamp(rawValue: time) }

/// A clock of the database in the test's hand, in milliseconds.
private final class ManualClock: Sendable {
    private let time = Mutex<Int64>(1_000_000)
    var now: Int64 { time.withLock { $0 } }
    func advance(by milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

@Suite("Leases of shards") struct LeaseTests {
    private let server: PostgreSQLServer
    private let address: String
    private let clock = ManualClock()

    init() throws {
        server = try PostgreSQLServer.shared.get()
        address = try server.database()
    }

    /// Opens the database as another process does.
    private func open(
        _ holder: String, takesByChanges: Bool = false, maxWait: Duration = .zero
    ) throws -> RecordDatabase {
        let clock = clock
        return try RecordDatabase(
            address, auditKey: nil,
            leases: LeaseTerms(
                holder: holder, duration: .seconds(10), isTakenByChanges: takesByChanges, maxWait: maxWait),
            clock: .manual { clock.now })
    }

    private func expectHeld(by holder: String, _ body: () throws -> Void) {
        do {
            try body()
            Issue.record("a change of a shard that \(holder) has")
        } catch let error as HostError {
            #expect(error.code == .shardHeld && error.subject.contains("held by \(holder)"))
        } catch {
            Issue.record(error)
        }
    }

    private func block(_ eid: PartyID, in records: any RecordAccess, at time: UInt32 = 1) throws {
        try records.setStatus(.blocked, of: eid, because: nil, at: at(time))
    }

    @Test func `a shard has one holder, and each has a higher token`() throws {
        let (a, b) = (try open("A"), try open("B"))
        let shards: Set = [Shard(rawValue: 3), Shard(rawValue: 200)]
        #expect(try a.takeLeases(of: shards) == shards)
        #expect(try b.takeLeases(of: shards) == [])
        #expect(try b.takeLeases(of: Shard.all).count == 254)
        let first = try b.leases().first { $0.shard.rawValue == 3 }
        #expect(first?.holder == "A" && first?.until == clock.now + 10_000)
        try a.releaseLeases(of: [Shard(rawValue: 3)])
        #expect(try b.takeLeases(of: shards) == [Shard(rawValue: 3)])
        let second = try a.leases().first { $0.shard.rawValue == 3 }
        #expect(second?.holder == "B")
        #expect(try #require(second?.token) > #require(first?.token))
        // Those that it has already count, too.
        #expect(try a.takeLeases(of: Shard.all, atMost: 4) == [Shard(rawValue: 200)])
    }

    @Test func `processes share all shards by number`() throws {
        let (a, b) = (try open("A"), try open("B"))
        let first = try a.takeLeases(of: Shard.all, atMost: 128)
        let second = try b.takeLeases(of: Shard.all, atMost: 128)
        #expect(first.count == 128 && second.count == 128 && first.isDisjoint(with: second))
    }

    @Test func `a lease ends by the database's clock, unless it is renewed or used`() throws {
        let (a, b) = (try open("A"), try open("B"))
        let shard = Shard(of: card(1))
        #expect(try a.takeLeases(of: [shard]) == [shard])
        clock.advance(by: 9_999)
        #expect(try b.takeLeases(of: [shard]) == [])
        #expect(try a.renewLeases() == [shard])
        clock.advance(by: 9_999)
        #expect(try b.takeLeases(of: [shard]) == [])
        // A commit renews it as well.
        try block(card(1), in: a)
        clock.advance(by: 9_999)
        #expect(try b.takeLeases(of: [shard]) == [])
        clock.advance(by: 1)
        #expect(try b.takeLeases(of: [shard]) == [shard])
        #expect(try a.renewLeases() == [])
        expectHeld(by: "B") { try block(card(1), in: a) }
    }

    @Test func `a lease ends with its holder, also where another process gets the holder's chain`() throws {
        let (a, b) = (try open("A"), try open("B"))
        let shard = Shard(of: card(1))
        #expect(try a.takeLeases(of: [shard]) == [shard])
        let chain = a.trail.writer
        a.close()
        let heir = try open("heir")
        #expect(heir.trail.writer == chain)
        #expect(try heir.leases().isEmpty)
        // Neither the one that has the chain nor another one is refused.
        try block(card(1), in: b)
        #expect(try b.takeLeases(of: [shard]) == [shard])
        expectHeld(by: "B") { try block(card(1), in: heir) }
    }

    @Test func `the clock is the server's`() throws {
        let records = try RecordDatabase(address, auditKey: nil, leases: LeaseTerms(duration: .seconds(600)))
        #expect(try records.takeLeases(of: [Shard(rawValue: 9)]).count == 1)
        let inTime = try server.execute(
            "SELECT count(*) FROM shard_lease WHERE to_timestamp(until / 1000.0) BETWEEN now() + interval '9 minutes' "
                + "AND now() + interval '10 minutes'", in: address)
        #expect(inTime.hasPrefix("1"))
    }

    @Test(arguments: [true, false])
    func `a process that was paused in a commit cannot finish it once another has its shard`(
        _ isTakenOver: Bool
    ) throws {
        let (a, b) = (try open("A"), try open("B"))
        let shard = Shard(of: card(1))
        #expect(try a.takeLeases(of: [shard]) == [shard])
        var attempts = 0
        func change() throws {
            try a.write { database in
                attempts += 1
                try a.own(card(1), in: database)
                try database.execute(
                    "UPDATE element SET issued = 1 WHERE eid = ?", [.text("\(card(1))")])
                guard attempts == 1 else { return }
                // Here the process stands still for long.
                clock.advance(by: 60_000)
                if isTakenOver { #expect(try b.takeLeases(of: [shard]) == [shard]) }
            }
        }
        if isTakenOver {
            expectHeld(by: "B", change)
            #expect(try b.element(card(1)) == nil)
            try block(card(1), in: b)
            expectHeld(by: "B", change)
        } else {
            // Nobody has changed anything of the shard meanwhile: its token is still the newest.
            try change()
            #expect(try b.element(card(1))?.wasIssued == true)
        }
        try b.verify()
    }

    @Test func `a process without leases ends one that has lapsed, and its holder cannot go on`() throws {
        let (a, b) = (try open("A"), try open("B"))
        #expect(try a.takeLeases(of: [Shard(of: card(1))]).count == 1)
        expectHeld(by: "A") { try block(card(1), in: b) }
        clock.advance(by: 10_000)
        try block(card(1), in: b)
        #expect(throws: HostError(.shardHeld, "")) { try block(card(1), in: a, at: 2) }
        // From here on it has no lease, as the other.
        try block(card(1), in: a, at: 3)
        #expect(try a.auditTrail(of: card(1)).map(\.time) == [at(1), at(3)])
    }

    @Test func `of one commit only the changes of a shard that another has are refused`() async throws {
        let (a, b) = (try open("A"), try open("B"))
        #expect(try a.takeLeases(of: [Shard(of: card(1))]).count == 1)
        let results = await withTaskGroup(of: (PartyID, HostError?).self) { group in
            for number in [1, 2, 1, 3] as [UInt32] {
                group.addTask {
                    do throws(HostError) {
                        try await b.commit { (records) throws(HostError) in
                            try records.setStatus(.blocked, of: card(number), because: nil, at: at(1))
                        }
                        return (card(number), nil)
                    } catch {
                        return (card(number), error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (eid, error) in results { #expect(error?.code == (eid == card(1) ? .shardHeld : nil)) }
        #expect(Set(try b.elements().map(\.eid)) == [card(2), card(3)])
        try b.verify()
    }

    @Test func `changes take leases where the terms say so, and give none away`() throws {
        let (desk, other) = (try open("the desk", takesByChanges: true), try open("another", takesByChanges: true))
        let shared = try open("one without leases")
        try block(card(1), in: desk)
        #expect(try shared.leases().map(\.holder) == ["the desk"])
        for records in [other, shared] { expectHeld(by: "the desk") { try block(card(1), in: records) } }
        try block(card(2), in: other)
        try block(card(1), in: desk, at: 2)
        let tokens = try shared.leases().map(\.token)
        #expect(tokens == [1, 1])
        // The end of a contact gives its shard back.
        try desk.endContact(with: card(1))
        try block(card(1), in: other, at: 3)
        #expect(try shared.leases().map(\.holder) == ["another", "another"])
        other.close()
        try block(card(1), in: shared, at: 4)
    }

    @Test func `the lease of a process that ended is free before its time`() throws {
        let (a, b) = (try open("A"), try open("B"))
        let shards: Set = [Shard(of: card(1))]
        #expect(try a.takeLeases(of: shards) == shards)
        a.close()
        #expect(try b.leases() == [])
        #expect(try b.takeLeases(of: shards) == shards)
        try block(card(1), in: b)
    }

    @Test func `a holder whose connection was cut has its lease still, unless somebody took it`() throws {
        let (a, b) = (try open("A"), try open("B"))
        let shards: Set = [Shard(of: card(1))]
        func cut() throws {
            try server.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory' "
                    + "AND objid = \(a.trail.writer) AND database = (SELECT oid FROM pg_database "
                    + "WHERE datname = current_database())", in: address)
        }
        #expect(try a.takeLeases(of: shards) == shards)
        try cut()
        try block(card(1), in: a)
        #expect(try a.renewLeases() == shards)
        #expect(try b.takeLeases(of: shards) == [])
        try cut()
        #expect(try b.takeLeases(of: shards) == shards)
        expectHeld(by: "B") { try block(card(1), in: a) }
    }

    @Test func `a change waits for a holder that is about to end`() async throws {
        let a = try open("A", takesByChanges: true)
        let b = try open("B", takesByChanges: true, maxWait: .seconds(86_400))
        try block(card(1), in: a)
        let waiting = """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = \(a.trail.writer) AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        async let blocked: Void = offPool { try block(card(1), in: b, at: 2) }
        // Once the change waits for its chain, the holder ends.
        try await offPool { [server, address] in
            while try server.execute(waiting, in: address).hasPrefix("0") { Thread.sleep(forTimeInterval: 0.02) }
            a.close()
        }
        try await blocked
        #expect(try b.leases().map(\.holder) == ["B"])
    }
}
