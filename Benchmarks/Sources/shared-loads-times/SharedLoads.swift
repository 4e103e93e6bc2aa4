import CardCrypto
import Foundation
import Records
import RecordsPostgreSQL
import ValueProtocol

/// Times confirmed loads that several processes record in one PostgreSQL database at once: the intent in one durable commit,
/// the outcome in another, as `loads-times` does, each process with many elements at a time.
///
/// Usage: shared-loads-times ADDRESS ORDERS [PROCESSES…]: a database, how many orders a process has, and how many
/// processes. Each turn is done with all shards shared, and with each process holding the leases of its part of them.
@main
struct SharedLoads {
    static let key = Secret(copying: Array(1...32))
    static let atOnce = 200

    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 6, arguments[1] == "process" {
            return try await process(arguments[2], Int(arguments[3])!, Int(arguments[4])!, arguments[5] == "leased")
        }
        guard arguments.count >= 3, let orders = Int(arguments[2]) else {
            say("shared-loads-times ADDRESS ORDERS [PROCESSES…]")
            return
        }
        // Makes the tables.
        try RecordDatabase(arguments[1], auditKey: key).close()
        let counts = arguments.dropFirst(3).compactMap { Int($0) }
        for turn in 1...3 {
            for count in counts.isEmpty ? [1, 2, 4] : counts {
                for mode in ["shared", "leased"] {
                    let rate = try turnRate(arguments[1], orders, processes: count, mode, turn)
                    say("turn \(turn), \(count) processes, \(mode): \(Int(rate)) orders/s")
                }
            }
        }
    }

    /// At once, so that nothing is lost where a process fails.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    /// A process that did not come to its end; why is in its error output.
    private struct ProcessFailed: Error { let status: Int32 }

    /// Orders a second of all processes, from the moment when the last of them is ready.
    private static func turnRate(
        _ address: String, _ orders: Int, processes count: Int, _ mode: String, _ turn: Int
    ) throws -> Double {
        var running: [(process: Process, input: Pipe, output: Pipe)] = []
        for number in 0..<count {
            let (process, input, output) = (Process(), Pipe(), Pipe())
            process.executableURL = URL(filePath: CommandLine.arguments[0])
            // Each process and turn has elements of its own.
            let first = (turn * 100 + count * 10 + number) * 2 + (mode == "leased" ? 1 : 0)
            process.arguments = ["process", address, "\(orders)", "\(first)", mode]
            (process.standardInput, process.standardOutput) = (input, output)
            try process.run()
            running.append((process, input, output))
        }
        // Each says when it has opened the records and taken its leases.
        for one in running where one.output.fileHandleForReading.readData(ofLength: 1).isEmpty {
            one.process.waitUntilExit()
            throw ProcessFailed(status: one.process.terminationStatus)
        }
        let start = ContinuousClock.now
        for one in running { try one.input.fileHandleForWriting.close() }
        for one in running {
            one.process.waitUntilExit()
            let status = one.process.terminationStatus
            guard status == 0 else { throw ProcessFailed(status: status) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Double(orders * count) / seconds
    }

    // MARK: One process

    private static func process(_ address: String, _ orders: Int, _ first: Int, _ isLeased: Bool) async throws {
        let records = try RecordDatabase(address, auditKey: key, leases: LeaseTerms(duration: .seconds(600)))
        // The leases of those that run at once are parts of all shards.
        let shards = isLeased ? try records.takeLeases(of: Shard.all, atMost: Shard.count / 4) : Shard.all
        let elements = (0...).lazy.map { PartyID(issuer: UInt32(first), kind: .subscriberCard, number: $0) }
            .filter { shards.contains(Shard(of: $0)) }.prefix(atOnce)
        FileHandle.standardOutput.write(Data([UInt8(ascii: ".")]))
        _ = FileHandle.standardInput.readDataToEndOfFile()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for eid in elements {
                group.addTask {
                    for applied in 0..<UInt64(orders / atOnce) { try await load(applied, of: eid, in: records) }
                }
            }
            try await group.waitForAll()
        }
        records.close()
    }

    private static func load(_ applied: UInt64, of eid: PartyID, in records: RecordDatabase) async throws {
        let request = CreditRequest(
            kind: .storeCredit, service: .gas, currency: Currency(rawValue: 978), amount: Amount(rawValue: 1_000_000),
            reference: nil)
        let started = try await records.commit(of: eid) { (records) throws(HostError) in
            try records.begin(
                request, of: eid, elementHighest: HostTransaction(rawValue: applied), at: Timestamp(rawValue: 1000))
        }
        guard case .send(let transaction) = started else { preconditionFailure("not sent: \(started)") }
        let settled = try await records.commit(of: eid) { (records) throws(HostError) in
            try records.conclude(
                transaction, as: .done, balance: Amount(rawValue: transaction.htxn.rawValue * 1_000_000),
                at: Timestamp(rawValue: 1001))
        }
        precondition(settled.state == .done, "an order was lost")
    }
}
