import ArgumentParser
import HeadEnd
import Issuing
public import Ledger
import Meter
import MeterBench
import Metrology
import PowerLine
public import ValueProtocol

/// A value on the command line that, where it is refused, says why and shows a right one.
protocol ExplainedArgument: ExpressibleByArgument {
    /// Why `text` is refused, and one remedy.
    static func fault(in text: String) -> String
}

extension ExplainedArgument {
    /// The value of an argument.
    ///
    /// - Throws: `ValidationError` with the fault.
    static func argument(_ text: String) throws -> Self {
        guard let value = Self(argument: text) else { throw ValidationError(fault(in: text)) }
        return value
    }
}

extension Amount: ExplainedArgument {
    static func fault(in text: String) -> String {
        if let comma = text.firstIndex(of: ","), text[comma...].count <= 3,
            let amount = Amount(text.replacing(",", with: "."))
        {
            return "decimals follow a point. Write \(amount)."
        }
        if text.contains(",") {
            return "digits are not grouped, and decimals follow a point. Write it as 1500 or 12.50."
        }
        if text.hasPrefix("-") || text.hasPrefix("+") { return "an amount has no sign. Write it as 50 or 12.50." }
        if let amount = Amount("0" + text) ?? Amount(text + "0") {
            return "there are digits on both sides of the point. Write \(amount)."
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }), !text.isEmpty else {
            return "an amount is digits and at most one point. Write it as 50 or 12.50."
        }
        if parts.count == 2, parts[1].count > 6 {
            return "an amount has at most six decimals. Write it as 12.50 or 0.345678."
        }
        return "that is more than a purse can hold. Write at most \(Amount(rawValue: .max - 1))."
    }
}

extension PartyID: ExplainedArgument {
    static func fault(in text: String) -> String {
        let example = "Write it as 00A1B2C3-10-011234."
        let digits = text.filter { $0 != "-" }
        if let wrong = digits.first(where: { !$0.isASCII || !$0.isHexDigit }) {
            return "'\(wrong)' is not a hexadecimal digit. \(example)"
        }
        return "an identifier has 16 hexadecimal digits, not \(digits.count). \(example)"
    }
}

extension Currency: ExplainedArgument {
    static func fault(in text: String) -> String {
        "no currency of ISO 4217 is known by it. Write three letters or the number, as EUR or 978."
    }
}

extension HostTransaction: ExplainedArgument {
    public init?(argument: String) {
        guard let number = UInt64(argument), number > 0 else { return nil }
        self.init(rawValue: number)
    }

    static func fault(in text: String) -> String {
        "a transaction is a whole number from 1 on. Write it as the column HTXN of card log shows it, as 17."
    }
}

extension DifferenceID: ExplainedArgument {
    public init?(argument: String) {
        guard let number = UInt64(argument), number > 0 else { return nil }
        self.init(rawValue: number)
    }

    static func fault(in text: String) -> String {
        "a difference is a whole number from 1 on. Write it as host check shows it, as 17."
    }
}

extension Account: ExplainedArgument {
    static func fault(in text: String) -> String {
        let example = "Write it as host ledger shows it, as purses:00A1B2C3-10-011234:gas, seller or corrections."
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let (kind, count) = (parts[0], parts.count)
        if ["purses", "in doubt", "carried"].contains(kind), count == 3 {
            if PartyID(parts[1]) == nil { return "element '\(parts[1])': \(PartyID.fault(in: parts[1]))" }
            if kind == "purses", parts[2] == "float" {
                return "a float has an account of its own. Write floats:\(parts[1])."
            }
            return "'\(parts[2])' is not a service in small letters. \(example)"
        }
        if ["floats", "debts", "delivered"].contains(kind), count == 2 {
            return "element '\(parts[1])': \(PartyID.fault(in: parts[1]))"
        }
        return "there is no such account. \(example)"
    }
}

/// The parts of times and lists of days.
enum CalendarFault {
    /// Why the text is not a list of weekdays; nil where it is one.
    ///
    /// - Parameter isKnown: other names that are allowed.
    static func days(_ text: some StringProtocol, isKnown: (String) -> Bool = { _ in false }) -> String? {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        for part in text.lowercased().split(separator: ",", omittingEmptySubsequences: false) {
            if isKnown(String(part)) || Weekdays.bits(of: part) != nil { continue }
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            if let wrong = ends.first(where: { !names.contains($0) }) {
                return "'\(wrong)' is not a day. Write days as mon-fri, sat,sun or daily."
            }
            if ends.count == 2, let first = names.firstIndex(of: ends[0]), let last = names.firstIndex(of: ends[1]) {
                let until = first == 6 ? "sun" : "\(names[first])-sun"
                let from = last == 0 ? "mon" : "mon-\(names[last])"
                return "'\(part)' passes the end of the week, which begins on Monday. Write \(until),\(from)."
            }
            return "'\(part)' is not a range of days. Write two ends, as mon-fri."
        }
        return nil
    }

    /// Why the text is not a time of day; nil where it is one.
    ///
    /// - Parameter isEnd: whether 24:00 is allowed.
    static func time(_ text: some StringProtocol, isEnd: Bool = false) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        if parts.count == 2, let hour = parts[0], let minute = parts[1], (0..<60).contains(minute),
            (0..<24).contains(hour) || isEnd && hour == 24 && minute == 0
        {
            return nil
        }
        return "'\(text)' is not a time of day. Write hours and minutes, 00:00 to \(isEnd ? "24:00" : "23:59")."
    }
}

extension MomentArgument: ExplainedArgument {
    static func fault(in text: String) -> String {
        let moments = [
            text + "Z", text + "T00:00Z", text.replacing(" ", with: "T"), text.replacing(" ", with: "T") + "Z",
        ]
        if let meant = moments.first(where: { Timestamp(dateTime: $0) != nil }) {
            return "a moment is a date and a time in UTC, which Z says. Write \(meant)."
        }
        return "a moment is a date and a time in UTC. Write it as 2026-12-01T00:00Z, or now."
    }
}

extension PursePlan: ExplainedArgument {
    static func fault(in text: String) -> String {
        let example = "Write it as gas:EUR:200, with :EID after it to bind it to a meter."
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (3...4).contains(parts.count) else {
            return "a purse is its service, currency and limit. \(example)"
        }
        if UtilityService(named: parts[0]) == nil {
            return "'\(parts[0])' is not a service. Write electricity, gas, water, heat or float."
        }
        if Currency(parts[1]) == nil { return "'\(parts[1])': \(Currency.fault(in: parts[1]))" }
        if Amount(parts[2]) == nil { return "limit '\(parts[2])': \(Amount.fault(in: parts[2]))" }
        return "meter '\(parts[3])': \(PartyID.fault(in: parts[3]))"
    }
}

extension ChannelRating: ExplainedArgument {
    static func fault(in text: String) -> String {
        let example = "Write it as 220:40, or 110:20:60."
        let texts = text.split(separator: ":", omittingEmptySubsequences: false)
        if let wrong = texts.first(where: { Double($0) == nil }) { return "'\(wrong)' is not a number. \(example)" }
        let parts = texts.compactMap { Double($0) }
        if let volts = parts.first, !(50...400).contains(volts) { return "volts are 50 to 400. \(example)" }
        guard (2...3).contains(parts.count) else { return "a channel is volts and amperes. \(example)" }
        if !(1...200).contains(parts[1]) { return "amperes are 1 to 200. \(example)" }
        return "hertz are 50 or 60. \(example)"
    }
}

extension AngleRates.Band: ExplainedArgument {
    static func fault(in text: String) -> String {
        let example = "Write it as 30..90=120, or -90..-30=110."
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let dots = parts[0].firstRange(of: ".."),
            let from = Int(parts[0][..<dots.lowerBound]), let to = Int(parts[0][dots.upperBound...])
        else { return "a band is two whole degrees with .. between them, = and percent. \(example)" }
        guard let percent = UInt16(parts[1]), percent <= 1000 else {
            return "the percentage is a whole number, 0 to 1000. \(example)"
        }
        return from >= to ? "it begins at or after its end. \(example)" : "degrees are -180 to 180. \(example)"
    }
}

extension FriendlyCredit.Window: ExplainedArgument {
    static func fault(in text: String) -> String {
        let example = "Write it as daily@22:00-06:00."
        let parts = text.lowercased().split(separator: "@", maxSplits: 1)
        guard parts.count == 2 else { return "a window is days, @ and two times of day. \(example)" }
        if let fault = CalendarFault.days(parts[0], isKnown: { $0 == "holidays" }) { return fault }
        let times = parts[1].split(separator: "-")
        guard times.count == 2 else { return "a window has two times of day with a - between them. \(example)" }
        return CalendarFault.time(times[0]) ?? CalendarFault.time(times[1], isEnd: true)
            ?? "its end is after 00:00 of its day. Write 24:00 for midnight."
    }
}

extension LocalCalendar.Holiday: ExplainedArgument {
    static func fault(in text: String) -> String {
        "a holiday is a date. Write it as 2026-12-25, or 12-25 for every year."
    }
}

extension SimulatedDuration: ExplainedArgument {
    static func fault(in text: String) -> String {
        if UInt32(text) != nil { return "its unit is missing. Write s, m, h or d after it, as 90s." }
        return "a duration is a whole number above 0 and a unit. Write it as 90s, 15m, 24h or 30d."
    }
}

extension SimulationSpeed: ExplainedArgument {
    static func fault(in text: String) -> String {
        "a speed is simulated per real seconds, 0.01 to 1000000. Write it as 1, 60 or max."
    }
}

extension LineAddress: ExplainedArgument {
    static func fault(in text: String) -> String {
        if text.hasPrefix("tcp:") { return "a host and a port follow tcp. Write it as tcp:127.0.0.1:7701." }
        if let speed = text.split(separator: "@").dropFirst().last, text.hasPrefix("serial:") {
            let speeds = LineAddress.speeds.map(String.init).joined(separator: ", ")
            return "'\(speed)' is not a speed of a line. Write one of \(speeds)."
        }
        return "a line is tcp or serial. Write it as tcp:127.0.0.1:7701 or serial:/dev/ttyUSB0."
    }
}

extension MeterAddress: ExplainedArgument {
    static func fault(in text: String) -> String {
        let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
        let names = ["tcp:", "serial:"]
        if parts.count == 2, !names.contains(where: parts[0].hasPrefix) {
            return PartyID(parts[0]) == nil ? PartyID.fault(in: parts[0]) : LineAddress.fault(in: parts[1])
        }
        if PartyID(text) != nil { return "its address is missing. Write it as \(text)@tcp:127.0.0.1:7701." }
        return LineAddress.fault(in: text)
    }
}
