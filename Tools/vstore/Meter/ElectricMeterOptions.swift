public import ArgumentParser
public import Meter
import MeterBench
public import Metrology
import ValueProtocol

/// How an electric meter is set up.
struct ElectricMeterOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Electric meter: a source that is measured and switched on its own; may be repeated.",
            discussion:
                "Volts and nominal amperes, with hertz where they are not 50: 220:40, 110:20:60. 220:40 by default.",
            valueName: "volts:amperes"), transform: ChannelRating.argument)
    var channel: [ChannelRating] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: what a token is worth, 0.50 by default; a power cut can take no more.",
            valueName: "amount"), transform: Amount.argument)
    var token: Amount?

    @Option(
        name: .long,
        help: ArgumentHelp("Electric meter: how much may be used on emergency credit.", valueName: "amount"),
        transform: Amount.argument)
    var emergency: Amount = .zero

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: when nobody is cut off; may be repeated: daily@22:00-06:00, sat,sun@00:00-24:00, "
                + "holidays@00:00-24:00.", valueName: "days@from-to"), transform: FriendlyCredit.Window.argument)
    var friendly: [FriendlyCredit.Window] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: a holiday, 2026-12-25, or 12-25 for every year; may be repeated.", valueName: "date"),
        transform: LocalCalendar.Holiday.argument)
    var holiday: [LocalCalendar.Holiday] = []

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Electric meter: percent of the rate by the degrees that the current lags; may be repeated.",
            discussion: "30..90=120; negative degrees lead: -90..-30=110.", valueName: "from..to=percent"),
        transform: AngleRates.Band.argument)
    var angleRate: [AngleRates.Band] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: watts above which a channel is opened for five minutes, 0 for none; repeated for the next.",
            valueName: "watts"))
    var limit: [UInt32] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Electric meter: what energy from a load is: marked, a fault that is recorded; charged, as if it came from "
                + "the line; fed-in, of a generator. Marked by default.", valueName: "rule"),
        completion: .list(ElectricConfiguration.Reversal.allCases.map(\.name)),
        transform: ElectricConfiguration.Reversal.argument)
    var reversal: ElectricConfiguration.Reversal?

    @Flag(name: .long, help: "Electric meter: a broken seal cuts the supply until the host has sealed it again.")
    var cutWhenTampered = false

    func validate() throws {
        guard channel.count <= 8 else { throw ValidationError("A meter has at most 8 channels.") }
        guard limit.count <= ratings.count else { throw ValidationError("--limit: one for each channel at most.") }
        guard angleRate.count <= 16 else { throw ValidationError("--angle-rate: at most 16.") }
        guard token != .zero else { throw ValidationError("--token 0: a token is worth something.") }
    }

    /// Whether any option was given.
    var isEmpty: Bool {
        channel.isEmpty && token == nil && emergency == .zero && friendly.isEmpty && holiday.isEmpty && !cutWhenTampered
            && angleRate.isEmpty && limit.isEmpty && reversal == nil
    }

    var ratings: [ChannelRating] {
        channel.isEmpty ? [ChannelRating(nominalVoltage: 220, nominalCurrent: 40)] : channel
    }

    func configuration(price: Amount, localOffset: Int16, lowCredit: Amount) -> ElectricConfiguration {
        ElectricConfiguration(
            channels: ratings.count, price: price,
            calendar: LocalCalendar(offset: localOffset, holidays: Set(holiday)),
            rules: CreditRules(
                token: token ?? Amount(rawValue: 500_000), lowCredit: lowCredit, emergency: emergency,
                friendly: FriendlyCredit(windows: friendly),
                cutsWhenTampered: cutWhenTampered), angleRates: AngleRates(bands: angleRate), limits: limit,
            reversal: reversal ?? .marked)
    }
}

extension ChannelRating: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension AngleRates.Band: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension FriendlyCredit.Window: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension LocalCalendar.Holiday: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension ElectricConfiguration.Reversal {
    fileprivate var name: String {
        switch self {
        case .marked: "marked"
        case .charged: "charged"
        case .fedIn: "fed-in"
        }
    }

    fileprivate static func argument(_ text: String) throws -> Self {
        guard let rule = allCases.first(where: { $0.name == text }) else {
            throw ValidationError("'\(text)' is not a rule for reversed energy. Write marked, charged or fed-in.")
        }
        return rule
    }
}
