package import Records
import ValueProtocol

/// Changes to the audit trail in an SQL database as somebody makes them who may write to it, each of which must be found.
///
/// A change is made, verified and undone in one transaction, so that thousands of them take one trail.
package struct TrailTampering {
    /// A change that was not found.
    package struct Unnoticed: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Undone: Error {}

    private struct Entry {
        let writer: Int64
        let number: Int64
        var filter: String { "writer = \(writer) AND number = \(number)" }
    }

    private let records: any SQLRecords
    /// What takes away the triggers that keep the trail.
    private let disarm: [String]
    private var random: SeededNumbers
    private let entries: [Entry]
    private let roots: Int64
    private let marks: [AuditMark]

    private static let integers = ["writer", "number", "time", "shard", "sequence", "form", "kind", "subject"]

    /// - Parameters:
    ///   - stores: open more than once, if the database takes several writers; each records a part of the trail.
    ///   - disarm: the statements that take away the triggers of the trail.
    ///   - seed: of the trail and of the changes.
    /// - Throws: what the records throw.
    package init(_ stores: [any RecordStore & SQLRecords], disarm: [String], seed: UInt64) throws {
        records = stores[0]
        self.disarm = disarm
        random = SeededNumbers(seed: seed)
        struct One: RecordStoreUnderTest {
            let store: any RecordStore
            func open() -> any RecordStore { store }
        }
        var life = RandomLife(Trial(check: .trail, seed: seed, records: One(store: stores[0])))
        for step in 0..<180 {
            try life.step(in: stores[step % stores.count])
            if step % 50 == 49 { try stores[step % stores.count].signRoot(at: at(10_000 + UInt32(step))) }
        }
        marks = try stores.compactMap { try $0.auditMark() }
        entries = try stores[0].auditTrail(of: nil).map { Entry(writer: Int64($0.mark.writer), number: $0.mark.number) }
        roots = Int64(try stores[0].roots().count)
        try stores[0].verifyTrail(against: marks)
    }

    /// Makes changes of each kind in turn.
    ///
    /// - Throws: `Unnoticed` with the first one that was not found.
    package mutating func run(_ count: Int) throws {
        for turn in 0..<count {
            let statements = next(turn)
            do throws(HostError) {
                try records.write { database -> Void in
                    for statement in disarm + statements { try database.execute(statement, []) }
                    let scope = RecordScope(database, path: records.path, trail: records.trail, undoesCalls: false)
                    do throws(HostError) {
                        try scope.verifyTrail(against: marks)
                    } catch {
                        guard error.code == .auditBroken || error.code == .corrupt || error.code == .wrongAuditKey
                        else { throw error }
                        throw Undone()
                    }
                    throw Unnoticed(description: statements.joined(separator: "; "))
                }
            } catch {
                guard error.cause is Undone else { throw error.cause ?? error }
            }
        }
        try records.verifyTrail(against: marks)
    }

    private mutating func next(_ turn: Int) -> [String] {
        let entry = entries[random.below(entries.count)]
        switch turn % 17 {
        case 0..<8:
            // A number that no other entry has.
            let column = Self.integers[turn % 17]
            return ["UPDATE audit_event SET \(column) = \(column) + \(1_000 + random.below(9)) WHERE \(entry.filter)"]
        case 8:
            return ["UPDATE audit_event SET eid = '00000001-10-\(100_000 + random.below(9))' WHERE \(entry.filter)"]
        case 9: return ["UPDATE audit_event SET eid = lower(eid) || ' ' WHERE \(entry.filter)"]
        case 10, 11:
            let column = turn % 17 == 10 ? "content" : "hash"
            return ["UPDATE audit_event SET \(column) = \(blob(32 + random.below(8))) WHERE \(entry.filter)"]
        case 12: return ["DELETE FROM audit_event WHERE \(entry.filter)"]
        case 13: return swap(entry)
        case 14: return ["DELETE FROM audit_event WHERE writer = \(entry.writer) AND number >= \(entry.number)"]
        default: return turn % 17 == 15 ? root() : rootRemoved()
        }
    }

    /// Two entries of a chain change places.
    private mutating func swap(_ entry: Entry) -> [String] {
        let others = entries.filter { $0.writer == entry.writer && $0.number != entry.number }
        let other = others[random.below(others.count)]
        let change = "UPDATE audit_event SET number ="
        return [
            "\(change) 1000000 WHERE \(entry.filter)", "\(change) \(entry.number) WHERE \(other.filter)",
            "\(change) \(other.number) WHERE writer = \(entry.writer) AND number = 1000000",
        ]
    }

    private mutating func root() -> [String] {
        let columns = [
            "number = number + 1000", "time = time + 1", "previous = \(blob(32))", "heads = \(blob(84))",
            "heads = \(blob(83))", "signature = \(blob(64))",
        ]
        return ["UPDATE audit_root SET \(columns[random.below(columns.count)]) WHERE number = \(number(roots))"]
    }

    /// One in front of others; or the newest, with the entries that it covers last.
    private mutating func rootRemoved() -> [String] {
        guard random.isOneIn(2) else { return ["DELETE FROM audit_root WHERE number = \(number(roots - 1))"] }
        return [
            "DELETE FROM audit_root WHERE number = \(roots)",
            "DELETE FROM audit_event WHERE number > \(entries.count / 4)",
        ]
    }

    private mutating func number(_ highest: Int64) -> Int64 { 1 + Int64(random.below(Int(highest))) }

    /// In the notation of `disarm`'s database.
    private mutating func blob(_ count: Int) -> String {
        let digits = (0..<count).map { _ in
            let byte = String(random.below(256), radix: 16)
            return byte.count == 1 ? "0" + byte : byte
        }.joined()
        return isPostgreSQL ? "'\\x\(digits)'" : "x'\(digits)'"
    }

    private var isPostgreSQL: Bool { records.path.hasPrefix("postgresql:") }
}
