import Foundation
import Meter
import Testing
import ValueElement
import ValueProtocol

/// The credit rules of the table `Cases/supply.txt`.
@Suite struct SupplyCaseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        let situation: SupplyDecision.Situation
        let isOn: Bool
        let reason: String
        var testDescription: String { line }
    }

    struct Table: Sendable {
        var rules = CreditRules(token: Amount(rawValue: 1))
        var cases: [Case] = []
    }

    struct Unreadable: Error { let line: String }

    static let table = Result { try read() }
    static var cases: [Case] {
        guard case .success(let table) = table else { return [] }
        return table.cases
    }

    private static func minute(_ text: Substring) throws -> Int {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2 else { throw Unreadable(line: String(text)) }
        return parts[0] * 60 + parts[1]
    }

    private static func days(_ text: Substring) throws -> UInt8 {
        let names: [Substring] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        var days: UInt8 = 0
        for part in text.split(separator: ",") {
            if part == "holidays" {
                days |= FriendlyCredit.Window.holidays
                continue
            }
            let ends = part.split(separator: "-").compactMap { names.firstIndex(of: $0) }
            guard let first = ends.first, let last = ends.last else { throw Unreadable(line: String(text)) }
            for day in first...last { days |= 1 << UInt8(day) }
        }
        return days
    }

    private static func date(_ text: Substring) throws -> CivilDate {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, let date = CivilDate(year: parts[0], month: parts[1], day: parts[2]) else {
            throw Unreadable(line: String(text))
        }
        return date
    }

    private static func read() throws -> Table {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Cases/supply.txt")
        var table = Table()
        var calendar = LocalCalendar()
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            switch words.first {
            case "offset": calendar.offset = try #require(Int16(words[1]))
            case "holiday" where words[1].count == 5:
                let parts = words[1].split(separator: "-").compactMap { Int($0) }
                calendar.holidays.insert(.yearly(month: parts[0], day: parts[1]))
            case "holiday": calendar.holidays.insert(.once(try date(words[1])))
            case "emergency": table.rules.emergency = try #require(Amount(words[1]))
            case "friendly":
                let window = FriendlyCredit.Window(
                    days: try days(words[1]), from: try minute(words[2]), to: try minute(words[3]))
                table.rules.friendly.windows.append(try #require(window))
            default:
                let local = try date(words[0]).dayNumber * 1440 + minute(words[1])
                let time = Timestamp(rawValue: UInt32((local - Int(calendar.offset)) * 60))
                let situation = SupplyDecision.Situation(
                    value: try #require(Amount(words[2])), emergencyUsed: try #require(Amount(words[3])),
                    hasAskedForEmergency: words[4] == "yes",
                    isFriendly: calendar.isFriendly(table.rules.friendly, at: time), wasOn: words[5] == "on")
                table.cases.append(
                    Case(
                        line: String(line), situation: situation, isOn: words[6] == "on", reason: String(words[7])))
            }
        }
        return table
    }

    @Test func `the table is read`() throws {
        #expect(try Self.table.get().cases.count == 30)
    }

    @Test(arguments: cases)
    func `supply`(_ row: Case) throws {
        let decision = SupplyDecision(row.situation, try Self.table.get().rules)
        #expect(decision.isOn == row.isOn)
        #expect(decision.reason.name == row.reason)
    }

    @Test func `other reasons come first`() {
        let rules = CreditRules(token: Amount(rawValue: 1))
        func decide(_ change: (inout SupplyDecision.Situation) -> Void) -> SupplyDecision {
            var situation = SupplyDecision.Situation(value: Amount(rawValue: 1), wasOn: true)
            change(&situation)
            return SupplyDecision(situation, rules)
        }
        #expect(decide { _ in }.reason == .value)
        #expect(decide { $0.state = .blank }.reason == .notIssued)
        #expect(decide { $0.state = .blocked }.reason == .blocked)
        #expect(decide { $0.state = .terminated }.reason == .blocked)
        #expect(decide { $0.isTampered = true }.reason == .tampered)
        #expect(
            decide {
                $0.isMemoryLost = true
                $0.isTampered = true
            }.reason == .memory)
        #expect(!decide { $0.isMemoryLost = true }.isOn)
    }
}
