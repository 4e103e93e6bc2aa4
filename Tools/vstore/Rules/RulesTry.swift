import Analysis
import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct RulesTry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try", abstract: "Try rules on the recorded use of meters; nothing is sent.",
        discussion: """
            Shows what the recorded hours of each meter cost beside what they would have cost: use, standing charges of the \
            dates and months that begin within them, and what is paid for energy given back. Records have whole Wh or \
            litres of an hour, taken as used evenly, of all sources together: they have the price of source 0. With --svg \
            a picture shows who would pay more, and who less.

              vstore rules try rules.yaml 00A1B2C3-01-000077
              vstore rules try rules.yaml 00A1B2C3-01-000077 00A1B2C3-01-000078 --svg trial.svg
            """)

    @Argument(help: ArgumentHelp("The rules, in YAML; - for standard input.", valueName: "file"), completion: .file())
    var file: String

    @Argument(help: ArgumentHelp("The meters.", valueName: "eid"), transform: PartyID.argument)
    var meters: [PartyID]

    @Option(
        name: .long, help: ArgumentHelp("Draw who would pay more, and who less.", valueName: "file"),
        completion: .file())
    var svg: String?

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard !meters.isEmpty else { throw ValidationError("Name at least one meter.") }
        if let other = meters.first(where: { !$0.kind.isMeter }) {
            throw ValidationError("\(other) is a \(other.kind): it records no use.")
        }
    }

    mutating func run() async throws {
        let rules = try RulesFile.read(file)
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        let trials = try meters.map { meter in
            let hours = try host.records.use(of: meter, .hours)
            guard !hours.isEmpty else {
                throw Failure(.refused, "\(meter): no use of it is recorded here. Read it with vstore host usage.")
            }
            return RulesTrial(
                meter, hours, givenBack: try host.records.use(of: meter, .hoursGivenBack), under: rules)
        }
        if let svg { try TextFile.write(RulesTrial.chart(of: trials, under: rules).svg, to: svg, option: "--svg") }
        common.console.output(
            [
                "rules": .number(Int(rules.id)), "currency": .text("\(rules.currency)"),
                "trials": .list(trials.map(\.json)),
            ], RulesTrial.lines(trials, rules.currency))
    }
}

extension RulesTrial {
    private var changeText: String {
        guard let change else { return "" }
        let tenths = Int((change * 10).rounded())
        return (tenths < 0 ? "-" : "+") + "\(abs(tenths) / 10).\(abs(tenths) % 10) %"
    }

    fileprivate var json: JSONValue {
        [
            "eid": .text("\(meter)"), "hours": .number(hours), "from": .moment(from), "to": .moment(to),
            "quantity": .number(Int(clamping: quantity)), "spent": .text(RulesTrial.text(spent)),
            "cost": cost.map { .text(RulesTrial.text($0)) } ?? .null, "standingCharges": .text("\(standingCharges)"),
            "paid": .text("\(paid)"), "changePercent": .measured(change, decimals: 1),
            "missingHours": .number(missingHours),
        ]
    }

    /// Micro-units, which may be below zero.
    private static func text(_ amount: Int64, _ currency: Currency? = nil) -> String {
        let magnitude = Amount(rawValue: amount.magnitude)
        return (amount < 0 ? "-" : "") + (currency.map { magnitude.text(in: $0) } ?? "\(magnitude)")
    }

    fileprivate static func lines(_ trials: [RulesTrial], _ currency: Currency) -> [String] {
        var table = TextTable(
            [
                "METER", "HOURS", "Wh OR LITRES", "COST \(currency)", "WOULD COST \(currency)", "STANDING", "PAID",
                "CHANGE",
            ],
            numbers: [1, 2, 3, 4, 5, 6, 7])
        for trial in trials {
            table.add([
                "\(trial.meter)", "\(trial.hours)", "\(trial.quantity)", text(trial.spent, currency),
                trial.cost.map { text($0, currency) } ?? "too much", trial.standingCharges.text(in: currency),
                trial.paid.text(in: currency), trial.changeText,
            ])
        }
        return table.lines
            + trials.map {
                "\($0.meter): hours from \($0.from.dateTime) to \($0.to.dateTime) alone; "
                    + "\($0.missingHours) of them have no record and are in neither cost"
            }
    }
}
