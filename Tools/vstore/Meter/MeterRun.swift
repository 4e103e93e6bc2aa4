public import ArgumentParser
import CardIO
import ContactInterface
import Dispatch
import HeadEnd
import ISO7816
import Meter
import MeterBench
public import PowerLine
import Synchronization
import ValueElement
import ValueProtocol

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct MeterRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run an electric meter on a simulated line, with its face in the terminal.",
        discussion: """
            Lines, loads and time are simulated; value, tokens, cards and hosts are real. Without a terminal, or with \
            --plain, lines report what happens, and orders are read from standard input: \(BenchCommand.syntax).

              vstore meter run --meter home --load 1500 --speed 60
              vstore meter run --meter home --line tcp:127.0.0.1:7701 --plain
            """)

    @OptionGroup var meter: MeterOptions

    @Option(
        name: .long, help: ArgumentHelp("Simulated for real seconds: 1, 60, or max.", valueName: "n|max"),
        transform: SimulationSpeed.argument)
    var speed = SimulationSpeed.real

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Simulated time after which it ends: 90s, 15m, 24h, 30d.", valueName: "duration"),
        transform: SimulatedDuration.argument)
    var duration: SimulatedDuration?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The moment to begin at, in UTC: 2026-01-01T00:00Z, or now; else where it was stopped.", valueName: "moment"
        ), transform: MomentArgument.argument)
    var from: MomentArgument?

    @Option(
        name: .long,
        help: ArgumentHelp("Watts on a channel, as in 1500; may be repeated for the next channels.", valueName: "watts")
    )
    var load: [Double] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A load profile, from 2026-01-01 on, over and over; a household's synthetic year unless given.",
            discussion: "Followed where no --load is given, and by the order profile.", valueName: "file"),
        completion: .file())
    var profile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Serve hosts there: tcp:HOST:PORT, port 0 for any, or serial:PATH[@SPEED].", valueName: "line"),
        transform: LineAddress.argument)
    var line: LineAddress?

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "A PC/SC reader as the card slot: its name, its number in the list, or a part of its name.",
            valueName: "reader"),
        completion: ReaderCompletion.kind)
    var reader: String?

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "An emulated card's memory file, put in and taken out by order: over the slot's eight contacts.",
            valueName: "file"),
        completion: .file())
    var card: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Orders to be carried out first, one per line; - is standard input.", valueName: "file"),
        completion: .file())
    var orders: String?

    @Flag(name: .long, help: "Lines instead of the face: events with the meter's time, the others with the bench's.")
    var plain = false

    @Option(
        name: .long, help: ArgumentHelp("Simulated time between two status lines.", valueName: "duration"),
        transform: SimulatedDuration.argument)
    var every = SimulatedDuration.hour

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard load.count <= 8, load.allSatisfy({ abs($0) <= 1e6 }) else {
            throw ValidationError("--load: watts of at most 8 channels, up to 1000000.")
        }
        guard reader == nil || card == nil else {
            throw ValidationError("Give --reader or --card, not both: the meter has one slot.")
        }
        guard reader == nil || speed.factor == 1 else {
            throw ValidationError("--speed: a card in a reader is real. Give --card for other speeds.")
        }
    }

    mutating func run() async throws {
        let path = try common.homeFolder.meter(meter.meter)
        guard MeterFolder(path: path).exists else {
            throw Failure(
                .file, "\(path): is not an electric meter. Make one with vstore meter new, of kind 01.")
        }
        let queue = BenchQueue()
        let script = try orders.map { try MeterRun.script(of: $0) } ?? []
        let tracer = try common.tracer()
        let watcher = reader.map { name in
            let slot = SlotReader(query: ReaderQuery(name), queue: queue, tracer: tracer)
            return Task { await slot.watch() }
        }
        let (command, home) = (self, common.homeFolder)
        try await Interruption.during {
            await OwnThread.run {
                Result { try command.run(MeterFolder(path: path), queue, script, command.cards(home, tracer)) }
            }
        } whenInterrupted: {
            queue.add(.command(.quit))
        }.get()
        watcher?.cancel()
    }

    private static func script(of file: String) throws -> [BenchCommand] {
        let text = try TextFile.read(file)
        do throws(BenchError) {
            return try BenchCommand.script(text)
        } catch {
            throw Failure(.usage, "\(file), \(explained(error))")
        }
    }

    /// The slot's own contacts: cards are emulated ones in files.
    private func cards(_ home: Home, _ tracer: Tracer?) -> BenchCards {
        BenchCards(file: card) { name in
            let path = try home.card(name)
            return (path, try ValueCard.open(at: path))
        } wrap: { slot, name in
            tracer?.trace(slot, name: name, answerToReset: slot.answerToReset?.bytes ?? []) ?? slot
        }
    }

    private func loadProfile() throws -> LoadProfile {
        guard let profile else { return try LoadProfile.household() }
        do {
            return try LoadProfile(parsing: Array(try TextFile.read(profile).utf8))
        } catch let error as LoadProfileError {
            throw Failure(.file, "\(profile): \(explained(error))")
        }
    }

    /// Runs the meter on this thread.
    private func run(
        _ folder: MeterFolder, _ queue: BenchQueue, _ script: [BenchCommand], _ cards: BenchCards
    ) throws {
        let now = Int64(SystemClock.now().rawValue) * 1000
        let unit = try BenchMeter(
            folder, milliseconds: from.map { $0.time.map { Int64($0.rawValue) * 1000 } ?? now }, now: now)
        let loads: BenchLoads
        let served: ServedLine?
        do {
            loads = BenchLoads(load.map { Load(watts: $0, powerFactor: 1) }, profile: try loadProfile())
            served = try line.map { try ServedLine($0, unit.meter, folder) }
        } catch {
            try unit.stop()
            throw error
        }
        let bench = Bench(
            unit, Bench.Setup(speed: speed, script: script, duration: duration, loads: loads, cards: cards))
        let screen = plain || common.json || !TerminalScreen.isAvailable ? nil : try TerminalScreen()
        let redraw = BenchView.RedrawRequest()
        let rejected = Atomic(0)
        if screen != nil {
            BenchInput.readKeys(queue) { redraw.isPending.store(true, ordering: .relaxed) }
        } else {
            if let served {
                common.console.output(["line": .text("\(served.address)")], ["listening on \(served.address)"])
            }
            if orders != "-" {
                BenchInput.readLines(queue) { [console = common.console] error in
                    console.report(error)
                    rejected.add(1, ordering: .relaxed)
                }
            }
        }
        let view = BenchView(
            bench, screen: screen, redraw: redraw, isJSON: common.json, every: every.seconds,
            line: served.map { "\($0.address)" })
        let driver = BenchDriver(bench, queue: queue, line: served)
        let outcome = Result { try driver.run(frame: .milliseconds(50)) { view.show($0) } }
        screen?.leave()
        try unit.stop()
        try outcome.get()
        if screen != nil { common.console.output([:], bench.meter.reading.lines) }
        let count = rejected.load(ordering: .relaxed)
        // A person at a terminal has seen it.
        if count > 0, isatty(STDIN_FILENO) == 0 {
            throw Failure(.refused, "\(count) \(count == 1 ? "order was" : "orders were") not done. See above.")
        }
    }
}

extension LineAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// Blocking work on a thread of Dispatch, so that it blocks none of Swift's tasks.
private enum OwnThread {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}

/// The line of a meter at its bench, served by this program.
private final class ServedLine: BenchLine {
    private let server: MeterLineServer
    /// Why a station could not be kept, as shown last.
    private var shown: LineError?
    /// What looked like an attack, as shown last, and when.
    private var disturbances = MeterLineServer.Disturbances()
    private var disturbancesShown: ContinuousClock.Instant?

    /// - Throws: `LineError` where the line cannot be served.
    init(_ address: LineAddress, _ meter: ElectricMeter, _ folder: MeterFolder) throws {
        server = try MeterLineServer(address, stationFile: StationFile(at: folder.stationFile, of: meter.id))
    }

    /// Where hosts reach the meter.
    var address: LineAddress { server.address }
    var served: Int { server.served }

    func serve(for duration: Duration, _ meter: ElectricMeter, slot: CardSlot) {
        server.serve(for: duration, meter, slot: slot.hasCard ? slot : nil)
        if server.stationFailure != shown {
            shown = server.stationFailure
            if let shown { Console.complain(explained(shown)) }
        }
        showDisturbances()
    }

    /// At most once per minute: there may be thousands.
    private func showDisturbances() {
        let found = server.disturbances
        guard found != disturbances, disturbancesShown.map({ .now - $0 >= .seconds(60) }) ?? true else { return }
        (disturbances, disturbancesShown) = (found, .now)
        Console.complain(
            "the line is disturbed on purpose, it seems: \(found.closed) connections were closed that showed nothing, and "
                + "\(found.sessions) sessions were not begun")
    }
}
