import Foundation
import TestPrograms
import Testing

/// An electric meter that runs: orders, cards, hosts and power cuts, by the program only.
@Suite("An electric meter that runs") struct MeterRunTests {
    private static let meter = "00A1B2C3-01-000077"
    private let pass = "--passphrase-file -"

    /// A desk with an issued electric meter `home`, and `card1` bound to it with 25 on it.
    private func withMeter(_ options: String = "", _ body: (Desk) throws -> Void) throws {
        try Desk.with { desk in
            try desk.done(
                "meter new --meter home --id \(Self.meter) --price 0.30 --token 0.20 --emergency 2 "
                    + "--channel 220:40 --channel 110:20:60 \(options)\(pass)", Desk.passphrase)
            try desk.done("card issue --card home --purse electricity:EUR:500 --yes \(pass)", Desk.passphrase)
            try desk.done(
                "card issue --card card1 --purse electricity:EUR:200:\(Self.meter) --yes \(pass)", Desk.passphrase)
            try desk.done("card load 25 --card card1 --service electricity \(pass)", Desk.passphrase)
            try body(desk)
        }
    }

    /// Runs the meter with orders, and gives its lines.
    private func run(_ desk: Desk, _ orders: String, _ options: String) throws -> [[String: Any]] {
        let outcome = try desk.vstore.run(
            "meter run --meter home --card card1 --orders - --speed max --json " + options, input: orders)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try outcome.output.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
    }

    private func micro(_ reading: [String: Any], _ member: String) throws -> Int {
        let text = try #require(reading[member] as? String)
        return Int((try #require(Double(text)) * 1_000_000).rounded())
    }

    @Test func `a card is redeemed and used up`() throws {
        try withMeter { desk in
            let lines = try run(
                desk, "card in\nredeem\nload 1000\nload 2 500 0.8 # a pump\nwait 10h\nshow\nquit\n",
                "--from 2026-01-05T00:00Z --for 30d")
            #expect(lines.contains { $0["event"] as? String == "card-redeemed" && $0["detail"] as? String == "25.00" })
            let redeemed = try #require(lines.first { ($0["remark"] as? String) == "redeemed" })
            #expect(redeemed["drawn"] as? String == "25.00", "\(redeemed)")
            #expect(redeemed["message"] as? String == "redeemed 25.00; on the card 0.00", "\(redeemed)")
            let reading = try #require(lines.last?["reading"] as? [String: Any])
            let used = try #require(reading["imported"] as? [Int])
            #expect(abs(used[0] - 10_000) < 30 && abs(used[1] - 5_000) < 20, "\(used)")
            #expect(try micro(reading, "value") + micro(reading, "spent") == 25_000_000)
            // 15 kWh at 0.30.
            #expect(abs(try micro(reading, "spent") - 4_500_000) < 15_000)
            let empty = try desk.done("meter show --meter home")
            #expect(empty["value"] as? String == reading["value"] as? String)
        }
    }

    /// The slot is a contact port; what is typed at the keypad is redeemed once it is confirmed.
    @Test func `the keypad takes from the card in the slot`() throws {
        try withMeter { desk in
            let lines = try run(
                desk,
                "key 0\nkey enter\ncard in\nkey 0\nkey 1\nkey 2\nkey cancel\nkey 0\nshow\nkey enter\nshow\nkey 9\n"
                    + "key enter\nkey 0\nkey enter\npage channel 2\nquit\n", "--from 2026-01-05T00:00Z --for 1d")
            let remarks = lines.compactMap { $0["message"] as? String }
            #expect(remarks[0].contains("is empty"))
            let failed = lines.first { $0["remark"] as? String == "failed" }
            #expect((failed?["error"] as? [String: Any])?["code"] is Int, "\(lines)")
            #expect(remarks[1].hasSuffix("electricity 25.00 EUR, by T=1 at 1.8 V"))
            #expect(
                remarks[2...] == [
                    "redeemed 10.00; on the card 15.00", "emergency credit asked for",
                    "redeemed 15.00; on the card 0.00",
                ])
            let values = lines.compactMap { ($0["reading"] as? [String: Any])?["value"] as? String }
            #expect(values == ["0.00", "10.00", "25.00"])
        }
    }

    @Test func `the slot has power as long as the meter`() throws {
        try withMeter { desk in
            let lines = try run(
                desk,
                "card in\npower off\nredeem\nkey 1\npower on\nredeem\ncard in sle4442\nredeem\ncard in at24c02\n"
                    + "power off\ncard in\npower on\ncard out\nquit\n", "--from 2026-01-05T00:00Z --for 1d")
            let remarks = lines.compactMap { $0["message"] as? String }
            let parts = [
                "electricity 25.00 EUR", "the meter has no power", "the meter has no power", "electricity 25.00 EUR",
                "redeemed 25.00",
                "sle4442, a memory card: is not a subscriber card", "is empty",
                "at24c02, a memory card: is not a subscriber card", "card in; the meter has no power",
                "electricity 0.00 EUR", "card out",
            ]
            #expect(remarks.count == parts.count, "\(remarks)")
            for (remark, part) in zip(remarks, parts) { #expect(remark.contains(part)) }
        }
    }

    @Test func `a relay that sticks is reported and what flows is owed`() throws {
        try withMeter { desk in
            let lines = try run(
                desk,
                "card in\nredeem 1\nload 1000\nrelay 1 stuck\nrelay 8 stuck\nwait 5h\nshow\nrelay 1 free\nwait 15m\nshow\n"
                    + "quit\n", "--from 2026-01-05T00:00Z --for 1d")
            let events = lines.compactMap { $0["event"] as? String }
            #expect(events.filter { $0 == "relay-welded" }.count == 1 && events.contains("relay-works"))
            #expect(lines.contains { $0["remark"] as? String == "no-channel" && $0["channel"] as? Int == 8 })
            let readings = lines.compactMap { $0["reading"] as? [String: Any] }
            let owed = try #require(readings.first { ($0["imported"] as? [Int])?[0] ?? 0 > 4_980 })
            // 5 kWh at 0.30 less the initial 1.00.
            #expect(abs(try micro(owed, "debt") - 500_000) < 2_000)
            #expect(owed["messages"] as? [String] == ["NO CREDIT", "RELAY 1 FAULT"])
            #expect(readings.last?["messages"] as? [String] == ["NO CREDIT"])
        }
    }

    @Test func `a channel is switched off and one draws too much`() throws {
        try withMeter("--limit 3500 --angle-rate 30..90=150 --angle-rate=-90..-30=110 ") { desk in
            let lines = try run(
                desk,
                "card in\nredeem\nload 3000 0.7\nwait 1h\nshow\nload 4000\nload 2 100\nchannel 2 off\nwait 2m\n"
                    + "load 1000\nwait 10m\nshow\nquit\n", "--from 2026-01-05T00:00Z --for 1d")
            let readings = lines.compactMap { $0["reading"] as? [String: Any] }
            let hour = try #require(readings.first { ($0["imported"] as? [Int])?[0] ?? 0 > 2000 })
            // 3 kWh at 0.30, times 1.5 for the angle.
            #expect(abs(try micro(hour, "spent") - 1_350_000) < 3000)
            let events = lines.compactMap { line in
                (line["event"] as? String).map { "\($0) \(line["detail"] as? String ?? "")" }
            }
            #expect(events.contains("channel-switched-off channel 2"))
            #expect(events.contains("channel-overloaded channel 1"))
            #expect(events.contains("channel-on-again channel 1"))
            let last = try #require(readings.last)
            #expect((last["imported"] as? [Int])?[1] == 0)
            #expect(try micro(last, "value") + micro(last, "spent") == 25_000_000)
            let none = try desk.vstore.run("meter run --meter home --orders -", input: "channel 9 off\n")
            #expect(none.status == 64)
        }
    }

    @Test func `a power cut takes no more than a token`() throws {
        try withMeter { desk in
            let lines = try run(
                desk,
                "card in\nredeem\nload 3000\nwait 2h\npower fails\nwait 1h\npower on\nwait 1h\npower off\nwait 1h\n"
                    + "power on\nshow\nquit\n", "--from 2026-01-05T00:00Z --for 30d")
            let reading = try #require(lines.last?["reading"] as? [String: Any])
            let forfeited = try micro(reading, "forfeited")
            #expect(forfeited > 0 && forfeited <= 200_000)
            #expect(try micro(reading, "value") + micro(reading, "spent") + forfeited == 25_000_000)
            // The power cut without a last gasp lost some value, the other none.
            #expect(lines.filter { $0["event"] as? String == "power-is-back" && $0["detail"] is String }.count == 1)
        }
    }

    @Test func `supply ends and emergency credit is repaid`() throws {
        try withMeter { desk in
            let lines = try run(
                desk, "emergency\nload 2000\nwait 5h\nshow\ncard in\nredeem\nshow\nquit\n",
                "--from 2026-01-05T00:00Z --for 30d")
            let readings = lines.compactMap { $0["reading"] as? [String: Any] }
            let cut = try #require(readings.first { $0["debt"] as? String == "2.00" })
            #expect(cut["supply"] as? String == "off")
            let last = try #require(readings.last)
            #expect(last["debt"] as? String == "0.00")
            #expect(last["value"] as? String == "23.00")
            #expect(last["supply"] as? String == "on")
        }
    }

    @Test func `it goes on where it was stopped`() throws {
        try withMeter { desk in
            _ = try run(desk, "card in\nredeem\ncover open\n", "--from 2026-01-05T00:00Z --for 90m")
            let lines = try run(desk, "cover closed\n", "--for 1h --load 500")
            #expect(lines.first { $0["event"] != nil }?["event"] as? String == "cover-closed")
            #expect(lines.last?["time"] as? String == "2026-01-05T02:30:00Z")
        }
    }

    @Test func `a host on the line stores credit and reads use`() throws {
        try withMeter { desk in
            let arguments = [
                "meter", "run", "--meter", "home", "--line", "tcp:127.0.0.1:0", "--json", "--speed", "600", "--load",
                "900",
            ]
            let running = try RunningProgram(
                Program(
                    BuiltProgram.vstore.path, arguments, environment: .only(["VSTORE_HOME": desk.vstore.home.path])))
            defer { running.kill() }
            let line = try running.nextLine()
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let address = try #require(object?["line"] as? String)
            for _ in 0..<2 {
                try desk.done("host credit 50 \(Self.meter)@\(address) --reference A \(pass)", Desk.passphrase)
            }
            // The card in its slot is loaded end to end.
            try running.write("card in card1\nshow\n")
            let loaded = try desk.done(
                "host credit 10 \(Self.meter)@\(address) --card-in-slot electricity --reference B \(pass)",
                Desk.passphrase)
            let card = (loaded["meters"] as? [[String: Any]])?.first?["result"] as? [String: Any]
            #expect((card?["transaction"] as? [String: Any])?["balance"] as? String == "35.00")
            let usage = try desk.done("host usage \(address) \(pass)", Desk.passphrase)
            let meters = usage["meters"] as? [[String: Any]]
            let result = meters?.first?["result"] as? [String: Any]
            #expect((result?["events"] as? [Any])?.isEmpty == false)
            try running.write("quit\n")
            #expect(running.waitForEnd() == 0)
            let end = try #require(running.text.split(separator: "\n").last)
            let last = try JSONSerialization.jsonObject(with: Data(end.utf8)) as? [String: Any]
            let reading = try #require(last?["reading"] as? [String: Any])
            #expect(try micro(reading, "value") + micro(reading, "spent") == 50_000_000)
        }
    }

    @Test func `what is wrong is named`() throws {
        try withMeter { desk in
            let wrong = try desk.vstore.run("meter run --meter home --orders -", input: "wait 1h\nfly\n")
            #expect(wrong.status == 64)
            #expect(wrong.errors.contains("line 2") && wrong.errors.contains("'fly'"))
            let gas = try desk.vstore.run("meter run --meter nothing")
            #expect(gas.status == 74)
            #expect(gas.errors.contains("no meter has this name"))
            for options in ["--speed 0", "--for 5", "--load x", "--reader a --card b", "--line nowhere"] {
                #expect(try desk.vstore.run("meter run --meter home " + options).status == 64, "\(options)")
            }
            let twice = try desk.vstore.run(
                "meter new --meter home --id \(Self.meter) --price 1 \(pass)", input: Desk.passphrase)
            #expect(twice.status == 74)
        }
    }

    @Test(arguments: [false, true]) func `orders of a pipe that are not done are counted`(isJSON: Bool) throws {
        try withMeter { desk in
            let outcome = try desk.vstore.run(
                "meter run --meter home --plain" + (isJSON ? " --json" : ""), input: "fly\nshow\nswim\nquit\n")
            #expect(outcome.status == 1, "\(outcome)")
            let errors = outcome.errors.split(separator: "\n")
            try #require(errors.count == 3, "\(outcome)")
            #expect(errors[2].contains("2 orders were not done"))
            guard isJSON else { return }
            for line in errors {
                let document = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(document?["error"] is [String: Any])
            }
        }
    }

    /// In a terminal, which `script` lends: the alternate screen is entered and left, and the display is shown.
    @Test func `the face is drawn in a terminal`() throws {
        try withMeter { desk in
            let line = "\(BuiltProgram.vstore.path) meter run --meter home --card card1 --load 0"
            let environment = ["VSTORE_HOME": desk.vstore.home.path, "TERM": "xterm", "PATH": "/usr/bin:/bin"]
            let running = try RunningProgram(
                Program("/usr/bin/script", ["-qec", line, "/dev/null"], environment: .only(environment)))
            defer { running.kill() }
            try running.wait(for: "q quit")
            try running.write("c025")
            try running.wait(for: "│ FROM CARD     25 │")
            try running.write("#")
            try running.wait(for: "redeemed 25.00")
            try running.write("q")
            #expect(running.waitForEnd() == 0)
            let shown = running.text
            #expect(shown.contains("\u{1B}[?1049h") && shown.contains("\u{1B}[?1049l") && shown.contains("\u{1B}[?25h"))
            #expect(shown.contains("│ EUR         0.00 │") && shown.contains("│ EUR        25.00 │"))
        }
    }
}
