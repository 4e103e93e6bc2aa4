import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct HostTariffs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tariffs", abstract: "Show which tables a meter holds for later, and which wait to be sent.",
        discussion: """
            A meter keeps four tables for later. The next ones wait in the records, and each is sent at the first contact \
            at which the meter has room for it. A table that waits is taken back with --cancel and its effective time; \
            one that the meter holds by sending the table of before for the same time: host tariff --replace.

              vstore host tariffs 00A1B2C3-01-000077
              vstore host tariffs 00A1B2C3-01-000077 --cancel 2026-10-01T00:00Z
            """)

    @Argument(help: ArgumentHelp("The meter.", valueName: "eid"), transform: PartyID.argument)
    var meter: PartyID

    @Option(
        name: .long,
        help: ArgumentHelp("Take the table back that waits for this time, in UTC.", valueName: "moment"),
        transform: MomentArgument.argument)
    var cancel: MomentArgument?

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard meter.kind.isMeter else { throw ValidationError("\(meter) is a \(meter.kind): it has no tariff.") }
        if let cancel, cancel.time == nil { throw ValidationError("--cancel: name the table's effective time.") }
    }

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        if let effective = cancel?.time {
            guard try host.records.dequeueTariff(effective: effective, of: meter, at: host.clock()) else {
                throw Failure(
                    .refused,
                    "\(meter): no table waits for \(effective.dateTime). See vstore host tariffs \(meter).")
            }
        }
        let held = try host.records.tariffsAhead(of: meter, at: host.clock()).compactMap(\.tariff)
        let waiting = try host.records.queuedTariffs(of: meter)
        common.console.output(
            [
                "eid": .text("\(meter)"), "held": .list(held.map(\.json)),
                "waiting": .list(
                    waiting.map { queued in
                        queued.reference.map { queued.order.json.with("reference", .text($0)) } ?? queued.order.json
                    }),
            ],
            (held.isEmpty ? ["\(meter)  holds no table for later"] : held.map { "\(meter)  holds \($0)" })
                + waiting.map { "\(meter)  waits: \($0.order)" })
    }
}

extension TariffOrder {
    var json: JSONValue {
        [
            "table": .number(Int(table.id)), "price": .text("\(table.price)"), "currency": .text("\(table.currency)"),
            "effective": .moment(effective),
        ]
    }
}
