import ValueProtocol

/// Days of the week and holidays in text form: `mon-fri`, `sat,sun`, `holiday`, `mon-sun,holiday`.
enum Days {
    static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    static let holiday = "holiday"

    /// One bit per weekday, Monday lowest, and bit 7 for holidays; nil for any other text.
    static func bits(of text: String) -> UInt8? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let weekdays = parts.filter { $0 != holiday }
        guard parts.count - weekdays.count <= 1 else { return nil }
        let bits = weekdays.isEmpty ? 0 : Weekdays.bits(of: weekdays.joined(separator: ","))
        return bits.map { weekdays.count < parts.count ? $0 | SupplyRules.FriendlyTime.holidays : $0 }
    }

    static func name(of day: Int) -> String { day < names.count ? names[day] : holiday }

    /// The shortest text of these days; consecutive ones as a range.
    static func text(_ bits: UInt8) -> String {
        var parts: [String] = []
        var day = 0
        while day < 7 {
            guard bits & 1 << UInt8(day) != 0 else {
                day += 1
                continue
            }
            let first = day
            while day < 6, bits & 1 << UInt8(day + 1) != 0 { day += 1 }
            parts.append(first == day ? names[first] : "\(names[first])-\(names[day])")
            day += 1
        }
        if bits & SupplyRules.FriendlyTime.holidays != 0 { parts.append(holiday) }
        return parts.joined(separator: ",")
    }
}

/// A month and day: `04-01`, `02-29`.
struct TextDate {
    let month: UInt8
    let day: UInt8

    /// Nil for any other text, and for a date that exists in no year.
    init?(_ text: String) {
        guard let date = CivilDate("2000-\(text)") else { return nil }
        (month, day) = (UInt8(date.month), UInt8(date.day))
    }

    static func text(_ month: UInt8, _ day: UInt8) -> String { "\(twoDigits(Int(month)))-\(twoDigits(Int(day)))" }
}

func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// `06:30`
func timeText(_ minute: Int) -> String { "\(twoDigits(minute / 60)):\(twoDigits(minute % 60))" }

/// `+01:00`, `-03:30`
func hoursText(_ minutes: Int16) -> String { (minutes < 0 ? "-" : "+") + timeText(Int(minutes.magnitude)) }

extension TextNode {
    /// A time of day.
    func minute(below limit: Int) throws(SupplyRulesTextError) -> UInt16 {
        try value("a time from 00:00 to \(timeText(limit - 1)), in quotation marks") { text in
            TimeOfDay.minute(of: text).flatMap { $0 < limit ? UInt16($0) : nil }
        }
    }

    /// Hours and minutes with a sign.
    func hours(from least: Int16, to most: Int16) throws(SupplyRulesTextError) -> Int16 {
        try value("hours and minutes from \(hoursText(least)) to \(hoursText(most)), in quotation marks") { text in
            guard let sign = text.first, sign == "+" || sign == "-",
                let minutes = TimeOfDay.minute(of: text.dropFirst()).map({ Int16($0) })
            else { return nil }
            let result = sign == "-" ? -minutes : minutes
            return (least...most).contains(result) ? result : nil
        }
    }
}
