import Foundation
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

/// The host's work with a meter on a line, by commands only; the meter is a separate process.
@Suite("Host and meters on a line") struct HostCommandTests {
    /// A desk whose issued gas meter is on a line while `body` runs.
    private func withMeter(_ body: (Desk, String) throws -> Void) throws {
        try Desk.with { desk in
            try desk.makeMeter()
            let meter = try RunningProgram(
                Program(
                    BuiltProgram.lineTestPeer.path, ["element", desk.vstore.home.appending(path: "meters/gas").path]))
            defer { meter.kill() }
            let port = try #require(try meter.nextLine().split(separator: " ").last)
            try body(desk, "tcp:127.0.0.1:\(port)")
        }
    }

    private func result(_ document: [String: Any]) -> [String: Any] {
        let meters = document["meters"] as? [[String: Any]]
        return meters?.first?["result"] as? [String: Any] ?? [:]
    }

    private let pass = "--passphrase-file -"

    @Test func `credit is stored once and taken off`() throws {
        try withMeter { desk, address in
            let order = "host credit 50 \(Desk.gasMeter)@\(address) --reference A \(pass)"
            for _ in 0..<2 {
                let done = result(try desk.done(order, Desk.passphrase))
                #expect((done["transaction"] as? [String: Any])?["balance"] as? String == "50.00")
            }
            try desk.done("host refund 20 \(address) \(pass)", Desk.passphrase)
            let status = result(try desk.done("host status \(address) \(pass)", Desk.passphrase))
            #expect(status["eid"] as? String == Desk.gasMeter)
            #expect(status["balance"] as? String == "30.00")
            let tooMuch = try desk.vstore.run("host refund 31 \(address) \(pass)", input: Desk.passphrase)
            #expect(tooMuch.status == 1)
            #expect(tooMuch.errors.contains("by the books it does not hold enough"))
        }
    }

    /// Every exchange costs time on a slow line: the element is selected once per contact.
    @Test(arguments: ["credit 50", "refund 1"]) func `the element is selected once`(order: String) throws {
        try withMeter { desk, address in
            try desk.done("host credit 5 \(address) \(pass)", Desk.passphrase)
            let outcome = try desk.vstore.run("host \(order) \(address) --trace \(pass)", input: Desk.passphrase)
            let sent = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("> ") }
            #expect(outcome.status == 0 && sent.filter { $0.hasPrefix("> 00 A4") }.count == 1, "\(outcome)")
        }
    }

    /// A meter that starts anew in the middle: what may have been done says so by its exit status, and the same order given
    /// again ends known, and is done once.
    @Test func `what is in doubt says so and is done once`() async throws {
        try await offPool {
            try withMeter { desk, address in
                let cases: [(header: [UInt8], status: Int32)] = [(Self.select, 3), (Self.executeCredit, 2)]
                for (number, line) in cases.enumerated() {
                    let order = "host credit 5 --reference \(number) \(pass)"
                    let disturbed = try disturbed(order, desk, address, after: line.header)
                    #expect(disturbed.status == line.status, "\(disturbed)")
                    let again = result(try desk.done("\(order) \(Desk.gasMeter)@\(address)", Desk.passphrase))
                    let transaction = again["transaction"] as? [String: Any]
                    #expect(transaction?["state"] as? String == "done", "\(line)")
                    #expect(transaction?["balance"] as? String == "\(5 * (number + 1)).00", "\(line)")
                }
            }
        }
    }

    @Test func `what is in doubt with what is lost is resolved by a person`() async throws {
        try await offPool {
            try withMeter { desk, address in
                #expect(try disturbed("host credit 5 \(pass)", desk, address, after: Self.executeCredit).status == 2)
                func last() throws -> [String: Any]? {
                    let log = try desk.done("card log \(Desk.gasMeter) \(pass)", Desk.passphrase)
                    return (log["transactions"] as? [[String: Any]])?.last
                }
                let number = try #require(try last()?["htxn"] as? Int)
                // Until then it has left the seller, and may come back.
                let ledger = try desk.vstore.run("host ledger \(pass)", input: Desk.passphrase).output
                #expect(ledger.contains(/seller +-5.00  EUR +5.00\n/) && ledger.contains("in doubt:\(Desk.gasMeter)"))
                let resolve =
                    "card resolve \(number) --of \(Desk.gasMeter) --applied --by clerk --because receipt \(pass)"
                // As long as the meter can be reached, a person cannot resolve it.
                #expect(try desk.vstore.run(resolve, input: Desk.passphrase).status == 1)
                try desk.done("card block \(Desk.gasMeter) \(pass)", Desk.passphrase)
                try desk.done(resolve, Desk.passphrase)
                #expect(try last()?["state"] as? String == "done")
            }
        }
    }

    /// EXECUTE with STORE CREDIT, whatever its sequence number.
    private static let executeCredit: [UInt8] = [0x80, 0x52, OperationCode.storeCredit.rawValue]

    private static let select: [UInt8] = [0x00, 0xA4]

    /// Runs an order with a meter that starts anew after a command. No time is waited out: the deadline is out of reach.
    private func disturbed(
        _ order: String, _ desk: Desk, _ address: String, after header: [UInt8]
    ) throws -> VStoreProgram.Outcome {
        let meter = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
        let line = try TCPRelay(to: meter, restartingAfter: header)
        defer { line.stop() }
        return try desk.vstore.run(
            "\(order) --timeout 600 \(Desk.gasMeter)@tcp:127.0.0.1:\(line.port)", input: Desk.passphrase)
    }

    @Test func `a switch of the rate that is wrong is explained`() throws {
        try VStoreProgram.withHome { vstore in
            for (rate, words) in [
                ("daily@07:00", "daily@07:00: a switch of the rate is days@time=percentage, as in mon-fri@07:00=150"),
                ("mon-fry@07:00=150", "'fry' is not a day. Write days as mon-fri, sat,sun or daily."),
                ("daily@24:00=150", "24:00: this is not a time"),
                ("daily@07:00=1001", "1001: this is not a whole number"),
            ] {
                let outcome = try vstore.run(
                    "host tariff --id 7 --price 1 --currency EUR --rate \(rate) tcp:127.0.0.1:1")
                #expect(outcome.status == 64)
                #expect(outcome.errors.contains(words), "\(outcome.errors)")
            }
        }
    }

    @Test func `tariff clock and usage`() throws {
        try withMeter { desk, address in
            let tariff =
                "host tariff --id 7 --price 0.80 --currency EUR --rate mon-fri@07:00=150 --rate daily@22:00=50 "
                + "--effective 2026-12-01T00:00Z --reference T \(address) \(pass)"
            let done = result(try desk.done(tariff, Desk.passphrase))
            let transaction = done["transaction"] as? [String: Any]
            #expect(transaction?["operation"] as? String == "CONVERT TARIFF")
            #expect(transaction?["state"] as? String == "done")
            #expect(
                result(try desk.done("host clock \(address) \(pass)", Desk.passphrase))["eid"] as? String
                    == Desk.gasMeter
            )
            let usage = result(try desk.done("host usage \(address) \(pass)", Desk.passphrase))
            #expect((usage["events"] as? [Any])?.isEmpty == true)
            let svg = desk.vstore.home.appending(path: "use.svg")
            try desk.done("host report \(Desk.gasMeter) --svg \(svg.path) \(pass)", Desk.passphrase)
            #expect(try String(contentsOf: svg, encoding: .utf8).hasPrefix("<svg "))
            let untried = try desk.vstore.run(
                "host tariff --id 8 --price 1 --currency EUR --try \(Desk.gasMeter) \(pass)", input: Desk.passphrase)
            #expect(untried.status == 1)
            #expect(untried.errors.contains("vstore host usage"))
        }
    }

    @Test func `a meter that does not answer delays no other`() async throws {
        try await offPool {
            try withMeter { desk, address in
                let mute = PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 0x99)
                let meter = try MuteMeter()
                defer { meter.stop() }
                let list = desk.vstore.home.appending(path: "list")
                try "\(Desk.gasMeter) \(address) # the cellar\n\n\(mute) tcp:127.0.0.1:\(meter.port)\n".write(
                    to: list, atomically: true, encoding: .utf8)
                let outcome = try desk.vstore.run(
                    "host credit 5 --meters \(list.path) --timeout 600 --json \(pass)",
                    input: Desk.passphrase)
                #expect(outcome.status == 3)
                let meters = try outcome.object()["meters"] as? [[String: Any]]
                #expect(meters?.map { $0["done"] as? Bool } == [true, false])
                let error = meters?.last?["error"] as? [String: Any]
                #expect(error?["error"] as? String == "HostError" && error?["code"] is Int)
            }
        }
    }

    @Test func `what is no meter or has no effect is a wrong command line`() throws {
        try Desk.with { desk in
            let tariff = "host tariff --id 7 --price 1 --currency EUR"
            for line in [
                "host status", "host status nonsense", "host credit 5 tcp:a:1 --at-once 0",
                "\(tariff) --try \(Desk.gasMeter) --effective now", "\(tariff) --try \(Desk.gasMeter) --reference A",
                "\(tariff) tcp:a:1 --holiday 12-25", "\(tariff) tcp:a:1 --local-offset 0",
            ] {
                #expect(try desk.vstore.run("\(line) \(pass)", input: Desk.passphrase).status == 64, "\(line)")
            }
            let report = try desk.vstore.run("host report \(Desk.gasMeter) \(pass)", input: Desk.passphrase)
            #expect(report.status == 1)
        }
    }
}
