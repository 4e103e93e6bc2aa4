import ArgumentParser
import Grid
import GridTrunk
import HeadEnd
import Metrics
import Records
import ServiceLifecycle
import Synchronization
import ValueProtocol

struct GridServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Stay, and read all meters and local units on a schedule.",
        discussion: """
            First what is in doubt with any meter is found out. Each round reads what was recorded since the last \
            reading; a meter that was not reached is read in the next. A round begins when the one before has ended, \
            at the earliest after --every. Asked to end, it begins nothing more, takes back what has not been sent, \
            and records what is in doubt.

              vstore grid serve --certificate network/00A1B2C3-30-000001.pem --listen 0.0.0.0:7800
            """)

    @OptionGroup var grid: GridOptions
    @OptionGroup var hostOptions: HostOptions

    @Option(
        name: .long, help: ArgumentHelp("Seconds between the beginnings of two rounds.", valueName: "seconds"),
        transform: WholeNumber.seconds)
    var every = 3_600

    @Option(name: .long, help: ArgumentHelp("How many meters to contact at once.", valueName: "1-10000"))
    var atOnce = 1_000

    @OptionGroup var service: ServiceOptions
    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (1...10_000).contains(atOnce) else { throw ValidationError("--at-once \(atOnce): 1 to 10000.") }
    }

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let log = UnitLog(console: common.console, level: service.logLevel)
        let (grid, every, atOnce) = (grid, every, atOnce)
        let trunks = ServedTrunks()
        let serving = ProgramService {
            try await grid.listening(host, log, serving: { trunks.set($0) }) { contacts in
                // The trunks go on while contacts end what they have begun.
                try await cancelWhenGracefulShutdown {
                    try await Task.sleep(for: .seconds(grid.wait))
                    while !Task.isCancelled {
                        let next = ContinuousClock.now + .seconds(every)
                        try await Self.round(contacts, host, log, atOnce)
                        try await Task.sleep(until: next, clock: .continuous)
                    }
                }
            }
        }
        try await service.run(log, [serving]) { UnitMetrics.set(await trunks.counts) }
    }

    /// The server of the trunks, once there is one.
    private final class ServedTrunks: Sendable {
        private let server = Mutex<TrunkServer?>(nil)
        func set(_ server: TrunkServer) { self.server.withLock { $0 = server } }
        var counts: [PartyID: Int] { get async { await server.withLock { $0 }?.counts ?? [:] } }
    }

    /// Finds out what is in doubt, then reads everything.
    private static func round(
        _ contacts: GridContacts, _ host: HostContext, _ log: UnitLog, _ atOnce: Int
    ) async throws {
        let begin = ContinuousClock.now
        let all = await contacts.meters + contacts.units
        UnitMetrics.set("meters", all.count)
        UnitMetrics.set("meters_quiet", await contacts.quiet.count)
        let inDoubt = Set(try host.records.unsettled().map(\.eid)).intersection(all)
        var options = GridContacts.Options()
        options.atOnce = atOnce
        options.priority = .recovery
        for (meter, result) in await contacts.run({ _ in .recover }, with: inDoubt.sorted(), options) {
            switch result {
            case .success(let report):
                for found in report.recovered {
                    log.show("recovered", "recovered: \(found)", ["transaction": found.json])
                }
            case .failure(let error):
                log.show("failed", "\(meter): \(explained(error))", ["eid": .text("\(meter)"), "error": .error(error)])
            }
        }
        options.priority = .reading
        let results = await contacts.run({ _ in .readUse(everything: false) }, with: all, options)
        var read = 0
        for (meter, result) in results {
            switch result {
            case .success: read += 1
            case .failure(let error):
                log.show("failed", "\(meter): \(explained(error))", ["eid": .text("\(meter)"), "error": .error(error)])
            }
        }
        Counter(label: "valuestore_rounds_total").increment()
        Metrics.Timer(label: "valuestore_round_seconds").record(duration: ContinuousClock.now - begin)
        UnitMetrics.set("round_meters_read", read)
        UnitMetrics.set("round_meters_failed", all.count - read)
        log.show(
            "round", "read \(read) of \(all.count) meters and units",
            ["read": .number(read), "all": .number(all.count)])
    }
}
