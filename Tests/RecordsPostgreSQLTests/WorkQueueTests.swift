import Dispatch
import Records
import RecordsPostgreSQL
import TestPrograms
import Testing
import ValueProtocol

private func card(_ number: UInt32) -> PartyID { PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number) }
private func at(_ time: UInt32) -> Timestamp { Timestamp(rawValue: time) }

private func order(_ reference: String, _ amount: UInt64 = 5, of eid: PartyID) -> WorkOrder {
    WorkOrder(
        CreditRequest(
            kind: .storeCredit, service: .gas, currency: Currency(rawValue: 978), amount: Amount(rawValue: amount),
            reference: nil), reference: reference, of: eid)
}

@Suite("Orders that wait for the holder of their shard") struct WorkQueueTests {
    private let server: PostgreSQLServer
    private let address: String

    init() throws {
        server = try PostgreSQLServer.shared.get()
        address = try server.database()
    }

    /// Opens the database as another process does.
    private func open(_ time: Int64 = 0) throws -> RecordDatabase {
        try RecordDatabase(address, auditKey: nil, leases: LeaseTerms(duration: .seconds(10)), clock: .manual { time })
    }

    @Test func `an order is announced by anybody, and taken by the holder alone`() throws {
        let (desk, holder) = (try open(), try open())
        #expect(try holder.takeLeases(of: [Shard(of: card(1))]).count == 1)
        for eid in [card(1), card(2)] { _ = try desk.announce(order("A", of: eid), at: at(1)) }
        #expect(try desk.takeWork(atMost: 9) == [])
        let taken = try holder.takeWork(atMost: 9)
        #expect(taken.map(\.eid) == [card(1)] && taken[0].attempts == 1)
        #expect(try holder.takeWork(atMost: 9) == [])
        try holder.finish(taken[0], as: .done(HostTransaction(rawValue: 7)), at: at(2))
        #expect(try desk.work(of: card(1)).map(\.state) == [.done(HostTransaction(rawValue: 7))])
        #expect(try desk.work(of: nil).map(\.state).contains(.waiting))
        // The caller's repetition learns what became of it; another order does not get its reference.
        #expect(try desk.announce(order("A", of: card(1)), at: at(3)).state == .done(HostTransaction(rawValue: 7)))
        #expect(throws: HostError(.otherOrder, "")) { try desk.announce(order("A", 6, of: card(1)), at: at(3)) }
    }

    @Test func `orders of an element are taken one after the other, oldest first`() throws {
        let records = try open()
        _ = try records.takeLeases(of: Shard.all)
        for (index, reference) in ["B", "A", "C"].enumerated() {
            _ = try records.announce(order(reference, of: card(1)), at: at(UInt32(index)))
            _ = try records.announce(order(reference, of: card(2)), at: at(UInt32(index)))
        }
        for reference in ["B", "A", "C"] {
            #expect(try records.takeWork(atMost: 1).map(\.reference) == [reference])
            let rest = try records.takeWork(atMost: 9)
            #expect(rest.map(\.reference) == [reference])
            for eid in [card(1), card(2)] {
                let order = try #require(try records.work(of: eid).first { $0.state == .waiting })
                try records.finish(order, as: .notDone("refused"), at: at(9))
            }
        }
        #expect(try records.takeWork(atMost: 9) == [])
    }

    @Test func `an order that was put back waits, with those after it`() throws {
        let records = try open(1_000)
        _ = try records.takeLeases(of: Shard.all)
        for (index, reference) in ["A", "B"].enumerated() {
            _ = try records.announce(order(reference, of: card(1)), at: at(UInt32(index)))
        }
        let first = try records.takeWork(atMost: 9)
        try records.putBack(first[0], for: .seconds(5))
        #expect(try records.takeWork(atMost: 9) == [])
        records.close()
        let later = try open(6_000)
        _ = try later.takeLeases(of: Shard.all)
        let again = try later.takeWork(atMost: 9)
        #expect(again.map(\.reference) == ["A"] && again[0].attempts == 2)
    }

    @Test func `the order of a worker that is gone is taken again, and done once`() throws {
        let worker = try open()
        _ = try worker.takeLeases(of: Shard.all)
        _ = try worker.announce(order("A", of: card(1)), at: at(1))
        let taken = try worker.takeWork(atMost: 1)
        let started = try worker.begin(taken[0].request, of: card(1), elementHighest: .none, at: at(2))
        guard case .send(let transaction) = started else { throw HostError(.inDoubt, "\(started)") }
        // It ends between its order and the answer.
        worker.close()
        let next = try open()
        _ = try next.takeLeases(of: Shard.all)
        let again = try next.takeWork(atMost: 1)
        #expect(again.map(\.reference) == ["A"] && again.map(\.attempts) == [2])
        // At the next contact the element tells that it has applied it.
        let done = try next.conclude(transaction, as: .done, balance: Amount(rawValue: 5), at: at(3))
        let repeated = try next.begin(again[0].request, of: card(1), elementHighest: transaction.htxn, at: at(4))
        #expect(repeated == .alreadyDone(done))
        try next.finish(again[0], as: .done(done.htxn), at: at(5))
        #expect(try next.transactions(of: card(1)).map(\.state) == [.done])
        try next.verify()
    }

    @Test func `a worker whose shard was taken over cannot end its order`() throws {
        let (a, b) = (try open(0), try open(20_000))
        _ = try a.takeLeases(of: Shard.all)
        _ = try a.announce(order("A", of: card(1)), at: at(1))
        let taken = try a.takeWork(atMost: 1)
        #expect(try b.takeLeases(of: Shard.all).count == 256)
        for body in [
            { try a.finish(taken[0], as: .done(HostTransaction(rawValue: 1)), at: at(2)) },
            { try a.putBack(taken[0], for: .seconds(1)) },
        ] {
            #expect(throws: HostError(.shardHeld, ""), performing: body)
        }
        let again = try b.takeWork(atMost: 1)
        try b.finish(again[0], as: .notDone("refused"), at: at(3))
        #expect(try b.work(of: card(1)).map(\.state) == [.notDone("refused")])
    }

    @Test func `many take at once, and none takes what another has`() async throws {
        let records = try open()
        _ = try records.takeLeases(of: Shard.all)
        for number in 1...40 { _ = try records.announce(order("A", of: card(UInt32(number))), at: at(1)) }
        let all = try await withThrowingTaskGroup(of: [PartyID].self) { group in
            for _ in 0..<20 { group.addTask { try records.takeWork(atMost: 3).map(\.eid) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(all.count == 40 && Set(all).count == 40)
    }

    @Test func `whoever listens is woken by an order, by its end, and by the loss of its connection`() async throws {
        let records = try open()
        let announcements = try records.listen()
        #expect(try announcements.next(within: .zero) == [])
        _ = try records.announce(order("A", of: card(1)), at: at(1))
        #expect(try announcements.next(within: nil) == [Shard(of: card(1))])
        // The same order again is no news.
        _ = try records.announce(order("A", of: card(1)), at: at(1))
        #expect(try announcements.next(within: .zero) == [])
        let woken = await withCheckedContinuation { continuation in
            DispatchQueue(label: "listens").async {
                continuation.resume(returning: Result { try announcements.next(within: nil) })
            }
            announcements.end()
        }
        #expect(try woken.get() == nil)
        let other = try records.listen()
        try server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' "
                + "AND datname = current_database()", in: address)
        #expect(throws: HostError(.databaseUnreachable, "")) { try other.next(within: nil) }
    }

    @Test func `a tariff waits with its table`() throws {
        let records = try open()
        let entry = try #require(TariffTable.Entry(days: 127, minute: 360, percent: 150))
        let table = try #require(
            TariffTable(
                id: 7, price: Amount(rawValue: 250_000), currency: Currency(rawValue: 978), entries: [entry]))
        let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 1)
        let request = CreditRequest(
            kind: .convertTariff, service: .electricity, currency: Currency(rawValue: 978), amount: .zero,
            reference: nil, tariff: TariffOrder(table, effective: at(99)), replacesTariffAhead: true)
        let order = WorkOrder(request, reference: "T", of: meter)
        _ = try records.announce(order, at: at(1))
        #expect(try records.work(of: meter) == [order])
    }
}
