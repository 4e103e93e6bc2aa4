public import ArgumentParser
public import Meter
public import Metrology
import ValueProtocol

/// How an electric meter is set up.
struct ElectricMeterOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: a source that is measured and switched on its own; may be repeated.",
            discussion:
                "Volts and nominal amperes, with hertz where they are not 50: 220:40, 110:20:60. One of 220:40 unless given.",
            valueName: "volts:amperes"))
    var channel: [ChannelRating] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Electric meter: what a token is worth; a power cut can take no more.", valueName: "amount"))
    var token: Amount = Amount(rawValue: 500_000)

    @Option(
        name: .long,
        help: ArgumentHelp("Electric meter: how much may be used on emergency credit.", valueName: "amount"))
    var emergency: Amount = .zero

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: when nobody is cut off; may be repeated: daily@22:00-06:00, sat,sun@00:00-24:00, "
                + "holidays@00:00-24:00.", valueName: "days@from-to"))
    var friendly: [FriendlyCredit.Window] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: a holiday, 2026-12-25, or 12-25 for every year; may be repeated.", valueName: "date"))
    var holiday: [LocalCalendar.Holiday] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: percent of the rate by the degrees that the current lags; may be repeated.",
            discussion: "30..90=120; negative degrees lead: -90..-30=110.", valueName: "from..to=percent"))
    var angleRate: [AngleRates.Band] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: watts above which a channel is opened for five minutes, 0 for none; repeated for the next.",
            valueName: "watts"))
    var limit: [UInt32] = []

    @Flag(name: .long, help: "Electric meter: a broken seal cuts the supply until the host has sealed it again.")
    var cutWhenTampered = false

    func validate() throws {
        guard channel.count <= 8 else { throw ValidationError("A meter has at most 8 channels.") }
        guard limit.count <= ratings.count else { throw ValidationError("--limit: one for each channel at most.") }
        guard angleRate.count <= 16 else { throw ValidationError("--angle-rate: at most 16.") }
        guard token > .zero else { throw ValidationError("--token 0: a token is worth something.") }
    }

    /// Whether any was given.
    var isEmpty: Bool {
        channel.isEmpty && emergency == .zero && friendly.isEmpty && holiday.isEmpty && !cutWhenTampered
            && angleRate.isEmpty && limit.isEmpty
    }

    var ratings: [ChannelRating] {
        channel.isEmpty ? [ChannelRating(nominalVoltage: 220, nominalCurrent: 40)] : channel
    }

    func configuration(price: Amount, localOffset: Int16, lowCredit: Amount) -> ElectricConfiguration {
        ElectricConfiguration(
            channels: ratings.count, price: price,
            calendar: LocalCalendar(offset: localOffset, holidays: Set(holiday)),
            rules: CreditRules(
                token: token, lowCredit: lowCredit, emergency: emergency, friendly: FriendlyCredit(windows: friendly),
                cutsWhenTampered: cutWhenTampered), angleRates: AngleRates(bands: angleRate), limits: limit)
    }
}

extension ChannelRating: ExpressibleByArgument {
    public init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard (2...3).contains(parts.count), let volts = parts[0], let amperes = parts[1],
            let hertz = parts.count == 3 ? parts[2] : 50, (50...400).contains(volts), (1...200).contains(amperes),
            hertz == 50 || hertz == 60
        else { return nil }
        self.init(nominalVoltage: volts, nominalCurrent: amperes, nominalFrequency: hertz)
    }
}

extension AngleRates.Band: ExpressibleByArgument {
    public init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let percent = UInt16(parts[1]), let dots = parts[0].firstRange(of: ".."),
            let from = Int(parts[0][..<dots.lowerBound]), let to = Int(parts[0][dots.upperBound...])
        else { return nil }
        self.init(from: from, to: to, percent: percent)
    }
}

extension FriendlyCredit.Window: ExpressibleByArgument {
    public init?(argument: String) {
        let parts = argument.lowercased().split(separator: "@", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let times = parts[1].split(separator: "-").map { Self.minute($0) }
        guard times.count == 2, let from = times[0], let to = times[1] else { return nil }
        let names = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        var days: UInt8 = 0
        for name in names {
            guard let bits = name == "holidays" ? Self.holidays : Weekdays.bits(of: name) else { return nil }
            days |= bits
        }
        self.init(days: days, from: from, to: to)
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0...24).contains(hour),
            (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }
}

extension LocalCalendar.Holiday: ExpressibleByArgument {
    public init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard !parts.contains(nil), let day = parts.last ?? nil, parts.count >= 2, let month = parts[parts.count - 2],
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        switch parts.count {
        case 2: self = .yearly(month: month, day: day)
        case 3:
            guard let year = parts[0], let date = CivilDate(year: year, month: month, day: day) else { return nil }
            self = .once(date)
        default: return nil
        }
    }
}
