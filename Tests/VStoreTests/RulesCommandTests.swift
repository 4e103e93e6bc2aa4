import Foundation
import TestPrograms
import Testing

/// `vstore rules`: files of rules checked, shown, priced and compared.
@Suite struct RulesCommandTests {
    private static let text = """
        id: 7
        effective: 2027-01-01T00:00Z
        currency: EUR
        timeZone:
          offset: "+01:00"
          summerTime:
            shift: "+01:00"
            begins: {month: 3, week: last, weekday: sun, time: "02:00"}
            ends: {month: 10, week: last, weekday: sun, time: "02:00"}
        seasons:
          - begins: "01-01"
            days: {mon-fri: 1, "sat,sun,holiday": 2}
        dayProfiles:
          - number: 1
            rates: [{from: "00:00", rate: 1}, {from: "07:00", rate: 2}, {from: "22:00", rate: 1}]
          - number: 2
            rates: [{from: "00:00", rate: 1}]
        rates:
          - {number: 1, percent: 50}
          - {number: 2, percent: 150}
        sources:
          - {channel: 0, price: 0.30}
        blocks:
          - {above: 200000, percent: 120}
        """

    private func write(_ text: String, _ name: String, _ vstore: VStoreProgram) throws -> String {
        let file = vstore.home.appending(path: name)
        try FileManager.default.createDirectory(at: vstore.home, withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    @Test func `a file is checked, and shown as a meter takes it`() throws {
        try VStoreProgram.withHome { vstore in
            let file = try write(Self.text, "rules.yaml", vstore)
            let checked = try vstore.run("rules check \(file) --json").object()
            #expect(checked["id"] as? Int == 7 && checked["currency"] as? String == "EUR")
            let shown = try vstore.run("rules show \(file) --json").object()
            let bytes = try #require(shown["bytes"] as? String)
            #expect(bytes.hasPrefix("800200078104") && bytes.count == 2 * (checked["bytes"] as? Int ?? 0))
            #expect(try vstore.run("rules show \(file) --bytes").output == bytes + "\n")
            // What is shown is read as the same rules.
            let again = try write(try #require(shown["yaml"] as? String), "again.yaml", vstore)
            #expect(try vstore.run("rules diff \(file) \(again)").status == 0)
        }
    }

    @Test func `prices follow local time and the month's use`() throws {
        try VStoreProgram.withHome { vstore in
            let file = try write(Self.text, "rules.yaml", vstore)
            // Sunday 2027-03-28, on which summer time begins at 01:00 UTC, and Monday.
            let priced = try vstore.run(
                "rules price \(file) --from 2027-03-28T00:00Z --days 2 --used 250 --json"
            ).object()
            let periods = try #require(priced["periods"] as? [[String: Any]])
            #expect(
                periods.map { $0["start"] as? String } == [
                    "2027-03-28T00:00:00Z", "2027-03-29T05:00:00Z", "2027-03-29T20:00:00Z",
                ])
            #expect(periods.map { $0["local"] as? String }[1] == "2027-03-29T07:00")
            let prices = periods.compactMap { ($0["prices"] as? [[String: Any]])?.first?["price"] as? String }
            // 0.30 × 50 % × 120 %, and 0.30 × 150 % × 120 %.
            #expect(prices == ["0.18", "0.54", "0.18"])
            let text = try vstore.run("rules price \(file) --from 2027-03-29T00:00Z").output
            #expect(text.contains("2027-03-29 07:00") && text.contains("0.45"))
        }
    }

    @Test func `two files differ in lines that meters see`() throws {
        try VStoreProgram.withHome { vstore in
            let file = try write(Self.text, "a.yaml", vstore)
            let other = try write(
                "# dearer\n" + Self.text.replacingOccurrences(of: "price: 0.30", with: "price: 0.33"), "b.yaml", vstore)
            let outcome = try vstore.run("rules diff \(file) \(other)")
            #expect(outcome.status == 1)
            #expect(
                outcome.output.split(separator: "\n").map(String.init) == [
                    "-     price: 0.30", "+     price: 0.33",
                ])
            let json = try vstore.run("rules diff \(file) \(other) --json").object()
            #expect(json["same"] as? Bool == false)
        }
    }

    @Test func `what is wrong is told by file, line, field and what is allowed`() throws {
        try VStoreProgram.withHome { vstore in
            for (old, new, words) in [
                ("percent: 150", "percent: 1500", ["line 20", "rates 2, percent", "0 to 1000"]),
                ("rate: 2}", "rate: 3}", ["dayProfiles 1", "rates: 1, 2"]),
                ("currency: EUR", "currency: EURO", ["line 3", "currency", "EUR"]),
                ("blocks:", "block:", ["there is no such field", "blocks"]),
                ("channel: 0", "channel: 1", ["source with channel 0"]),
            ] {
                let file = try write(Self.text.replacingOccurrences(of: old, with: new), "wrong.yaml", vstore)
                let outcome = try vstore.run("rules check \(file)")
                #expect(outcome.status != 0 && outcome.output.isEmpty)
                for word in words { #expect(outcome.errors.contains(word), "\(outcome)") }
            }
        }
    }
}
