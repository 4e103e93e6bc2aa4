import ArgumentParser
import HeadEnd
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
    /// - Throws: `MemoryError`, `MeterError`, `BenchError`, `Failure`.
    func with<Value>(_ common: ProgramOptions, _ body: (OpenMeter) throws -> Value) throws -> Value {
        try OpenMeter.with(try common.homeFolder.meter(meter), clock: SystemClock.now, body)
    }
}

extension OpenMeter.Reading {
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
            "meter": .text("\(id)"), "state": .name(state), "display": .list(display.map { .text($0) }),
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
