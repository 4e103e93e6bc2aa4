import ArgumentParser
import Grid
import GridTrunk
import HeadEnd
import ISO7816
import Meter
import MeterBench
import PowerLine
import ServiceLifecycle
import ValueProtocol

struct LocalUnitRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a local unit on its line, and dial its area unit.",
        discussion: """
            It finds the meters of its line, gives them stations, and carries what the host asks of them. The line has \
            one carrier or several, over which its meters are reached alike: meters on TCP each have one of their own. \
            The stations are kept in the folder, and so are loads that were accepted: they outlive a restart. Its own \
            meter measures a constant load here. Asked to end, it takes nothing more and ends what is under way.

              vstore ls run --unit ls311 --certificate network/00A1B2C3-40-000311.pem \\
                  --area 10.0.5.1:7801 --line serial:/dev/ttyUSB0@2400
            """)

    @OptionGroup var unit: UnitFolderOptions
    @OptionGroup var identity: IdentityOptions

    @Option(name: .long, help: ArgumentHelp("Where its area unit listens.", valueName: "address:port"))
    var area: SocketAddress

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A carrier of its line: tcp:HOST:PORT or serial:PATH[@SPEED]; may be repeated.", valueName: "line"),
        transform: LineAddress.argument)
    var line: [LineAddress]

    @Option(name: .long, help: ArgumentHelp("How many meters its line probably has.", valueName: "1-256"))
    var expected = 16

    @Option(name: .long, help: ArgumentHelp("Watts through its transformer, on each phase.", valueName: "watts"))
    var load = 0.0

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A list of its transformer's meters, an identifier per line: no other gets a station. It is read again when it changes.",
            valueName: "file"), completion: .file())
    var listed: String?

    @OptionGroup var service: ServiceOptions
    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard !line.isEmpty else { throw ValidationError("Give the line with --line.") }
        guard (1...256).contains(expected) else { throw ValidationError("--expected \(expected): 1 to 256.") }
        guard abs(load) <= 1e7 else { throw ValidationError("--load: up to 10000000 watts.") }
    }

    mutating func run() async throws {
        let path = try unit.path(common.homeFolder)
        guard UnitFolder(path: path).exists else {
            throw Failure(.file, "\(path): is not a local unit. Make one with vstore ls new.")
        }
        let log = UnitLog(console: common.console, level: self.service.logLevel)
        let list = try listed.map { try ListedMeters($0) }
        let now = SystemClock.now()
        let (line, expected, load) = (line, expected, load)
        let service = try LocalUnitService(
            area: area.host, port: area.port, credentials: identity.files, revocations: identity.revocationList,
            report: { log.show($0) },
            line: { pass in
                let transformer = try MeasuredTransformer(UnitFolder(path: path), watts: load, now: now)
                var configuration = LocalUnit.Configuration(transformer.eid, HDLCTiming(line))
                configuration.expected = expected
                configuration.listed = list?.meters
                return try LocalUnitDriver(
                    configuration, over: line, stations: StationListFile(at: path + "/stations"),
                    kept: ExchangeFile(at: path + "/exchanges") { .seconds(Int64(SystemClock.now().rawValue)) },
                    clock: now.rawValue, element: transformer
                ) { event in
                    log.show(event)
                    if case .report(let report) = event { pass(report) }
                }
            })
        let unit = ProgramService {
            await withGracefulShutdownHandler {
                await service.run()
            } onGracefulShutdown: {
                service.stop()
            }
        }
        let rereading = list.map { list in
            ProgramService { await list.follow(log) { service.setListed($0) } }
        }
        try await self.service.run(log, [unit] + (rereading.map { [$0] } ?? [])) {
            let status = service.status
            UnitMetrics.set("meters", service.meters.count)
            UnitMetrics.set("meters_quiet", status.quiet.count)
            UnitMetrics.set("line_waiting", status.waiting)
            UnitMetrics.set("line_under_way", status.underWay)
            UnitMetrics.set("line_carriers_lost", status.lostCarriers)
            UnitMetrics.set("trunk_connected", await service.isConnected ? 1 : 0)
            UnitMetrics.set("trunk_exchanges", await service.count)
        }
    }
}

/// A unit's meter, which follows the time of day on the line's thread.
private final class MeasuredTransformer: LocalUnitElement {
    private let unit: BenchUnit
    private var measured: ContinuousClock.Instant
    let eid: PartyID

    init(_ folder: UnitFolder, watts: Double, now: Timestamp) throws {
        let milliseconds = Int64(now.rawValue) * 1_000
        unit = try folder.open(milliseconds: milliseconds, now: milliseconds)
        eid = unit.meter.id
        measured = .now
        let phases = unit.meter.configuration.phases
        unit.follow(BenchLoads(Array(repeating: Load(watts: watts, powerFactor: 1), count: phases), profile: nil))
    }

    var answerToReset: [UInt8] { unit.meter.answerToReset }
    func reset() throws(CardError) { try unit.meter.reset() }
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] { try unit.meter.process(command) }

    func measure() {
        let time = (ContinuousClock.now - measured) / .milliseconds(1)
        let milliseconds = Int64(time)
        guard milliseconds > 0 else { return }
        measured += .milliseconds(milliseconds)
        do {
            try unit.advance(milliseconds: milliseconds)
        } catch {
            Console.complain(explained(error))
        }
    }

    func end() {
        do {
            try unit.stop()
        } catch {
            Console.complain(explained(error))
        }
    }
}
