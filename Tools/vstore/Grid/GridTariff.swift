import ArgumentParser
import Grid
import HeadEnd
import Records
import ValueProtocol

struct GridTariff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tariff", abstract: "Convert the charge system of meters.",
        discussion: """
            As vstore host tariff, for meters behind units. Repeated with the same reference, the order is done once in \
            each meter; a table that a meter has no room for yet waits in the records.

              vstore grid tariff --branch 00A1B2C3-40-000311 --id 7 --price 0.30 --currency EUR --rate daily@22:00=50 \
                  --reference "tariff 7" --certificate network/00A1B2C3-30-000001.pem --listen 0.0.0.0:7800
            """)

    @OptionGroup var table: TariffTableOptions

    @Option(
        name: .long,
        help: ArgumentHelp("When it takes effect, in UTC: 2026-12-01T00:00Z, or now.", valueName: "moment"),
        transform: MomentArgument.argument)
    var effective: MomentArgument?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Your name for the order; repeated with the same name it is done once in each meter.", valueName: "text"))
    var reference: String

    @Flag(name: .long, help: "Replace the table that a meter holds for the same time.")
    var replace = false

    @OptionGroup var operation: GridOperation

    mutating func run() async throws {
        let (table, effective, reference, replaces) = (try table.table(), effective?.time, reference, replace)
        let (host, results) = try await operation.results(.load) { host, meter in
            .order(
                CreditRequest(
                    kind: .convertTariff, service: UtilityService(rawValue: meter.kind.rawValue),
                    currency: table.currency, amount: .zero, reference: reference,
                    tariff: TariffOrder(table, effective: effective ?? host.clock()), replacesTariffAhead: replaces))
        }
        try operation.common.console.show(
            results.map { meter, result in
                GridResult(meter, result) { report in
                    guard case .credit(let credit) = report.result else { throw WrongResult() }
                    return try credit.ordered(host.records)
                }
            }, json: \.json, lines: \.lines)
    }
}
