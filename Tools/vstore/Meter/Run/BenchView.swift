import Meter
import MeterBench
import Metrology
import Synchronization
import ValueElement
import ValueProtocol

/// Shows a running meter: its face in a terminal, or lines, for people or for programs.
final class BenchView {
    private let screen: TerminalScreen?
    private let isJSON: Bool
    /// Simulated milliseconds between two status lines.
    private let every: Int64
    private let redraw: RedrawRequest
    private var nextLine: Int64
    private var eventsSeen: Int
    private var recent: [String] = []
    private var soundsHeard: Int
    private var useBefore = Energy.zero
    /// The address on which hosts are served.
    private let line: String?

    /// Set from another thread.
    final class RedrawRequest: Sendable {
        let isPending = Atomic(false)
    }

    /// - Parameters:
    ///   - screen: nil for lines.
    ///   - redraw: requests a complete redraw.
    ///   - isJSON: whether lines are for programs.
    ///   - every: simulated seconds between two status lines.
    ///   - line: the address on which hosts are served.
    init(
        _ bench: Bench, screen: TerminalScreen?, redraw: RedrawRequest, isJSON: Bool, every: UInt32, line: String?
    ) {
        self.line = line
        self.screen = screen
        self.isJSON = isJSON
        self.every = Int64(every) * 1000
        self.redraw = redraw
        nextLine = bench.installation.milliseconds
        eventsSeen = bench.meter.eventCount
        soundsHeard = bench.installation.buzzer.count
    }

    /// Shows the current state.
    func show(_ bench: Bench) {
        let (events, remarks) = (newEvents(bench.meter), bench.dequeueRemarks())
        if let screen {
            recent = (recent + events.map { "\($0.time.dateTime)  \($0.text)" }).suffix(MeterFace.maxEvents)
            if redraw.isPending.exchange(false, ordering: .relaxed) { screen.forget() }
            // The terminal's bell is the meter's buzzer.
            if bench.installation.buzzer.count > soundsHeard { Console.write("\u{7}", to: 1, lineEnd: "") }
            soundsHeard = bench.installation.buzzer.count
            screen.show(faceLines(bench, screen.size))
            return
        }
        for event in events { printLine(event) }
        for remark in remarks { printLine(remark, bench) }
        if bench.installation.milliseconds >= nextLine || bench.isOver || bench.isReportWanted {
            printLine(bench)
            nextLine = bench.installation.milliseconds / every * every + every
        }
    }

    private func newEvents(_ meter: ElectricMeter) -> [EventRecord] {
        let count = meter.eventCount
        guard count > eventsSeen else { return [] }
        defer { eventsSeen = count }
        return meter.events().suffix(count - eventsSeen)
    }

    // MARK: Lines

    private func printLine(_ event: EventRecord) {
        if isJSON {
            Console.printLine("\(event.json)")
        } else {
            Console.printLine("\(event.time.dateTime)  \(event.text)")
        }
    }

    private func printLine(_ remark: BenchRemark, _ bench: Bench) {
        Console.printLine(isJSON ? "\(remark.json(at: bench.time))" : "\(bench.time.dateTime)  \(remark.text)")
    }

    private func printLine(_ bench: Bench) {
        let reading = bench.meter.reading
        let channels = bench.installation.channels.map(\.reading)
        if isJSON {
            let measured = channels.map { channel -> JSONValue in
                [
                    "volts": .measured(channel?.voltage, decimals: 1),
                    "amperes": .measured(channel?.current, decimals: 3),
                    "watts": .measured(channel?.activePower, decimals: 1),
                    "powerFactor": .measured(channel?.powerFactor, decimals: 3),
                    "hertz": .measured(channel?.frequency, decimals: 2),
                ]
            }
            Console.printLine(
                "\(["time": .moment(bench.time), "reading": reading.json, "channels": .list(measured), "power": .truth(bench.installation.isPowered)] as JSONValue)"
            )
        } else {
            let currency = reading.purse.map { " \($0.currency)" } ?? ""
            let watts = channels.map { MeterFace.fixed($0?.activePower, 0) + " W" }.joined(separator: ", ")
            let used = ElectricReading.kilowattHours(reading.imported.reduce(.zero, +))
            let supply = bench.installation.isPowered ? reading.decision.isOn ? "on" : "off" : "no power"
            Console.printLine(
                "\(bench.time.dateTime)  \(reading.value)\(currency)  \(supply)  \(watts)  \(used) kWh, \(reading.spent)\(currency) spent"
            )
        }
    }

    // MARK: The face

    private func faceLines(_ bench: Bench, _ size: WindowSize) -> [String] {
        let face = bench.face
        let used = face.reading.imported.reduce(.zero, +)
        defer { useBefore = used }
        return face.lines(
            MeterFace.Environment(
                isPulsing: used.microjoules / Energy.microjoulesPerWattHour
                    != useBefore.microjoules / Energy.microjoulesPerWattHour,
                line: line, events: recent, colours: Paint.shows(on: 1), size: size))
    }
}
