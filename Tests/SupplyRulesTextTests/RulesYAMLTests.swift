import RandomRules
import SupplyRulesText
import TestSupport
import Testing
import ValueProtocol

@Suite struct RulesYAMLTests {
    /// Everything that rules can have.
    static let full = """
        # Two sources, in Korea with the summer time of Europe.
        id: 513
        effective: 2026-01-01T00:00Z
        currency: KRW
        timeZone:
          offset: "+01:00"
          summerTime:
            shift: "+01:00"
            begins: {month: 3, week: last, weekday: sun, time: "02:00"}
            ends: {month: 10, week: last, weekday: sun, time: "02:00"}
        holidays: ["01-01", "2026-04-03"]
        seasons:
          - begins: "04-01"
            days: {mon-fri: 2, "sat,sun,holiday": 3}
          - begins: "10-15"
            days: {mon-fri: 1, "sat,sun": 1, holiday: 3}
        dayProfiles:
          - number: 1
            rates:
              - {from: "00:00", rate: 1}
              - {from: "06:30", rate: 2}
              - {from: "17:00", rate: 3}
              - {from: "21:00", rate: 1}
          - number: 2
            rates: [{from: "00:00", rate: 1}, {from: "08:00", rate: 2}]
          - number: 3
            rates: [{from: "00:00", rate: 1}]
        rates:
          - {number: 1, percent: 50}
          - {number: 2, percent: 100}
          - {number: 3, percent: 200}
        sources:
          - {channel: 0, price: 0.18, priceGivenBack: 0.06}
          - {channel: 1, price: 0.45}
        blocks:
          - {above: 100000, percent: 120}
          - {above: 300000, percent: 175}
        standingCharge: {amount: 0.27, per: day}
        debtShare: 25
        credit:
          emergency: 5
          warningBelow: 2
          friendlyTimes:
            - {days: mon-sun, from: "22:00", to: "06:00"}
            - {days: holiday, from: "00:00", to: "24:00"}
          returnsByKey: true
          limit: 8000
        """

    @Test func `a file that a person wrote is these rules`() throws {
        let rules = try SupplyRules(yaml: Self.full)
        #expect(rules.id == 513 && rules.currency == Currency("KRW") && rules.effective.rawValue == 1_767_225_600)
        #expect(rules.zone?.summer?.last == SupplyRules.YearlyMoment(month: 10, week: 5, weekday: 6, minute: 120))
        #expect(
            rules.holidays == [
                SupplyRules.Holiday(month: 1, day: 1), SupplyRules.Holiday(month: 4, day: 3, year: 2026),
            ])
        #expect(rules.seasons.map(\.profiles) == [[2, 2, 2, 2, 2, 3, 3, 3], [1, 1, 1, 1, 1, 1, 1, 3]])
        #expect(rules.profiles[0].entries[1] == SupplyRules.DayProfile.Entry(minute: 390, rate: 2))
        #expect(rules.sources[0].priceGivenBack?.rawValue == 60_000)
        #expect(rules.standingCharge?.amount.rawValue == 270_000 && rules.standingCharge?.period == .day)
        #expect(rules.credit?.friendlyTimes.map(\.days) == [0x7F, 0x80] && rules.credit?.returnsByKey == true)
        #expect(try SupplyRules(rules.bytes) == rules)
    }

    @Test func `rules of any kind return from their text`() throws {
        var random = SeededGenerator(seed: 30)
        for _ in 0..<200 {
            let rules = SupplyRules.any(using: &random)
            #expect(try SupplyRules(yaml: rules.yaml) == rules, "\(rules.yaml)")
        }
    }

    /// Each change of the full file: what is replaced, by what, in which line and field the error is, and what it says.
    struct Mistake: CustomStringConvertible {
        let old: String
        let new: String
        let code: SupplyRulesTextError.Code
        let line: Int
        let field: String
        let allowed: String
        var description: String { "\(old) → \(new)" }

        init(
            _ old: String, _ new: String, _ code: SupplyRulesTextError.Code, _ line: Int, _ field: String,
            _ allowed: String
        ) {
            (self.old, self.new, self.code, self.line, self.field, self.allowed) = (
                old, new, code, line, field, allowed
            )
        }
    }

    static let mistakes = [
        Mistake("id: 513", "id: 0", .wrongValue, 2, "id", "from 1 to 65535"),
        Mistake(
            "effective: 2026-01-01T00:00Z", "effective: 2026-01-01", .wrongValue, 3, "effective", "2026-12-01T00:00Z"),
        Mistake("KRW", "WON", .wrongValue, 4, "currency", "EUR or 978"),
        Mistake("offset: \"+01:00\"", "offset: \"+14:01\"", .wrongValue, 6, "timeZone, offset", "-14:00 to +14:00"),
        Mistake(
            "week: last, weekday: sun", "week: 6, weekday: sun", .wrongValue, 9, "timeZone, summerTime, begins, week",
            "last"),
        Mistake("month: 10", "month: 3", .refused, 10, "timeZone, summerTime, ends", "must not end at the moment"),
        Mistake("\"01-01\"", "\"02-30\"", .wrongValue, 11, "holidays 1", "2026-04-03 for one year"),
        Mistake("\"04-01\"", "\"11-01\"", .refused, 15, "seasons 2, begins", "later or greater"),
        Mistake("mon-fri: 2,", "mon-thu: 2,", .missingField, 14, "seasons 1, days", "fri has no profile"),
        Mistake(
            "\"sat,sun\": 1", "\"fri,sat,sun\": 1", .wrongValue, 16, "seasons 2, days, fri,sat,sun", "each day once"),
        Mistake("mon-fri: 2,", "mon-fri: 9,", .refused, 14, "seasons 1, days, mon-fri", "dayProfiles: 1, 2, 3"),
        Mistake(
            "from: \"06:30\"", "from: \"25:00\"", .wrongValue, 21, "dayProfiles 1, rates 2, from", "00:00 to 23:59"),
        Mistake(
            "\"17:00\", rate: 3", "\"17:00\", rate: 4", .refused, 22, "dayProfiles 1, rates 3, rate", "rates: 1, 2, 3"),
        Mistake("from: \"17:00\"", "from: \"06:30\"", .refused, 22, "dayProfiles 1, rates 3, from", "later or greater"),
        Mistake("percent: 200", "percent: 1001", .wrongValue, 31, "rates 3, percent", "0 to 1000"),
        Mistake("number: 3, percent", "number: 2, percent", .refused, 31, "rates 3, number", "same number"),
        Mistake("price: 0.18", "price: 0.1234567", .wrongValue, 33, "sources 1, price", "six decimals"),
        Mistake("price: 0.45", "price: 1000000.000001", .refused, 34, "sources 2, price", "up to 1000000.00"),
        Mistake("channel: 1", "chanel: 1", .unknownField, 34, "sources 2, chanel", "channel, price, priceGivenBack"),
        Mistake("above: 300000", "above: 100000", .refused, 37, "blocks 2, above", "later or greater"),
        Mistake("per: day", "per: week", .wrongValue, 38, "standingCharge, per", "day or month"),
        Mistake("debtShare: 25", "debtShare: 101", .wrongValue, 39, "debtShare", "0 to 100"),
        Mistake("  warningBelow: 2\n", "", .missingField, 41, "credit, warningBelow", "missing"),
        Mistake(
            "days: mon-sun,", "days: weekend,", .wrongValue, 44, "credit, friendlyTimes 1, days", "mon-fri,holiday"),
        Mistake("\"24:00\"", "\"24:01\"", .wrongValue, 45, "credit, friendlyTimes 2, to", "00:00 to 24:00"),
        Mistake("returnsByKey: true", "returnsByKey: maybe", .wrongValue, 46, "credit, returnsByKey", "true or false"),
        Mistake("limit: 8000", "limit: -1", .wrongValue, 47, "credit, limit", "4294967295"),
        Mistake("debtShare: 25", "debtShare: [25]", .wrongValue, 39, "debtShare", "0 to 100"),
        Mistake("blocks:", "block:", .unknownField, 35, "block", "id, effective"),
    ]

    @Test(arguments: mistakes) func `an error names line, field, and what is allowed there`(_ mistake: Mistake) throws {
        let text = try #require(Self.full.contains(mistake.old) ? Self.replacing(mistake.old, mistake.new) : nil)
        let error = try #require(throws: SupplyRulesTextError.self) { try SupplyRules(yaml: text) }
        #expect(error.code == mistake.code && error.field == mistake.field, "\(error)")
        #expect(error.line == mistake.line, "\(error)")
        #expect("\(error)".contains(mistake.allowed), "\(error)")
    }

    /// The first occurrence replaced.
    private static func replacing(_ old: String, _ new: String) -> String {
        guard let range = full.firstRange(of: old) else { return full }
        return full.replacingCharacters(range, new)
    }

    @Test(
        arguments: [
            ("", .notYAML, nil), ("id: [1", .notYAML, nil), ("id: 1\nid: 2\n", .notYAML, 1), ("- 1", .wrongValue, 1),
            ("\"rules\"", .wrongValue, 1), ("id: 1\n---\nid: 2\n", .notYAML, nil), ("? [1]\n: 2", .unknownField, 1),
        ] as [(String, SupplyRulesTextError.Code, Int?)])
    func `what is not rules in YAML is refused`(_ text: String, _ code: SupplyRulesTextError.Code, _ line: Int?) throws
    {
        let error = try #require(throws: SupplyRulesTextError.self) { try SupplyRules(yaml: text) }
        #expect(error.code == code, "\(error)")
        if let line { #expect(error.line == line, "\(error)") }
    }

    @Test func `a text that is too long is not parsed`() throws {
        let text = Self.full + "\n#" + String(repeating: "x", count: SupplyRules.maxTextByteCount)
        let error = try #require(throws: SupplyRulesTextError.self) { try SupplyRules(yaml: text) }
        #expect(error.code == .tooLong)
    }

    /// Nine levels of nine aliases, also as a key, which the parser would compare leaf by leaf.
    @Test(arguments: ["a", "? *i\n: 1"]) func `aliases that multiply are refused`(_ end: String) throws {
        var text = "a: &a [x]\n"
        for (outer, inner) in zip("bcdefghi", "abcdefgh") {
            text += "\(outer): &\(outer) [\(Array(repeating: "*\(inner)", count: 9).joined(separator: ","))]\n"
        }
        let error = try #require(throws: SupplyRulesTextError.self) { try SupplyRules(yaml: text + end) }
        #expect(error.code == .tooManyAliases)
    }

    @Test func `an alias stands for what it names`() throws {
        let text = Self.full.replacing("[{from: \"00:00\", rate: 1}]", with: "*flat")
            .replacing("rates: [{from: \"00:00\", rate: 1}, ", with: "rates: [&first {from: \"00:00\", rate: 1}, ")
            .replacing("*flat", with: "[*first]")
        #expect(text.contains("[*first]"))
        #expect(try SupplyRules(yaml: text) == SupplyRules(yaml: Self.full))
    }

    @Test(arguments: ["[", "{", "- ", "? "]) func `nesting without end is refused`(_ opening: String) throws {
        let text = String(repeating: opening, count: 50_000)
        #expect(throws: SupplyRulesTextError.self) { try SupplyRules(yaml: text) }
    }

    /// Any line left out, doubled or cut is refused with an error, or makes rules: nothing traps.
    @Test func `however a file is damaged, it is refused or makes rules`() {
        var random = SeededGenerator(seed: 31)
        let text = Array(Self.full.utf8)
        for _ in 0..<2000 {
            var changed = text
            let index = Int.random(in: 0..<changed.count, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: changed.remove(at: index)
            case 1: changed.insert(Array("{}[]:,-&*!|>'\"#\n\t0x".utf8).randomElement(using: &random)!, at: index)
            case 2: changed.removeSubrange(index..<min(index + 20, changed.count))
            default: changed[index] = .random(in: 32...126, using: &random)
            }
            do throws(SupplyRulesTextError) {
                let rules = try SupplyRules(yaml: String(decoding: changed, as: UTF8.self))
                #expect(throws: Never.self) { try SupplyRules(rules.bytes) }
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, _ text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
