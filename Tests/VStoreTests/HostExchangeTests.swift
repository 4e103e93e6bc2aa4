import Foundation
import TestPrograms
import TestSupport
import Testing

/// Exchanging meters, refunds of what they held, and tables for later, by commands only.
@Suite("Exchanged meters") struct HostExchangeTests {
    private static let pass = "--passphrase-file -"
    private static let old = Desk.gasMeter
    private static let new = "00A1B2C3-02-000079"

    /// A desk with two issued gas meters, each on a line while `body` runs.
    private func withMeters(_ body: (Desk, _ old: String, _ new: String) throws -> Void) throws {
        try Desk.with { desk in
            try desk.makeMeter()
            try desk.done("meter new --meter gas2 --id \(Self.new) --price 0.90 \(Self.pass)", Desk.passphrase)
            try desk.done("card issue --card gas2 --purse gas:EUR:500 --yes \(Self.pass)", Desk.passphrase)
            let meters = try ["gas", "gas2"].map { name in
                try RunningProgram(
                    Program(
                        BuiltProgram.lineTestPeer.path,
                        ["element", desk.vstore.home.appending(path: "meters/\(name)").path]))
            }
            defer { for meter in meters { meter.kill() } }
            let ports = try meters.map { try #require(try $0.nextLine().split(separator: " ").last) }
            try body(desk, "\(Self.old)@tcp:127.0.0.1:\(ports[0])", "\(Self.new)@tcp:127.0.0.1:\(ports[1])")
        }
    }

    private func done(_ desk: Desk, _ line: String) throws -> [String: Any] {
        try desk.done("\(line) \(Self.pass)", Desk.passphrase)
    }

    private func run(_ desk: Desk, _ line: String) throws -> VStoreProgram.Outcome {
        try desk.vstore.run("\(line) \(Self.pass)", input: Desk.passphrase)
    }

    private func result(_ document: [String: Any]) -> [String: Any] {
        (document["meters"] as? [[String: Any]])?.first?["result"] as? [String: Any] ?? [:]
    }

    @Test func `a meter is exchanged with its value`() throws {
        try withMeters { desk, old, new in
            let credit = result(try done(desk, "host credit 50 \(old)"))
            #expect((credit["account"] as? [String: Any])?["value"] as? String == "50.00")
            #expect(try run(desk, "host exchange \(old) --by \(Self.new)").status == 64, "nobody can be asked")
            let exchanged = try done(desk, "host exchange \(old) --by \(Self.new) --yes")
            let reading = try #require(exchanged["reading"] as? [String: Any])
            #expect(reading["balance"] as? String == "50.00" && reading["quantity"] == nil)
            let account = try #require(reading["account"] as? [String: Any])
            #expect(account["debt"] as? String == "0.00" && account["supply"] as? String == "off")
            #expect((exchanged["carried"] as? [[String: String]])?.first?["amount"] == "50.00")
            #expect((exchanged["debts"] as? [Any])?.isEmpty == true)
            // It comes with whatever contact is next.
            let status = try done(desk, "host status \(new)")
            let owed = (status["meters"] as? [[String: Any]])?.first?["owed"] as? [[String: Any]]
            #expect(owed?.first?["amount"] as? String == "50.00")
            #expect(result(try done(desk, "host status \(new)"))["balance"] as? String == "50.00")
            // Said again, in words; and the old one takes no orders any more.
            let again = try run(desk, "host exchange \(old) --by \(Self.new) --yes")
            #expect(again.status == 0 && again.output.contains("final reading: value 50.00 EUR, debt 0.00"))
            let declined = try run(desk, "host refund 5 \(old)")
            #expect(declined.status == 1)
            #expect(declined.errors.contains("replaced by \(Self.new)"))
            #expect(declined.errors.contains("vstore host release"))
            #expect(result(try done(desk, "host refund 50 \(new)"))["transaction"] != nil)
            #expect(try run(desk, "host check").status == 0)
            let trail = try run(desk, "host audit --of \(Self.old)").output
            #expect(trail.contains("final reading"))
        }
    }

    @Test func `what a meter that cannot be read held is refunded`() throws {
        try withMeters { desk, old, new in
            _ = try done(desk, "host credit 50 \(old)")
            let unsaid = try run(desk, "host exchange \(Self.old) --by \(Self.new) --yes")
            #expect(unsaid.status == 64 && unsaid.errors.contains("--carry"))
            #expect(try run(desk, "host release \(Self.old)").status == 1)
            let exchanged = try done(desk, "host exchange \(Self.old) --by \(Self.new) --carry known --yes")
            #expect(exchanged["reading"] == nil)
            let released = try done(desk, "host release \(Self.old) --yes")
            let transfer = (released["transfers"] as? [[String: Any]])?.last
            #expect(transfer?["kind"] as? String == "release" && transfer?["amount"] as? String == "50.00")
            #expect(try done(desk, "host release \(Self.old)")["repeated"] as? Bool == true)
            let status = try done(desk, "host status \(new)")
            #expect(result(status)["balance"] as? String == "0.00")
            #expect((status["meters"] as? [[String: Any]])?.first?["owed"] == nil)
            #expect(try run(desk, "host ledger").output.contains("seller") == false)
        }
    }

    /// A meter at hand, named by its identifier, with its file as its reader.
    @Test func `a meter at hand is exchanged`() throws {
        try Desk.with { desk in
            try desk.makeMeter()
            try desk.issue()
            try desk.done("card load 80 --service gas --card card1 \(Self.pass)", Desk.passphrase)
            try desk.done("meter redeem --meter gas --card card1")
            try desk.done("meter use --meter gas 10000")
            try desk.done("meter new --meter gas2 --id \(Self.new) --price 0.90 \(Self.pass)", Desk.passphrase)
            try desk.done("card issue --card gas2 --purse gas:EUR:500 --yes \(Self.pass)", Desk.passphrase)
            let file = desk.vstore.home.appending(path: "meters/gas").path
            let exchanged = try done(desk, "host exchange \(Self.old) --card \(file) --by \(Self.new) --yes")
            let reading = try #require(exchanged["reading"] as? [String: Any])
            #expect(reading["balance"] as? String == "71.00")
            // Its memory alone is at hand, without the meter that counts.
            #expect(reading["account"] == nil)
            let twoMeters = try run(
                desk, "host exchange \(Self.old) --card \(file) --by 00A1B2C3-02-000099 --yes")
            #expect(twoMeters.status == 1 && twoMeters.errors.contains(Self.new))
        }
    }

    @Test func `tables for later are sent in turn, and a calendar is kept`() throws {
        try withMeters { desk, old, _ in
            let tariff = "host tariff --price 0.80 --currency EUR \(old)"
            for (id, month) in [(4, "01"), (5, "02"), (6, "03"), (7, "04")] {
                _ = try done(desk, "\(tariff) --id \(id) --effective 2105-\(month)-01T00:00Z")
            }
            let fifth = result(try done(desk, "\(tariff) --id 10 --effective 2105-05-01T00:00Z --reference T"))
            #expect((fifth["waits"] as? [String: Any])?["table"] as? Int == 10)
            let same = try run(desk, "\(tariff) --id 3 --effective 2105-01-01T00:00Z")
            #expect(same.status == 1 && same.errors.contains("--replace"))
            let between = try run(desk, "\(tariff) --id 3 --effective 2105-03-15T00:00Z")
            #expect(between.status == 1 && between.errors.contains("in force"))
            let shown = try done(desk, "host tariffs \(Self.old)")
            let held = { (shown: [String: Any]) in
                (shown["held"] as? [[String: Any]])?.map { $0["table"] as? Int }
            }
            #expect(held(shown) == [4, 5, 6, 7])
            #expect((shown["waiting"] as? [[String: Any]])?.map { $0["reference"] as? String } == ["T"])
            _ = try done(desk, "\(tariff) --id 3 --effective 2105-01-01T00:00Z --replace")
            #expect(held(try done(desk, "host tariffs \(Self.old)")) == [3, 5, 6, 7])
            let cancel = "host tariffs \(Self.old) --cancel 2105-05-01T00:00Z"
            #expect((try done(desk, cancel)["waiting"] as? [Any])?.isEmpty == true)
            #expect(try run(desk, cancel).status == 1)

            let calendar = "host calendar \(Self.old)"
            #expect(try done(desk, calendar)["localOffset"] == nil)
            _ = try done(desk, "\(calendar) --local-offset -210 --holiday 12-25")
            let kept = try done(desk, "\(calendar) --holiday 2026-04-03 --holiday 12-25")
            #expect(kept["localOffset"] as? Int == -210)
            #expect(kept["holidays"] as? [String] == ["12-25", "2026-04-03"])
            #expect(try run(desk, "host calendar 00A1B2C3-10-000001").status == 64)
            #expect(try run(desk, "\(calendar) --local-offset -900").status == 64)
        }
    }
}
