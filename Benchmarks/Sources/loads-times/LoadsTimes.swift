import CRecordsPeer
import CardCrypto
import Foundation
import Records
import RecordsPostgreSQL
import RecordsSQLite
import ValueProtocol

/// Times confirmed loads as a host records them: the intent in one durable commit, the outcome, the balance and their
/// entries in the audit trail in another; alone, and many at once, beside a C program that writes the same rows.
///
/// Usage: loads-times FOLDER ORDERS [ADDRESS]: where the files are, how many orders a turn has, and a PostgreSQL database.
@main
struct LoadsTimes {
    static let elements: UInt32 = 1000
    static let atOnce = 500
    /// What each order brings.
    static let amount: UInt64 = 1_000_000
    static let key = Secret(copying: Array(1...32))

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let orders = UInt32(arguments[2]) else {
            print("loads-times FOLDER ORDERS [ADDRESS]")
            return
        }
        let folder = arguments[1]
        let sync = records_peer_sync(folder + "/sync", 200)
        print("fdatasync of 4 KiB, median of 200: \(microseconds(sync)) us")
        try await file(orders, in: folder)
        if arguments.count > 3 { try await database(orders, at: arguments[3]) }
    }

    // MARK: A record file

    static func file(_ orders: UInt32, in folder: String) async throws {
        var (alone, grouped): ([Double], [Double]) = ([], [])
        for turn in 1...5 {
            let file = try newFile(folder, "ours")
            try await prepare(file)
            let ours = try await time(orders) { try single($0, file) }
            try file.close()
            let peer = try c(orders, folder, group: 1)
            let shared = try newFile(folder, "grouped")
            try await prepare(shared)
            let together = try await time(orders * 4) { try await concurrent($0, shared) }
            try shared.close()
            let peerTogether = try c(orders * 4, folder, group: UInt32(atOnce))
            print(
                "turn \(turn), SQLite: one order a commit \(rate(ours)), C \(rate(peer)); grouped \(rate(together)), "
                    + "C \(rate(peerTogether))")
            alone.append(ours / peer)
            grouped.append(together / peerTogether)
        }
        print("ours / C, median of turns: one order a commit \(median(alone)), grouped \(median(grouped))")
    }

    private static func newFile(_ folder: String, _ name: String) throws -> RecordFile {
        let path = folder + "/" + name
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
        return try RecordFile.create(at: path, auditKey: key)
    }

    /// Orders a second of the peer.
    private static func c(_ orders: UInt32, _ folder: String, group: UInt32) throws -> Double {
        try newFile(folder, "peer").close()
        let seconds = records_peer_run(folder + "/peer", orders, elements, group)
        precondition(seconds > 0, "the peer failed")
        return Double(orders) / seconds
    }

    // MARK: A database

    static func database(_ orders: UInt32, at address: String) async throws {
        let records = try RecordDatabase(address, auditKey: key)
        for turn in 1...3 {
            let first = UInt32(turn) * 100_000
            try await prepare(records, from: first)
            let alone = try await time(orders) { try single($0, records, from: first) }
            try await prepare(records, from: first + 50_000)
            let together = try await time(orders * 4) { try await concurrent($0, records, from: first + 50_000) }
            print("turn \(turn), PostgreSQL: one order a commit \(rate(alone)); grouped \(rate(together))")
        }
    }

    // MARK: Orders

    /// Orders a second.
    private static func time(_ orders: UInt32, _ body: (UInt32) async throws -> Void) async throws -> Double {
        let clock = ContinuousClock()
        let duration = try await clock.measure { try await body(orders) }
        return Double(orders) / (Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18)
    }

    /// Each element has had an order before: the peer writes the rows of those that follow.
    private static func prepare(_ records: some RecordStore, from first: UInt32 = 0) async throws {
        try await concurrent(elements, elements, records, from: first, applied: 0)
    }

    /// One order after another.
    private static func single(_ orders: UInt32, _ records: some RecordStore, from first: UInt32 = 0) throws {
        for order in 0..<orders {
            try load(1 + UInt64(order / elements), of: eid(first + order % elements), in: records)
        }
    }

    /// Many elements at once, each with its orders one after another.
    private static func concurrent(
        _ orders: UInt32, _ records: some RecordStore, from first: UInt32 = 0
    ) async throws {
        try await concurrent(orders, UInt32(atOnce), records, from: first, applied: 1)
    }

    /// - Parameters:
    ///   - elements: how many take part.
    ///   - applied: how many orders each has had.
    private static func concurrent(
        _ orders: UInt32, _ elements: UInt32, _ records: some RecordStore, from first: UInt32, applied: UInt64
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for element in 0..<elements {
                group.addTask {
                    let eid = eid(first + element)
                    for applied in applied..<(applied + UInt64(orders / elements)) {
                        let intent = try await records.commit(of: eid) { (records) throws(HostError) in
                            try begin(applied, of: eid, in: records)
                        }
                        try await records.commit(of: eid) { (records) throws(HostError) in
                            try end(intent, in: records)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func eid(_ number: UInt32) -> PartyID {
        PartyID(issuer: 1, kind: .subscriberCard, number: number)
    }

    private static func load(_ applied: UInt64, of eid: PartyID, in records: any RecordAccess) throws(HostError) {
        try end(try begin(applied, of: eid, in: records), in: records)
    }

    private static func begin(
        _ applied: UInt64, of eid: PartyID, in records: any RecordAccess
    ) throws(HostError) -> CreditTransaction {
        let request = CreditRequest(
            kind: .storeCredit, service: .gas, currency: Currency(rawValue: 978),
            amount: Amount(rawValue: amount), reference: nil)
        let started = try records.begin(
            request, of: eid, elementHighest: HostTransaction(rawValue: applied), at: Timestamp(rawValue: 1000))
        guard case .send(let transaction) = started else { preconditionFailure("not sent: \(started)") }
        return transaction
    }

    private static func end(_ intent: CreditTransaction, in records: any RecordAccess) throws(HostError) {
        let settled = try records.conclude(
            intent, as: .done, balance: Amount(rawValue: intent.htxn.rawValue * amount),
            at: Timestamp(rawValue: 1001))
        precondition(settled.state == .done, "an order was lost")
    }

    // MARK: Text

    private static func median(_ values: [Double]) -> String {
        String(format: "%.2f", values.sorted()[values.count / 2])
    }

    private static func rate(_ perSecond: Double) -> String { "\(Int(perSecond))/s" }

    private static func microseconds(_ seconds: Double) -> String { String(format: "%.0f", seconds * 1e6) }
}
