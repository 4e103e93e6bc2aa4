import ArgumentParser
import HeadEnd
import ISO7816
import Meter
import MeterBench
import ValueElement
import ValueProtocol

/// Which meter.
struct MeterOptions: ParsableArguments {
    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The meter's file or folder: a bare name is one in DIR/meters of --home, a path has a /.",
            valueName: "file"),
        completion: .file())
    var meter: String

    /// Powers the meter up while `body` works with it.
    ///
    /// - Throws: `MemoryError`, `MeterError`, `Failure`.
    func with<Value>(_ common: ProgramOptions, _ body: (PlacedMeter) throws -> Value) throws -> Value {
        let path = try common.homeFolder.meter(meter)
        let folder = MeterFolder(path: path)
        guard folder.exists else {
            let memory = try MemoryFile.open(at: path)
            return try body(
                .offLine(
                    try OffLineMeter(memory, name: path, parts: MeterParts(clock: AdjustableClock(base: Self.seconds)))
                ))
        }
        let unit = try BenchMeter(folder, now: Int64(Self.seconds()) * 1000)
        do {
            let value = try body(.electric(unit.meter, unit.wear))
            try unit.stop()
            return value
        } catch {
            try unit.stop()
            throw error
        }
    }

    static func seconds() -> UInt32 { SystemClock.now().rawValue }
}

/// A meter that is powered up.
enum PlacedMeter {
    case offLine(OffLineMeter)
    /// An electric meter, with the wear of its flash.
    case electric(ElectricMeter, FlashWear?)

    var name: String {
        switch self {
        case .offLine(let meter): meter.name
        case .electric(let meter, _): meter.name
        }
    }

    var reading: PlacedReading {
        switch self {
        case .offLine(let meter): .offLine(meter.reading)
        case .electric(let meter, _): .electric(meter.reading)
        }
    }

    var wear: FlashWear? { if case .electric(_, let wear) = self { wear } else { nil } }

    func redeem(from channel: any CardChannel, _ amount: Amount) throws(MeterError) -> Redemption {
        switch self {
        case .offLine(let meter): try meter.redeem(from: channel, amount)
        case .electric(let meter, _): try meter.redeem(from: channel, amount)
        }
    }
}

/// A meter's reading as text.
enum PlacedReading: Sendable {
    case offLine(MeterReading)
    case electric(ElectricReading)

    var currency: Currency? {
        switch self {
        case .offLine(let reading): reading.purse?.currency
        case .electric(let reading): reading.purse?.currency
        }
    }

    var json: JSONValue {
        switch self {
        case .offLine(let reading): reading.json
        case .electric(let reading): reading.json
        }
    }

    var lines: [String] {
        switch self {
        case .offLine(let reading): reading.lines
        case .electric(let reading): reading.lines
        }
    }
}

extension MeterReading {
    /// The reading as JSON, for programs.
    var json: JSONValue {
        [
            "meter": .text("\(id)"), "state": .text("\(state)"), "display": .list(display.map { .text($0) }),
            "counter": .number(Int(clamping: counter)), "unit": .text(id.kind == .heatMeter ? "Wh" : "l"),
            "balance": JSONValue(purse?.balance), "currency": JSONValue(purse?.currency), "spent": .text("\(spent)"),
            "valve": .text(isValveOpen ? "open" : "closed"), "price": .text("\(price)"),
            "percent": .number(Int(percent)),
        ]
    }

    /// The display in its frame, and what does not fit into it.
    var lines: [String] {
        let bar = "+" + String(repeating: "-", count: 18) + "+"
        let currency = purse.map { " \($0.currency)" } ?? ""
        return [bar] + display.map { "| \($0) |" } + [
            bar, "\(id.kind) \(id), \(state), valve \(isValveOpen ? "open" : "closed")",
            "\(price)\(currency) per \(unit), \(percent) %; spent so far \(spent)\(currency)",
        ]
    }
}

extension MeterError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .memory, .notAMeter: .file
        case .interrupted: .inDoubt
        default: .refused
        }
    }
}
