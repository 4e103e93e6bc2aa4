import ArgumentParser
import Host
import Meter
import ValueElement
import ValueProtocol

/// Which meter.
struct MeterOptions: ParsableArguments {
    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The meter's memory file; a bare name is looked for in DIR/meters of --home.", valueName: "file"),
        completion: .file())
    var meter: String

    /// Powers the meter up.
    ///
    /// - Throws: `MemoryError`, `MeterError`.
    func open(_ common: ProgramOptions) throws -> OffLineMeter {
        let path = common.place.meter(meter)
        let memory = try FileMemory(at: path)
        return try OffLineMeter(memory, name: path, parts: MeterParts(clock: AdjustableClock(base: Self.seconds)))
    }

    static func seconds() -> UInt32 { SystemClock.now().rawValue }
}

extension MeterReading {
    /// What there is to show, for programs.
    var json: JSONValue {
        [
            "meter": .text("\(id)"), "state": .text("\(state)"), "display": .list(display.map { .text($0) }),
            "counter": .number(Int(clamping: counter)), "unit": .text(id.kind == .heatMeter ? "Wh" : "l"),
            "balance": JSONValue(purse?.balance), "currency": JSONValue(purse?.currency), "spent": .text("\(spent)"),
            "valve": .text(isValveOpen ? "open" : "closed"), "price": .text("\(price)"),
            "percent": .number(Int(percent)),
        ]
    }

    /// The display in its frame, and what it has no room for.
    var lines: [String] {
        let bar = "+" + String(repeating: "-", count: 18) + "+"
        let currency = purse.map { " \($0.currency)" } ?? ""
        return [bar] + display.map { "| \($0) |" } + [
            bar, "\(id.kind) \(id), \(state), valve \(isValveOpen ? "open" : "closed")",
            "\(price)\(currency) a \(unit), \(percent) %; spent so far \(spent)\(currency)",
        ]
    }
}

extension MeterError: TellsExitStatus {
    var exitStatus: ExitStatus {
        switch code {
        case .memory, .notAMeter: .file
        case .interrupted: .inDoubt
        default: .refused
        }
    }
}
