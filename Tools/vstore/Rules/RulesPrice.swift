import ArgumentParser
import ValueProtocol

struct RulesPrice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "price", abstract: "Show what a kWh or m3 costs under rules, hour by hour where it changes.",
        discussion: """
            Times are local times of the rules, with UTC beside them. Prices are those of the month's use that --used \
            says, in the rules' blocks.

              vstore rules price rules.yaml --from 2027-01-01T00:00Z --days 7
              vstore rules price rules.yaml --from 2027-03-28T00:00Z --used 250
            """)

    @Argument(help: ArgumentHelp("The rules, in YAML; - for standard input.", valueName: "file"), completion: .file())
    var file: String

    @Option(
        name: .long,
        help: ArgumentHelp("From when, in UTC; if not named, from when they are in force.", valueName: "moment"),
        transform: RulesPrice.moment)
    var from: Timestamp?

    @Option(name: .long, help: ArgumentHelp("How many days.", valueName: "1-3660"))
    var days: Int = 1

    @Option(
        name: .long,
        help: ArgumentHelp("Used in this month so far, in kWh or m3.", valueName: "quantity"),
        transform: Amount.argument)
    var used: Amount?

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (1...3660).contains(days) else { throw ValidationError("Name 1 to 3660 days.") }
    }

    private static func moment(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(dateTime: text) else {
            throw ValidationError("'\(text)' is not a moment in UTC. Write it as in 2026-12-01T00:00Z.")
        }
        return time
    }

    /// A time at one price.
    private struct Line {
        let period: RatePeriod
        let local: SupplyRules.LocalTime
        let prices: [(channel: UInt8, price: Amount)]
    }

    mutating func run() throws {
        let rules = try RulesFile.read(file)
        let system = ChargeSystem.rules(rules)
        let begin = from ?? rules.effective
        let (end, isTooLate) = begin.rawValue.addingReportingOverflow(UInt32(days) * 86_400)
        guard !isTooLate else { throw Failure(.usage, "--from and --days go beyond 2106. Name an earlier time.") }
        // An amount has six decimals; a quantity has three.
        let month = (used ?? .zero).rawValue / 1_000
        let schedule = TariffSchedule(rules)
        var lines: [Line] = []
        var time = begin
        while time.rawValue < end {
            let period = schedule.period(at: time)
            let prices = rules.sources.map { source in
                let price = system.prices(channel: Int(source.channel), percent: period.percent)?
                    .price(monthQuantity: month)
                return (channel: source.channel, price: price ?? .zero)
            }
            if lines.last.map({ $0.period.rate != period.rate || $0.period.percent != period.percent }) ?? true {
                lines.append(Line(period: period, local: rules.localTime(at: time), prices: prices))
            }
            time = period.end
        }
        show(lines, rules, begin)
    }

    private func show(_ lines: [Line], _ rules: SupplyRules, _ begin: Timestamp) {
        var table = TextTable(
            ["LOCAL TIME", "UTC", "RATE", "PERCENT"] + rules.sources.map { "SOURCE \($0.channel)" },
            numbers: Set([3] + rules.sources.indices.map { $0 + 4 }))
        for line in lines {
            table.add(
                [
                    "\(line.local.date) \(clock(line.local.minute))", max(line.period.start, begin).dateTime,
                    "\(line.period.rate)", "\(line.period.percent)",
                ] + line.prices.map { $0.price.text(in: rules.currency) })
        }
        common.console.output(
            [
                "id": .number(Int(rules.id)), "currency": .text("\(rules.currency)"),
                "periods": .list(
                    lines.map { line in
                        [
                            "start": .moment(max(line.period.start, begin)),
                            "local": .text("\(line.local.date)T\(clock(line.local.minute))"),
                            "rate": .number(Int(line.period.rate)), "percent": .number(Int(line.period.percent)),
                            "prices": .list(
                                line.prices.map {
                                    ["channel": .number(Int($0.channel)), "price": .text("\($0.price)")]
                                }),
                        ]
                    }),
            ], ["rules \(rules.id), \(rules.currency) per kWh or m3"] + table.lines)
    }

    private func clock(_ minute: Int) -> String {
        "\(String(100 + minute / 60).dropFirst()):\(String(100 + minute % 60).dropFirst())"
    }
}
