import ArgumentParser
import Grid
import HeadEnd
import Records
import ValueProtocol

/// What every operation with meters of a grid has.
struct GridOperation: ParsableArguments {
    @OptionGroup var grid: GridOptions
    @OptionGroup var meters: GridMeterOptions
    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var common: ProgramOptions

    /// Carries a task out with each of the meters.
    func results(
        _ priority: Exchange.Priority, toSlot: Bool = false,
        _ task: @escaping @Sendable (HostContext, PartyID) throws -> ContactTask
    ) async throws -> (HostContext, [(meter: PartyID, result: Result<ContactReport, HostError>)]) {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let log = UnitLog(console: common.console, besideResult: true)
        let (meters, wait) = (meters, grid.wait)
        let results = try await grid.listening(host, log) { contacts in
            let known = try await meters.known(contacts, within: wait)
            // An order that cannot be made for one meter is not begun with any.
            let tasks = try Dictionary(uniqueKeysWithValues: Set(known).map { ($0, try task(host, $0)) })
            var options = GridContacts.Options()
            options.priority = priority
            options.device = toSlot ? .cardSlot : .element
            options.atOnce = meters.atOnce
            return await contacts.run({ tasks[$0] ?? .recover }, with: known, options)
        }
        return (host, results)
    }
}

struct GridList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the local units that dial in, their meters and the lines to them.",
        discussion: """
            It listens for the whole time of --wait. How well a line carries is as its local unit reported it last.

              vstore grid list --certificate network/00A1B2C3-30-000001.pem \\
                  --listen 0.0.0.0:7800
            """)

    @OptionGroup var grid: GridOptions
    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let wait = grid.wait
        let units = try await grid.listening(host, UnitLog(console: common.console, besideResult: true)) { contacts in
            try await Task.sleep(for: .seconds(wait))
            var units: [ListedUnit] = []
            for unit in await contacts.units {
                var meters: [(eid: PartyID, line: LineBook.Line?)] = []
                for meter in await contacts.meters(of: unit) { meters.append((meter, await contacts.line(to: meter))) }
                units.append(ListedUnit(eid: unit, area: await contacts.area(of: unit), meters: meters))
            }
            return units
        }
        common.console.output(
            [
                "units": .list(
                    units.map {
                        [
                            "eid": .text("\($0.eid)"), "area": $0.area.map { .text("\($0)") } ?? .null,
                            "meters": .list($0.meters.map { .text("\($0.eid)") }),
                            "lines": .list($0.meters.compactMap { meter in meter.line?.json(meter.eid) }),
                        ]
                    })
            ],
            units.map { unit in
                "\(unit.eid)  by \(unit.area.map { "\($0)" } ?? "no area unit"): \(unit.meters.count) meters"
                    + unit.meters.map { "\n  \($0.eid)" + ($0.line.map { "  \($0.text)" } ?? "") }.joined()
            })
    }
}

/// A local unit as it is listed.
private struct ListedUnit {
    let eid: PartyID
    let area: PartyID?
    let meters: [(eid: PartyID, line: LineBook.Line?)]
}

extension LineBook.Line {
    fileprivate var text: String {
        let answers = quiet == nil ? "answers" : "does not answer"
        guard let quality else { return answers }
        return answers + ", \(quality.byteErrorRate) of a million bytes hit, "
            + "\(quality.repeats) repeats in \(quality.exchanges) exchanges"
    }

    fileprivate func json(_ meter: PartyID) -> JSONValue {
        [
            "eid": .text("\(meter)"), "isQuiet": .truth(quiet != nil),
            "byteErrorsPerMillion": quality.map { .number(Int($0.byteErrorRate)) } ?? .null,
            "exchanges": quality.map { .number(Int($0.exchanges)) } ?? .null,
            "repeats": quality.map { .number(Int($0.repeats)) } ?? .null,
        ]
    }
}

struct GridStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Have meters prove their balance and clock.",
        discussion: """
            What an earlier command left in doubt is found out first.

              vstore grid status --branch 00A1B2C3-40-000311 --certificate network/00A1B2C3-30-000001.pem \\
                  --listen 0.0.0.0:7800
            """)

    @OptionGroup var operation: GridOperation

    mutating func run() async throws {
        let (_, results) = try await operation.results(.reading) { _, _ in .snapshot }
        try operation.common.console.show(
            results.map { meter, result in
                GridResult(meter, result) { report in
                    guard case .snapshot(let snapshot) = report.result else { throw WrongResult() }
                    return snapshot
                }
            }, json: \.json, lines: \.lines)
    }
}

struct GridUsage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Read what meters and local units recorded since the last reading.",
        discussion: """
            New records are kept, with the clock; host report shows them.

              vstore grid usage --everything --certificate network/00A1B2C3-30-000001.pem \\
                  --listen 0.0.0.0:7800
            """)

    @OptionGroup var operation: GridOperation

    @Flag(name: .long, help: "Read everything that they still have, whatever was read before.")
    var all = false

    mutating func run() async throws {
        let all = all
        let (_, results) = try await operation.results(.reading) { _, _ in .readUse(everything: all) }
        try operation.common.console.show(
            results.map { meter, result in
                GridResult(meter, result) { report in
                    guard case .use(let use) = report.result else { throw WrongResult() }
                    return use
                }
            }, json: \.json, lines: \.lines)
    }
}

struct GridClock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Set the clocks of meters and local units to the host's.",
        discussion: """
            A clock that is set back repeats time; meters keep both.

              vstore grid clock 00A1B2C3-01-000077 00A1B2C3-40-000311 --certificate network/00A1B2C3-30-000001.pem \\
                  --listen 0.0.0.0:7800
            """)

    @OptionGroup var operation: GridOperation

    mutating func run() async throws {
        let (_, results) = try await operation.results(.reading) { _, _ in .setClock(nil) }
        try operation.common.console.show(
            results.map { meter, result in
                GridResult(meter, result) { report in
                    guard case .clock(let clock) = report.result else { throw WrongResult() }
                    return clock
                }
            }, json: \.json, lines: \.lines)
    }
}

struct GridRecover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Find out what became of orders that are in doubt.",
        discussion: """
            Each other command does so first with the meters that it contacts.

              vstore grid recover --everything --certificate network/00A1B2C3-30-000001.pem \\
                  --listen 0.0.0.0:7800
            """)

    @OptionGroup var operation: GridOperation

    mutating func run() async throws {
        let (_, results) = try await operation.results(.recovery) { _, _ in .recover }
        try operation.common.console.show(
            results.map { meter, result in GridResult(meter, result) { $0.recovered } },
            json: { .list($0.map(\.json)) }, lines: { $0.map { "recovered: \($0)" } })
    }
}

/// The amount of an order to many meters.
struct GridAmountOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("How much, in units of the currency, as in 50 or 12.50.", valueName: "amount"),
        transform: Amount.argument)
    var amount: Amount

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Your name for the order; repeated with the same name it is done once in each meter.", valueName: "text"))
    var reference: String

    func validate() throws {
        guard amount != .zero, amount != .all else { throw ValidationError("Give an amount above 0.") }
    }

    /// Carries the order out.
    func carryOut(_ kind: CreditTransaction.Kind, _ operation: GridOperation) async throws {
        let (amount, reference) = (amount, reference)
        let (host, results) = try await operation.results(.load) { host, meter in
            let service = UtilityService(rawValue: meter.kind.rawValue)
            guard let currency = try host.currency(of: service, on: meter) else {
                throw WorkplaceError(.unknownCurrency, "\(meter), \(service)")
            }
            return .order(
                CreditRequest(kind: kind, service: service, currency: currency, amount: amount, reference: reference))
        }
        try operation.common.console.show(
            results.map { meter, result in
                GridResult(meter, result) { report in
                    guard case .credit(let credit) = report.result else { throw WrongResult() }
                    return try credit.done(host.records)
                }
            }, json: \.json, lines: \.lines)
    }
}

struct GridCredit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credit", abstract: "Store credit in meters.",
        discussion: """
            The order is recorded before it is sent. Where an answer is lost, the meter is asked again until it has proved \
            what became of the order. Repeated with the same reference, the order is done once in each meter.

              vstore grid credit 00A1B2C3-01-000077 --amount 50 --reference "order 119" \\
                  --certificate network/00A1B2C3-30-000001.pem --listen 0.0.0.0:7800
            """)

    @OptionGroup var credit: GridAmountOptions
    @OptionGroup var operation: GridOperation

    mutating func run() async throws { try await credit.carryOut(.storeCredit, operation) }
}

struct GridRefund: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Take credit off meters.",
        discussion: """
            As vstore grid credit, the other way round.

              vstore grid refund 00A1B2C3-01-000077 --amount 5 --reference "refund 7" \\
                  --certificate network/00A1B2C3-30-000001.pem --listen 0.0.0.0:7800
            """)

    @OptionGroup var credit: GridAmountOptions
    @OptionGroup var operation: GridOperation

    mutating func run() async throws { try await credit.carryOut(.refund, operation) }
}

/// A contact ended with another task's result.
struct WrongResult: Error {}
