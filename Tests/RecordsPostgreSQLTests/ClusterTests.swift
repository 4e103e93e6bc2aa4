import Ledger
import Records
import RecordsPostgreSQL
import RecordsTesting
import TestPrograms
import Testing
import ValueProtocol

private let euro = Currency(rawValue: 978)
private func at(_ time: UInt32) -> Timestamp { Timestamp(rawValue: time) }
private func micro(_ amount: UInt64) -> Amount { Amount(rawValue: amount) }

private func request(
    _ amount: UInt64, reference: String? = nil, payer: PartyID? = nil
) -> CreditRequest {
    CreditRequest(
        kind: .storeCredit, service: .gas, currency: euro, amount: micro(amount), reference: reference, payer: payer)
}

extension FourServers {
    /// The `number`th card that a server has.
    fileprivate func card(_ number: Int, on server: Int, kind: PartyKind = .subscriberCard) -> PartyID {
        let cards = (1...).lazy.map { PartyID(issuer: 0xA1B2C3, kind: kind, number: UInt32($0)) }
        var found = 0
        for card in cards where self.server(of: card) == server {
            if found == number { return card }
            found += 1
        }
        preconditionFailure("a server without cards")
    }
}

/// A load that is done.
@discardableResult
private func load(
    _ amount: UInt64, on eid: PartyID, balance: UInt64, reference: String? = nil, in records: any RecordStore,
    at time: UInt32 = 1_000
) throws -> CreditTransaction {
    let highest = try records.transactions(of: eid).last { $0.state == .done }?.htxn ?? .none
    let started = try records.begin(
        request(amount, reference: reference), of: eid, elementHighest: highest, at: at(time))
    guard case .send(let sent) = started else { throw HostError(.openTransaction, "\(started)") }
    return try records.conclude(sent, as: .done, balance: micro(balance), at: at(time + 1))
}

private func balance(_ account: Account, in records: any RecordStore) throws -> Int128 {
    try records.ledgerBalances().first { $0.account == account }?.amount ?? 0
}

@Suite("Records over four servers pass the conformance suite") struct ClusterConformanceTests {
    @Test(arguments: RecordConformance.Check.allCases)
    func `over four servers`(_ check: RecordConformance.Check) async throws {
        try await RecordConformance(seed: 5).run(check, on: try RunningServers.databases())
    }
}

@Suite("Records over four servers") struct ClusterTests {
    @Test func `the value of a card goes to a successor on another server, once`() throws {
        let servers = try RunningServers.databases()
        let records = try servers.cluster()
        let (old, new, third) = (servers.card(0, on: 0), servers.card(0, on: 1), servers.card(0, on: 2))
        try load(10, on: old, balance: 10, in: records)
        try records.setStatus(.lost, of: old, because: nil, at: at(2_000))
        let carry = try #require(try records.replace(old, by: new, at: at(3_000)).first)
        #expect(carry.from == old && carry.to == new && carry.amount == micro(10))
        #expect(try records.element(new)?.status == .inUse)
        // Set aside, until its order begins.
        #expect(try balance(.carried(from: PurseID(old, .gas)), in: records) == 10)
        let order = request(10, reference: carry.reference)
        for _ in 0..<2 {
            guard case .send(let sent) = try records.begin(order, of: new, elementHighest: .none, at: at(4_000))
            else { throw HostError(.openTransaction, "") }
            #expect(try balance(.carried(from: PurseID(old, .gas)), in: records) == 0)
            #expect(try balance(.inDoubt(in: PurseID(new, .gas)), in: records) == 10)
            _ = try records.conclude(sent, as: .notApplied, balance: .zero, at: at(4_001))
            #expect(try balance(.seller, in: records) == 0)
        }
        #expect(try records.openCarryOvers(to: new) == [carry])
        // Of another amount it is another order.
        #expect(throws: HostError(.otherOrder, "")) {
            try records.begin(request(11, reference: carry.reference), of: new, elementHighest: .none, at: at(5_000))
        }
        // Lost before it got the value, which goes on.
        try records.setStatus(.lost, of: new, because: nil, at: at(5_000))
        let onward = try records.replace(new, by: third, at: at(5_001))
        #expect(onward.map(\.to) == [third] && onward.map(\.from) == [old])
        try load(10, on: third, balance: 10, reference: carry.reference, in: records, at: 6_000)
        #expect(try records.openCarryOvers(to: third) == [])
        #expect(try balance(.held(by: PurseID(third, .gas)), in: records) == 10)
        #expect(try balance(.seller, in: records) == -10)
        #expect(try records.ledgerBalances().reduce(0) { $0 + $1.amount } == 0)
        // What the successor has cannot be paid out besides.
        let payment = LedgerOrder(
            key: IdempotencyKey("payment 1"), time: at(7_000),
            .release(PurseID(old, .gas), to: .subscriber(SubscriberID(rawValue: 1))))
        #expect(throws: HostError(.onOtherServers, "").self) { try refused(payment, in: records) }
        #expect(try records.violations() == [])
        try records.verify(against: try records.auditMarks())
    }

    /// A payment that the books refuse, or that would cross servers, by where the subscriber's account is.
    private func refused(_ order: LedgerOrder, in records: RecordCluster) throws {
        do throws(HostError) {
            _ = try records.book(order)
        } catch {
            #expect(error.code == .onOtherServers || error.code == .booksRefuse)
            throw HostError(.onOtherServers, "")
        }
    }

    @Test func `value that was paid out is not stored on a successor of another server`() throws {
        let servers = try RunningServers.databases()
        let records = try servers.cluster()
        let (old, new) = (servers.card(0, on: 0), servers.card(0, on: 3))
        try load(10, on: old, balance: 10, in: records)
        try records.setStatus(.lost, of: old, because: nil, at: at(2_000))
        let carry = try #require(try records.replace(old, by: new, at: at(3_000)).first)
        _ = try records.book(
            LedgerOrder(
                key: IdempotencyKey("payment 1"), time: at(4_000), .release(PurseID(old, .gas), to: .seller)))
        let started = try records.begin(
            request(10, reference: carry.reference), of: new, elementHighest: .none, at: at(5_000))
        guard case .declined(.books) = started else {
            Issue.record("\(started)")
            return
        }
        #expect(try records.transactions(of: new) == [])
    }

    @Test func `what would move value between servers is refused before anything is written`() throws {
        let servers = try RunningServers.databases()
        let records = try servers.cluster()
        let card = servers.card(0, on: 0)
        let meter = servers.card(0, on: 1, kind: .gasMeter)
        let purse = Bind(service: .gas, currency: euro, limit: micro(100), meter: meter, version: 1)
        func isRefused(_ body: () throws -> Void) { #expect(throws: HostError(.onOtherServers, ""), performing: body) }
        isRefused { try records.recordPurses([purse], of: card, at: at(1)) }
        isRefused { try records.requireTogether([card, meter]) }
        // A reseller's float that the records know.
        let float = servers.card(0, on: 2, kind: .masterKeyCard)
        let order = request(5, payer: float)
        _ = try records.begin(order, of: servers.card(1, on: 0), elementHighest: .none, at: at(1))
        try records.recordPurses([Bind(service: .float, currency: euro, limit: micro(100))], of: float, at: at(1))
        isRefused { _ = try records.begin(order, of: card, elementHighest: .none, at: at(1)) }
        _ = try records.begin(order, of: servers.card(1, on: 2), elementHighest: .none, at: at(1))
        let exchanged = servers.card(1, on: 2, kind: .gasMeter)
        try records.setStatus(.blocked, of: meter, because: nil, at: at(1))
        isRefused { _ = try records.replace(meter, by: exchanged, at: at(2)) }
        #expect(try records.element(card) == nil)
        #expect(try records.element(exchanged) == nil)
        #expect(try records.element(meter)?.status == .blocked)
        try records.requireTogether([card, servers.card(0, on: 0, kind: .gasMeter)])
    }

    @Test func `one commit is on one server, whichever its elements show`() async throws {
        let servers = try RunningServers.databases()
        let records = try servers.cluster()
        let (a, b) = (servers.card(0, on: 3), servers.card(1, on: 3))
        try await records.commit { (access) throws(HostError) in
            for eid in [a, b] { try access.setStatus(.blocked, of: eid, because: nil, at: at(1)) }
        }
        let other = servers.card(0, on: 1)
        await #expect(throws: HostError(.onOtherServers, "")) {
            try await records.commit { (access) throws(HostError) in
                for eid in [a, other] { try access.setStatus(.lost, of: eid, because: nil, at: at(2)) }
            }
        }
        #expect(try records.elements().map(\.status) == [.blocked, .blocked])
        // Others are read meanwhile.
        let read = try await records.commit(of: other) { (access) throws(HostError) in
            try access.setStatus(.lost, of: other, because: nil, at: at(3))
            return try access.element(a)?.status
        }
        #expect(read == .blocked)
    }

    @Test func `a database keeps its number and its shards`() throws {
        let servers = try RunningServers.databases()
        _ = try servers.cluster()
        let own = servers.spread.servers
        // Two that are changed over, one alone, and one with records of its own.
        let swapped = try FourServers([own[1], own[0], own[2], own[3]].map(\.address))
        #expect(throws: HostError(.otherSpread, "")) { try swapped.cluster() }
        #expect(throws: HostError(.otherSpread, "")) { try RecordDatabase(own[0].address, auditKey: nil) }
        let single = try RunningServers.databases()
        let database = try RecordDatabase(single.spread.servers[2].address, auditKey: nil)
        try database.setStatus(.lost, of: single.card(0, on: 0), at: at(1))
        database.close()
        #expect(throws: HostError(.otherSpread, "")) { try single.cluster() }
    }
}

@Suite("One of four servers that goes away") struct LostServerTests {
    @Test func `stops its shards alone, and everything adds up when it is back`() async throws {
        let running = try (0..<4).map { _ in try PostgreSQLServer() }
        let servers = try FourServers(running.map { try $0.database() })
        let records = try servers.cluster()
        let cards = (0..<4).map { server in (0..<6).map { servers.card($0, on: server) } }
        for card in cards.joined() { try load(10, on: card, balance: 10, in: records) }
        // An order whose outcome comes after the server has gone.
        guard
            case .send(let open) = try records.begin(
                request(5, reference: "A"), of: cards[2][0], elementHighest: HostTransaction(rawValue: 1),
                at: at(2_000))
        else { throw HostError(.openTransaction, "") }
        let marks = try records.auditMarks()
        #expect(marks.count == 4)
        running[2].stop()
        func isUnreachable(_ body: () throws -> Void) {
            do {
                try body()
                Issue.record("a server that is gone answers")
            } catch let error as HostError {
                #expect(error.code == .databaseUnreachable)
                #expect(error.subject.contains("postgresql://"))
            } catch {
                Issue.record(error)
            }
        }
        isUnreachable { _ = try records.conclude(open, as: .done, balance: micro(15), at: at(2_001)) }
        isUnreachable { _ = try records.element(cards[2][1]) }
        // What is asked of all says that a part is missing, and does not leave it out.
        isUnreachable { _ = try records.unsettled() }
        isUnreachable { _ = try records.ledgerBalances() }
        isUnreachable { _ = try records.verify(against: []) }
        for server in [0, 1, 3] {
            for card in cards[server] { try load(7, on: card, balance: 17, in: records, at: 3_000) }
        }
        // A host that starts now has the others, too.
        let late = try servers.cluster()
        try load(1, on: cards[0][0], balance: 18, in: late, at: 4_000)
        isUnreachable { try late.setStatus(.lost, of: cards[2][1], because: nil, at: at(4_000)) }
        // It has written on one server alone, and needs none of the others for its mark.
        #expect(try late.auditMarks().count == 1)
        try await late.commit { (access) throws(HostError) in
            try access.setStatus(.blocked, of: cards[3][5], because: nil, at: at(4_000))
        }
        // A card of the lost server is not replaced while it is gone; nothing of it is done in part.
        try records.setStatus(.lost, of: cards[1][5], because: nil, at: at(4_000))
        isUnreachable { _ = try records.replace(cards[1][5], by: cards[2][5], at: at(4_001)) }
        #expect(try records.element(cards[1][5])?.status == .lost)

        // Whichever server a commit is tried on first.
        running[0].stop()
        for store in [records, late] {
            try await store.commit { (access) throws(HostError) in
                try access.setStatus(.inUse, of: cards[3][5], because: nil, at: at(4_002))
            }
        }
        try running[0].start()
        try running[2].start()
        #expect(try records.transactionInDoubt(with: cards[2][0]) == open)
        _ = try records.conclude(open, as: .done, balance: micro(15), at: at(5_000))
        for card in cards[2].dropFirst() { try load(7, on: card, balance: 17, in: late, at: 5_000) }
        _ = try records.replace(cards[1][5], by: cards[2][5], at: at(5_001))
        #expect(try records.unsettled() == [])
        for store in [records, late] {
            #expect(try store.violations() == [] && store.differences() == [])
            let balances = try store.ledgerBalances()
            #expect(balances.reduce(0) { $0 + $1.amount } == 0)
            // 24 loads of 10, 23 of 7, one of 5, and one of 1.
            #expect(try balance(.seller, in: store) == -407)
            try store.verify(against: marks)
        }
    }
}

@Suite("How shards are spread over servers") struct ShardSpreadTests {
    @Test func `is read from text, and written again`() throws {
        let text = """
            # number shards address

            2 128-255 postgresql://db2/utility
            0\t0-62,64  host=db0 dbname=utility   # the first
            1 63,65-127 postgresql://db1/utility
            """
        let spread = try ShardSpread(text, path: "servers")
        #expect(spread.servers.map(\.number) == [0, 1, 2])
        #expect(spread.servers.map(\.ranges) == ["0-62,64", "63,65-127", "128-255"])
        #expect(spread.servers[0].address == "host=db0 dbname=utility")
        let again = spread.servers.map { "\($0.number) \($0.ranges) \($0.address)" }.joined(separator: "\n")
        #expect(try ShardSpread(again, path: "again") == spread)
    }

    @Test(
        arguments: [
            ("0 0-254 a", "shard 255 has no server"), ("0 0-255 a\n1 255 b", "shard 255 has the servers 0 and 1"),
            ("0 0-99 a\n0 100-255 b", "server 0 twice"), ("127 0-255 a", "server 127"), ("0 0-255", "line 1"),
            ("\n0 0-256 a", "line 2"), ("x 0-255 a", "line 1"), ("0 9-3 a", "line 1"), ("0 1-2-3 a", "line 1"),
            ("", "shard 0 has no server"),
        ])
    func `says what is wrong`(_ text: String, _ reason: String) {
        do throws(HostError) {
            _ = try ShardSpread(text, path: "servers")
            Issue.record("read: \(text)")
        } catch {
            #expect(error.code == .spreadInvalid && error.subject.contains(reason), "\(error.subject)")
        }
    }
}
