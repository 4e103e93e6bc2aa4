public import ValueProtocol

extension SupplyRules {
    /// The rules as a file in YAML, which ``init(yaml:)`` reads again.
    ///
    /// What is left out means the same in every case; an encoded list of no holidays is left out too.
    public var yaml: String {
        var lines = ["id: \(id)", "effective: \(effective.dateTime)", "currency: \(currency)"]
        if let zone { lines += zone.lines }
        if !holidays.isEmpty {
            lines.append("holidays:")
            lines += holidays.map { "  - \"\($0.text)\"" }
        }
        lines += list("seasons", seasons.map(\.lines))
        lines += list("dayProfiles", profiles.map(\.lines))
        lines += list("rates", rates.map { ["{number: \($0.number), percent: \($0.percent)}"] })
        lines += list("sources", sources.map(\.lines))
        lines += list("blocks", blocks.map { ["{above: \($0.above), percent: \($0.percent)}"] })
        if let standingCharge {
            lines.append("standingCharge: {amount: \(standingCharge.amount), per: \(standingCharge.period)}")
        }
        if let debtShare { lines.append("debtShare: \(debtShare)") }
        if let credit { lines += credit.lines }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A list of entries, each of lines; nothing for none.
private func list(_ name: String, _ entries: [[String]]) -> [String] {
    guard !entries.isEmpty else { return [] }
    return ["\(name):"]
        + entries.flatMap { entry in entry.enumerated().map { index, line in (index == 0 ? "  - " : "    ") + line } }
}

extension SupplyRules.Zone {
    fileprivate var lines: [String] {
        var lines = ["timeZone:", "  offset: \"\(hoursText(offset))\""]
        if let summer {
            lines += [
                "  summerTime:", "    shift: \"\(hoursText(summer.shift))\"", "    begins: \(summer.first.text)",
                "    ends: \(summer.last.text)",
            ]
        }
        return lines
    }
}

extension SupplyRules.YearlyMoment {
    fileprivate var text: String {
        "{month: \(month), week: \(week == 5 ? "last" : "\(week)"), weekday: \(Days.name(of: Int(weekday))), "
            + "time: \"\(timeText(Int(minute)))\"}"
    }
}

extension SupplyRules.Holiday {
    fileprivate var text: String {
        let year = year.map { year in String(repeating: "0", count: 4 - min(4, "\(year)".count)) + "\(year)-" } ?? ""
        return year + TextDate.text(month, day)
    }
}

extension SupplyRules.Season {
    fileprivate var lines: [String] {
        var days: [String] = []
        var isDone = Array(repeating: false, count: 8)
        for day in 0..<8 where !isDone[day] {
            var bits: UInt8 = 0
            for other in day..<8 where profiles[other] == profiles[day] {
                isDone[other] = true
                bits |= 1 << UInt8(other)
            }
            days.append("      \"\(Days.text(bits))\": \(profiles[day])")
        }
        return ["begins: \"\(TextDate.text(month, day))\"", "days:"] + days.map { String($0.dropFirst(4)) }
    }
}

extension SupplyRules.DayProfile {
    fileprivate var lines: [String] {
        ["number: \(number)", "rates:"]
            + entries.map { "  - {from: \"\(timeText(Int($0.minute)))\", rate: \($0.rate)}" }
    }
}

extension SupplyRules.Source {
    fileprivate var lines: [String] {
        ["channel: \(channel)", "price: \(price)"] + (priceGivenBack.map { ["priceGivenBack: \($0)"] } ?? [])
    }
}

extension SupplyRules.CreditTerms {
    fileprivate var lines: [String] {
        var lines = ["credit:", "  emergency: \(emergency)", "  warningBelow: \(warningBelow)"]
        if !friendlyTimes.isEmpty {
            lines.append("  friendlyTimes:")
            lines += friendlyTimes.map { time in
                "    - {days: \"\(Days.text(time.days))\", from: \"\(timeText(Int(time.from)))\", "
                    + "to: \"\(timeText(Int(time.to)))\"}"
            }
        }
        if returnsByKey { lines.append("  returnsByKey: true") }
        if let limit { lines.append("  limit: \(limit)") }
        return lines
    }
}
