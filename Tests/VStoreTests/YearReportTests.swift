import Foundation
import TestPrograms
import Testing

/// A year of a household as the host reads it from the meter: reports, charts and trials of tariffs.
@Suite("A meter's year at the host's desk") struct YearReportTests {
    private static let eid = "00A1B2C3-01-000077"
    private let pass = "--passphrase-file -"
    /// The meter's own totals after its year.
    private struct Year {
        let spent: Int
        let used: Int
    }

    /// A desk that has read the year from the meter.
    private func withYear(_ body: (Desk, Year) throws -> Void) throws {
        try Desk.with { desk in
            try desk.done("meter new --meter home --id \(Self.eid) --price 0.30 \(pass)", Desk.passphrase)
            try desk.done("card issue --card home --purse electricity:EUR:5000 --yes \(pass)", Desk.passphrase)
            let memory = desk.vstore.home.appending(path: "meters/home/memory").path
            let meter = try RunningProgram(Program(BuiltProgram.lineTestPeer.path, ["year", memory]))
            defer { meter.kill() }
            var said: [String: Int] = [:]
            while said["port"] == nil {
                let words = try meter.nextLine().split(separator: " ")
                said[String(words[0])] = Int(words[1])
            }
            let port = try #require(said["port"])
            try desk.done("host usage \(Self.eid)@tcp:127.0.0.1:\(port) \(pass)", Desk.passphrase)
            try body(desk, Year(spent: try #require(said["spent"]), used: try #require(said["used"])))
        }
    }

    /// Micro-units of an amount as it is written.
    private func micro(_ text: Any?) throws -> Int {
        let text = try #require(text as? String)
        return Int((try #require(Double(text)) * 1_000_000).rounded())
    }

    private let table =
        "--id 7 --price 0.31 --currency EUR --rate mon-fri@07:00=150 --rate mon-fri@22:00=50 "
        + "--rate sat,sun@00:00=75"

    private func trial(_ desk: Desk, _ options: String) throws -> [String: Any] {
        let document = try desk.done("host tariff --try \(Self.eid) \(options) \(pass)", Desk.passphrase)
        return try #require((document["trials"] as? [[String: Any]])?.first)
    }

    /// The same as `table`, in UTC, as rules.
    private static let rules = """
        id: 8
        effective: 2026-01-01T00:00Z
        currency: EUR
        seasons:
          - begins: "01-01"
            days: {mon: 1, tue-fri: 2, "sat,sun,holiday": 3}
        dayProfiles:
          - number: 1
            rates: [{from: "00:00", rate: 3}, {from: "07:00", rate: 1}, {from: "22:00", rate: 2}]
          - number: 2
            rates: [{from: "00:00", rate: 2}, {from: "07:00", rate: 1}, {from: "22:00", rate: 2}]
          - number: 3
            rates: [{from: "00:00", rate: 3}]
        rates:
          - {number: 1, percent: 150}
          - {number: 2, percent: 50}
          - {number: 3, percent: 75}
        sources:
          - {channel: 0, price: 0.31}
        """

    @Test func `rules that say the same as a table cost the same on a recorded year, and a picture shows it`() throws {
        try withYear { desk, year in
            let file = desk.vstore.home.appending(path: "rules.yaml")
            try Self.rules.write(to: file, atomically: true, encoding: .utf8)
            let svg = desk.vstore.home.appending(path: "trial.svg")
            let document = try desk.done(
                "rules try \(file.path) \(Self.eid) --svg \(svg.path) \(pass)", Desk.passphrase)
            let trial = try #require((document["trials"] as? [[String: Any]])?.first)
            let asTable = try self.trial(desk, table)
            #expect(abs(try micro(trial["cost"]) - micro(asTable["cost"])) <= 1)
            #expect(trial["spent"] as? String == asTable["spent"] as? String)
            #expect(trial["quantity"] as? Int == year.used)
            #expect(try String(contentsOf: svg, encoding: .utf8).contains("Who would pay more"))
            let text = try desk.vstore.run("rules try \(file.path) \(Self.eid) \(pass)", input: Desk.passphrase)
            #expect(text.status == 0 && text.output.contains("STANDING"))
        }
    }

    @Test func `every series adds up and a trial of the table in force gives what was charged`() throws {
        try withYear { desk, year in
            let svg = desk.vstore.home.appending(path: "year.svg")
            let report = try desk.done(
                "host report \(Self.eid) --svg \(svg.path) \(pass)", Desk.passphrase)
            #expect(report["currency"] as? String == "EUR")
            #expect(3_300_000...3_700_000 ~= year.used)
            for (series, count) in [("hours", 365 * 24), ("days", 365), ("weeks", 53), ("months", 12)] {
                let records = try #require(report[series] as? [[String: Any]])
                // The year's last moment has opened an hour, a day and a month; the week continues.
                #expect(records.count == count + (series == "weeks" ? 0 : 1), "\(series)")
                #expect(records.reduce(0) { $0 + ($1["quantity"] as? Int ?? 0) } == year.used, "\(series)")
                #expect(try records.reduce(0) { $0 + (try micro($1["spent"])) } == year.spent, "\(series)")
            }
            #expect(report["localOffset"] as? Int == 60 && report["unit"] as? String == "Wh")
            #expect((report["missing"] as? [Any])?.isEmpty == true)
            #expect(report["unfinished"] as? [String] == ["hours", "days", "weeks", "months"])
            try expectPicture(svg)
            try expectText(desk)

            // Hours are in whole Wh: less than one is on the wrong side of each switch. There are two on each of 261
            // weekdays, and two of a weekend; the maximum is 100 percent of 0.31 per kWh.
            let same = try trial(desk, table + " --local-offset 60 --holiday 01-01 --holiday 12-25")
            #expect(try micro(same["spent"]) == year.spent)
            #expect(same["quantity"] as? Int == year.used)
            let difference = abs(try micro(same["cost"]) - year.spent)
            #expect(difference < 700 * 310, "\(difference) of \(year.spent) micro-units")
            #expect(same["changePercent"] as? Double == 0)
            #expect(same["missingHours"] as? Int == 0)

            // The comparison is meaningful: without the holidays, or in another time zone, the sum differs.
            #expect(abs(try micro(trial(desk, table + " --local-offset 60")["cost"]) - year.spent) > 2 * 700 * 310)
            #expect(abs(try micro(trial(desk, table)["cost"]) - year.spent) > 2 * 700 * 310)
            let text = try desk.vstore.run(
                "host tariff --try \(Self.eid) --id 8 --price 0.31 --currency EUR \(pass)", input: Desk.passphrase)
            #expect(text.output.contains("COST EUR  WOULD COST EUR"))
            #expect(text.output.contains("alone; 0 of them have no record"))
            let flat = try trial(desk, "--id 8 --price 0.31 --currency EUR")
            #expect(try micro(flat["cost"]) == year.used * 310)
        }
    }

    private func expectPicture(_ file: URL) throws {
        let picture = try Picture(try Data(contentsOf: file))
        // 31 days, 24 hours, 13 months twice; the sheet, and the legends of the charts whose last bar is not finished.
        #expect(picture.elements.count { $0.name == "title" } == 31 + 24 + 26 + 1 + 3)
        #expect(picture.texts.contains("Spent per month, electric meter \(Self.eid)"))
        #expect(picture.texts.contains("2026-01 to 2027-01, UTC+01:00"))
        for element in picture.elements where element.name == "rect" && element.attributes["x"] != nil {
            let numbers = ["x", "y", "width", "height"].compactMap { element.attributes[$0].flatMap { Double($0) } }
            try #require(numbers.count == 4)
            #expect(numbers[0] >= 0 && numbers[0] + numbers[2] <= 760 && numbers[1] >= 0)
            #expect(numbers[1] + numbers[3] <= picture.height)
        }
    }

    /// The text report: columns whose points are below each other, and at its end what it leaves out.
    private func expectText(_ desk: Desk) throws {
        let text = try desk.vstore.run("host report \(Self.eid) \(pass)", input: Desk.passphrase).output
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains("months, weeks and days begin in the meter's local time, UTC+01:00"))
        let header = try #require(lines.first { $0.hasPrefix("MONTH") })
        #expect(header.wholeMatch(of: /MONTH +USE kWh +SPENT EUR/) != nil)
        let months = lines.filter { $0.wholeMatch(of: /\d{4}-\d\d +[0-9.]+ +[0-9.]+/) != nil }
        #expect(months.count == 13)
        let points = months.map { line in line.lastIndex(of: ".").map { line.distance(from: line.startIndex, to: $0) } }
        #expect(Set(points).count == 1, "\(months)")
        let leftOut = try #require(lines.first { $0.hasPrefix("left out: ") })
        for part in [
            "the first 45 of 53 weeks", "the first 352 of 366 days", "8761 hours", "other meters are not counted",
        ] {
            #expect(leftOut.contains(part), "\(leftOut)")
        }
        #expect(lines.contains("missing: no record between the first and the last"))
        #expect(lines.last == "not final: the last hour, day, week, month, which count until the meter was read")
        let other = try desk.vstore.run("host report \(Self.eid) --local-offset 0 \(pass)", input: Desk.passphrase)
        #expect(other.output.contains("leave --local-offset out, or make it 60"))
    }
}
