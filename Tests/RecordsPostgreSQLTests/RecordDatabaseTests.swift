import CardCrypto
import Records
import RecordsPostgreSQL
import TestPrograms
import Testing
import ValueProtocol

private let euro = Currency(rawValue: 978)

private func card(_ number: UInt32) -> PartyID { PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number) }

/// Expects that `body` fails with a `HostError` of `code`.
private func expect(
    _ code: HostError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    #expect(throws: HostError(code, ""), sourceLocation: sourceLocation) { try body() }
}

@Suite("A database of records")
struct RecordDatabaseTests {
    private let server: PostgreSQLServer
    private let address: String
    private let key = Secret(copying: Array(1...32))

    init() throws {
        server = try PostgreSQLServer.shared.get()
        address = try server.database()
    }

    private func open() throws(HostError) -> RecordDatabase { try RecordDatabase(address, auditKey: key) }

    private func load(
        _ amount: UInt64, on eid: PartyID, balance: UInt64? = nil, reference: String? = nil, in records: RecordDatabase
    ) throws -> CreditTransaction {
        let request = CreditRequest(
            kind: .storeCredit, service: .gas, currency: euro, amount: Amount(rawValue: amount), reference: reference)
        let started = try records.begin(request, of: eid, elementHighest: .none, at: Timestamp(rawValue: 1000))
        guard case .send(let transaction) = started else {
            Issue.record("\(started)")
            throw HostError(.openTransaction, "\(eid)")
        }
        return try records.conclude(
            transaction, as: .done, balance: Amount(rawValue: balance ?? amount), at: Timestamp(rawValue: 1001))
    }

    @Test func `what one process records another one reads`() throws {
        let (first, second) = (try open(), try open())
        let loaded = try load(5, on: card(1), reference: "one", in: first)
        #expect(try second.transactions() == [loaded])
        #expect(try second.receipt(loaded.htxn, of: card(1))?.mark.writer == first.trail.writer)
        _ = try load(7, on: card(1), balance: 12, reference: "two", in: second)
        #expect(first.trail.writer != second.trail.writer)
        #expect(try first.verify() == 6)
        #expect(try first.balances(of: card(1)).map(\.amount) == [Amount(rawValue: 12)])
    }

    @Test func `a chain is free again when its process has closed it`() throws {
        let first = try open()
        let writer = first.trail.writer
        _ = try load(5, on: card(1), in: first)
        first.close()
        expect(.databaseUnreachable) { _ = try first.transactions() }
        let next = try open()
        #expect(next.trail.writer == writer)
        _ = try load(6, on: card(1), in: next)
        try next.verify()
    }

    @Test func `another key, somebody else's tables, newer tables, no server`() throws {
        let records = try open()
        // Also where the chain that has the key is another process's.
        expect(.wrongAuditKey) { _ = try RecordDatabase(address, auditKey: nil) }
        records.close()
        expect(.wrongAuditKey) { _ = try RecordDatabase(address, auditKey: nil) }
        try server.execute("UPDATE record_schema SET version = 9", in: address)
        expect(.fileNewer) { _ = try open() }
        let other = try server.database()
        try server.execute("CREATE TABLE song (title TEXT)", in: other)
        expect(.notARecordFile) { _ = try RecordDatabase(other, auditKey: nil) }
        expect(.databaseUnreachable) { _ = try RecordDatabase("postgresql:///none?host=/nowhere", auditKey: nil) }
    }

    @Test(
        arguments: [
            "UPDATE audit_event SET content = '\\x00'", "DELETE FROM audit_event WHERE number = 1",
        ])
    func `the trail is only added to`(_ change: String) throws {
        let records = try open()
        _ = try load(5, on: card(1), in: records)
        #expect(throws: PostgreSQLServer.Failed.self) { try server.execute(change, in: address) }
    }

    @Test(
        arguments: [
            "UPDATE audit_event SET hash = '\\x00' WHERE number = 2", "UPDATE audit_event SET time = time + 1",
            "DELETE FROM audit_event WHERE number = 2", "UPDATE audit_event SET writer = 77",
            "UPDATE audit_event SET sequence = sequence + 10",
        ])
    func `nobody rewrites the trail quietly`(_ change: String) throws {
        let records = try open()
        _ = try load(5, on: card(1), in: records)
        try server.execute("DROP TRIGGER audit_event_stays ON audit_event; " + change, in: address)
        expect(.auditBroken) { try records.verify() }
    }

    @Test(
        arguments: [
            "UPDATE balance SET amount = amount + 1", "DELETE FROM balance",
            "UPDATE credit_transaction SET amount = 50", "UPDATE element SET standing = 1",
        ])
    func `records that differ from the trail do not verify`(_ change: String) throws {
        let records = try open()
        _ = try load(5, on: card(1), in: records)
        try server.execute(change, in: address)
        expect(.auditBroken) { try records.verify() }
    }
}

@Suite("A change that passes over an error of the database")
struct PassedOverErrorTests {
    @Test func `is an error, and no commit that was none`() throws {
        let records = try RecordDatabase(try PostgreSQLServer.shared.get().database(), auditKey: nil)
        var passedOver: (any Error)?
        expect(.notARecordFile) {
            try records.write { database in
                try database.execute("INSERT INTO element (shard, eid) VALUES (?, ?)", [.integer(1), .text("x")])
                do { _ = try database.query("SELECT none FROM element", []) } catch { passedOver = error }
            }
        }
        #expect(passedOver != nil)
        try records.setStatus(.lost, of: card(1), because: nil, at: Timestamp(rawValue: 1))
        #expect(try records.elements().map(\.eid) == [card(1)])
    }
}

@Suite("A database that goes away")
struct LostDatabaseTests {
    @Test func `is an error while it is gone, and goes on when it is back`() throws {
        let server = try PostgreSQLServer()
        let records = try RecordDatabase(try server.database(), auditKey: nil)
        try records.setStatus(.lost, of: card(1), at: Timestamp(rawValue: 1))
        server.stop()
        expect(.databaseUnreachable) { try records.setStatus(.blocked, of: card(1), at: Timestamp(rawValue: 2)) }
        expect(.databaseUnreachable) { _ = try records.element(card(1)) }
        expect(.databaseUnreachable) { try records.setStatus(.blocked, of: card(1), at: Timestamp(rawValue: 3)) }
        try server.start()
        #expect(try records.element(card(1))?.status == .lost)
        try records.setStatus(.blocked, of: card(1), at: Timestamp(rawValue: 4))
        #expect(try records.element(card(1))?.status == .blocked)
        #expect(try records.verify() == 2)
    }

    @Test func `a connection that was cut in between is made anew`() throws {
        let server = try PostgreSQLServer.shared.get()
        let address = try server.database()
        let records = try RecordDatabase(address, auditKey: nil)
        try records.setStatus(.lost, of: card(1), at: Timestamp(rawValue: 1))
        _ = try records.elements()
        try server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                + "AND pid <> pg_backend_pid()", in: address)
        try records.setStatus(.blocked, of: card(1), at: Timestamp(rawValue: 2))
        #expect(try records.elements().map(\.status) == [.blocked])
        try records.verify()
    }
}
