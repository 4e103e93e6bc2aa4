import CardCrypto
import Records
import RecordsPostgreSQL
import TestPrograms
import Testing
import ValueProtocol

@Suite("Signed roots over the chains of several processes")
struct AuditRootTests {
    private let stores: [RecordDatabase]

    init() throws {
        let address = try PostgreSQLServer.shared.get().database()
        let key = Secret(copying: Array(1...32))
        stores = try (0..<3).map { _ in try RecordDatabase(address, auditKey: key) }
    }

    private func block(_ number: UInt32, in store: RecordDatabase) throws {
        let eid = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number)
        try store.setStatus(.blocked, of: eid, because: nil, at: Timestamp(rawValue: number))
    }

    @Test func `each root covers what each process had committed, and no entry is left between two`() throws {
        let publicKey = try #require(try stores[0].rootKey)
        for round: UInt32 in 0..<12 {
            for writer in 0..<3 where round % UInt32(writer + 1) == 0 {
                try block(round * 10 + UInt32(writer), in: stores[writer])
            }
            // Any process signs, whoever wrote.
            try stores[Int(round) % 3].signRoot(at: Timestamp(rawValue: round))
        }
        let roots = try stores[0].roots()
        #expect(roots.map(\.number) == Array(1...12))
        #expect(roots.allSatisfy { $0.heads.map(\.writer) == stores.map { $0.trail.writer }.sorted() })
        try stores[1].verify()
        for mark in try stores[0].auditTrail().map(\.mark) {
            #expect(try stores[2].proof(of: mark)?.isValid(for: publicKey) == true, "\(mark)")
        }
    }

    @Test func `a commit that comes late is covered by the next root`() throws {
        try block(1, in: stores[0])
        let eid = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: 2)
        let gap = AuditEvent.numberGap(applied: HostTransaction(rawValue: 2), known: .none)
        // The entry has its number and is written, and is not committed when the root is signed.
        let early = try stores[1].write { database in
            try stores[1].trail.append(gap, of: eid, at: Timestamp(rawValue: 4), to: database)
            try database.flushNotes()
            return try stores[0].signRoot(at: Timestamp(rawValue: 5))
        }
        let next = try #require(try stores[2].signRoot(at: Timestamp(rawValue: 6)))
        #expect(early?.heads.map(\.count) == [1, 0, 0])
        #expect(next.heads.map(\.count) == [0, 1, 0])
        try stores[0].verify()
    }
}
