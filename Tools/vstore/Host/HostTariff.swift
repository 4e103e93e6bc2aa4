import Analysis
import ArgumentParser
import HeadEnd
import Meter
import Records
import ValueProtocol

struct HostTariff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tariff", abstract: "Convert the charge system of meters, or try it on their recorded use.",
        discussion: """
            A rate is a percentage of the price from a minute of some weekdays until the next switch: \
            --rate mon-fri@07:00=150 --rate daily@22:00=50. Without one the price is flat. With --try nothing is sent: \
            what the meters' recorded hours cost is shown beside what they would have cost. Records have whole Wh or \
            litres of an hour, taken as used evenly: the trial differs from what a meter counts by less than one of them \
            at each switch of the rate, and where the rate switches within an hour.

            A meter keeps four tables for later. One for a still later time waits in the records, and is sent by itself at \
            the first contact at which the meter has room for it (host tariffs shows it). Another one for the same time \
            would replace the one that is held: that is said, and done with --replace. So a table is taken back: by that \
            of before, for the same time.

              vstore host tariff tcp:127.0.0.1:7701 --id 7 --price 0.30 \\
                  --rate mon-fri@07:00=150 --rate daily@22:00=50
            """)

    @OptionGroup var hostOptions: HostOptions

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
    var reference: String?

    @Flag(name: .long, help: "Replace the table that a meter holds for the same time.")
    var replace = false

    @Option(
        name: .customLong("try"),
        help: ArgumentHelp(
            "Try it on this meter's recorded use, and send nothing; may be repeated.", valueName: "eid"),
        transform: PartyID.argument)
    var trials: [PartyID] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "With --try: minutes that the meters' local time is ahead of UTC, if not as host calendar keeps it.",
            valueName: "minutes"),
        transform: WholeNumber.localOffset)
    var localOffset: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --try: a holiday of the meters, on which a Sunday's rates hold: 2026-12-25, or 12-25 for every year; "
                + "may be repeated.", valueName: "date"), transform: LocalCalendar.Holiday.argument)
    var holiday: [LocalCalendar.Holiday] = []

    @OptionGroup var meters: MeterAddressOptions

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard trials.isEmpty != meters.isEmpty else {
            throw ValidationError("Name the meters that get it, or those to --try it on.")
        }
        guard trials.isEmpty || effective == nil && reference == nil && !replace else {
            throw ValidationError("--try sends no order. Leave --effective, --reference and --replace out.")
        }
        guard !trials.isEmpty || localOffset == nil && holiday.isEmpty else {
            throw ValidationError("--local-offset and --holiday are for --try: a meter has its own.")
        }
    }

    mutating func run() async throws {
        let table = try table.table()
        if trials.isEmpty { try await send(table) } else { try tryOut(table) }
    }

    private func send(_ table: TariffTable) async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let (reference, effective, replaces) = (reference, effective?.time ?? host.clock(), replace)
        let results = try await meters.batch(host, common).run { client, channel, address in
            try client.convertTariff(
                to: table, effective: effective, over: channel, reference: reference, replacingAhead: replaces,
                expecting: address.meter
            ).ordered(host.records)
        }
        try common.console.show(results, json: \.json, lines: \.lines)
    }

    private func tryOut(_ table: TariffTable) throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        let trials = try trials.map { meter in
            let hours = try host.records.use(of: meter, .hours)
            guard !hours.isEmpty else {
                throw Failure(.refused, "\(meter): no use of it is recorded here. Read it with vstore host usage.")
            }
            var calendar = try host.records.calendar(of: meter).map { LocalCalendar($0) } ?? LocalCalendar()
            if let localOffset { calendar.offset = Int16(localOffset) }
            if !holiday.isEmpty { calendar.holidays = Set(holiday) }
            return TariffTrial(meter, hours, under: table, calendar)
        }
        common.console.output(
            ["trials": .list(trials.map(\.json)), "table": .number(Int(table.id))],
            TariffTrial.lines(trials, table.currency))
    }
}

/// A table that a meter took, or that waits for it.
enum OrderedTariff: Sendable {
    case done(DoneOrder)
    case waits(QueuedTariff, recovered: [CreditTransaction])

    var json: JSONValue {
        switch self {
        case .done(let order): order.json
        case .waits(let tariff, let recovered):
            ["waits": tariff.order.json, "recovered": .list(recovered.map(\.json))]
        }
    }

    var lines: [String] {
        switch self {
        case .done(let order): order.lines
        case .waits(let tariff, let recovered):
            recovered.map { "recovered: \($0)" } + ["waits until the meter has room for it: \(tariff.order)"]
        }
    }
}

extension CreditResult {
    /// A table that was taken, or waits.
    ///
    /// - Throws: as `done`.
    func ordered(_ records: any RecordStore) throws -> OrderedTariff {
        if case .queued(let tariff) = outcome { return .waits(tariff, recovered: recovered) }
        return .done(try done(records))
    }
}

/// A moment as it is written: `2026-12-01T00:00Z`, in UTC, or `now`.
struct MomentArgument: ExpressibleByArgument, Sendable {
    /// Nil for now.
    let time: Timestamp?

    init?(argument: String) {
        time = Timestamp(dateTime: argument)
        guard time != nil || argument == "now" else { return nil }
    }
}
