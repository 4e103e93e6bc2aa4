import Foundation
import HeadEnd
import Records
import RecordsSQLite
import Synchronization
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

/// Host and meter as two processes over a line that does everything wrong, both killed again and again.
///
/// `VALUESTORE_CAMPAIGN=1` has a thousand orders carried out.
@Suite("Two processes") struct TwoProcessTests {
    private static let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil
    private static let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)

    @Test func `nothing is lost or doubled, and every order ends known`() async throws {
        try await offPool { try campaign(orders: Self.isCampaign ? 1000 : 40, seed: 11) }
    }

    private func campaign(orders: Int, seed: UInt64) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let (memory, records) = (folder.path(of: "meter"), folder.path(of: "records"))
        _ = try said(["make", memory])
        _ = try said(["records", records])
        let before = try shown(memory)
        let kills = try carryOut(orders, memory, records, seed)
        #expect(kills.host > 0 && kills.meter > 0)
        try check(orders, before, after: try shown(memory), records, kills.done)
    }

    /// Runs both until all orders are done, killing one or the other after every few pieces that the relay carried: the
    /// relay then carries no more until it has happened, so that both are killed however slow this thread is.
    private func carryOut(
        _ orders: Int, _ memory: String, _ records: String, _ seed: UInt64
    ) throws -> (host: Int, meter: Int, done: [Int: [String]]) {
        var random = SeededGenerator(seed: seed)
        let untilKill = Monitor(Int.random(in: 1...60, using: &random))
        let relay = try TCPRelay(losingWithSeed: seed) {
            untilKill.wait { $0 > 0 ? true : nil }
            untilKill.withLock { $0 -= 1 }
        }
        defer {
            untilKill.withLock { $0 = .max }
            relay.stop()
        }
        let lines = Monitor<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var meter = try startMeter(memory, relay)
        defer { meter.kill() }
        var first = 0
        var (hostKills, meterKills) = (0, 0)
        func startHost() throws -> RunningProgram {
            try RunningProgram(party(["host", records, "\(relay.port)", "\(seed)", "\(first)", "\(orders)"])) { line in
                lines.withLock { $0.append(line) }
                // The last line ends the wait below.
                untilKill.withLock { _ in }
            }
        }
        var host = try startHost()
        while all.last != "over" {
            // A line that carries nothing for ten minutes hangs.
            let isDue: Bool? = untilKill.wait(until: Date(timeIntervalSinceNow: 600)) { left in
                left == 0 || lines.withLock { $0.last == "over" } ? true : nil
            }
            guard isDue != nil else {
                host.kill()
                throw Hanging(expected: "the host's next piece, or its last line", lines: all.suffix(5).map { $0 })
            }
            if all.last == "over" { break }
            // Somewhere within the work on the last piece, wherever that is.
            Thread.sleep(forTimeInterval: Double.random(in: 0...0.03, using: &random))
            if Bool.random(using: &random) {
                meter.kill()
                meterKills += 1
                meter = try startMeter(memory, relay)
            } else {
                host.kill()
                hostKills += 1
                first = (done(all).keys.max() ?? -1) + 1
                host = try startHost()
            }
            untilKill.withLock { $0 = Int.random(in: 1...60, using: &random) }
        }
        #expect(host.waitForEnd() == 0)
        return (hostKills, meterKills, done(all))
    }

    /// Nothing came over the line.
    private struct Hanging: Error {
        let expected: String
        /// The host's last lines.
        let lines: [String]
    }

    /// Starts the meter and leads the relay to it.
    private func startMeter(_ memory: String, _ relay: TCPRelay) throws -> RunningProgram {
        let meter = try RunningProgram(party(["meter", memory]))
        relay.lead(to: try #require(UInt16(try meter.nextLine().dropFirst(5))))
        return meter
    }

    private func party(_ arguments: [String]) -> Program { Program(BuiltProgram.lineTestPeer.path, arguments) }

    /// Runs a party that ends by itself, and gives its lines.
    private func said(_ arguments: [String]) throws -> [Substring] {
        let outcome = try party(arguments).runBlocking()
        #expect(outcome.status == 0, "\(outcome)")
        return outcome.output.split(separator: "\n")
    }

    /// What the host said of each order that is done.
    private func done(_ lines: [String]) -> [Int: [String]] {
        var done: [Int: [String]] = [:]
        for line in lines where line.hasPrefix("done ") {
            let words = line.split(separator: " ").map(String.init)
            if words.count > 2, let number = Int(words[1]) { done[number] = Array(words.dropFirst(2)) }
        }
        return done
    }

    private func shown(_ memory: String) throws -> [String: UInt64] {
        var shown: [String: UInt64] = [:]
        for line in try said(["show", memory]) {
            let words = line.split(separator: " ")
            shown[String(words[0])] = UInt64(words[1])
        }
        return shown
    }

    /// The meter holds what was stored and not taken off, once each; the records know how every order ended.
    private func check(
        _ orders: Int, _ before: [String: UInt64], after: [String: UInt64], _ path: String, _ said: [Int: [String]]
    ) throws {
        let records = try RecordFile.open(at: path, auditKey: nil)
        try records.verify()
        #expect(try records.unsettled().isEmpty)
        let transactions = try records.transactions(of: Self.meter)
        #expect(transactions.map(\.htxn.rawValue) == transactions.indices.map { UInt64($0 + 1) })
        let done = transactions.filter { $0.state == .done }
        #expect(Set(done.map(\.reference)).count == done.count, "an order was done twice")
        var balance = try #require(before["balance"])
        var price: UInt64?
        for transaction in done {
            let amount = transaction.order.amount.rawValue
            switch transaction.kind {
            case .storeCredit: balance += amount
            case .refund: balance -= amount
            case .convertTariff: price = transaction.tariff?.table.price.rawValue
            }
        }
        #expect(after["balance"] == balance)
        #expect(price != nil && after["price"] == price)
        for number in 0..<orders {
            // A host that was killed after the outcome was written said nothing of it, and did not do it again.
            let words = said[number] ?? []
            let own = transactions.filter { $0.reference == "order \(number)" }
            switch words.first {
            case "credit", "refund", "tariff":
                #expect(own.filter { $0.state == .done }.count == (words[2] == "true" ? 1 : 0))
            case "use", "status": #expect(own.isEmpty)
            default: Issue.record("order \(number) was not done: \(words)")
            }
        }
        let hours = try records.use(of: Self.meter, .hours)
        #expect(hours.count >= 72)
        #expect(hours.reduce(0) { $0 + UInt64($1.quantity) } == after["use"])
        try records.close()
    }
}
