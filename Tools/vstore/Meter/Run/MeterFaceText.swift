import Meter
import MeterBench
import Metrology
import ValueProtocol

/// The face of a meter in a terminal.
extension MeterFace {
    private static let width = 76

    /// What is shown besides the meter itself.
    struct Environment {
        /// Whether energy was counted since the last face.
        var isPulsing = false
        /// The address on which hosts are served.
        var line: String?
        /// In words, the newest last.
        var events: [String] = []
        /// Whether the terminal shows colours.
        var colours = false
        /// Of the window; the more rows, the more events.
        var size = WindowSize(columns: 80, rows: 24)
    }

    /// The smallest window that shows the face, with one event.
    var smallestWindow: WindowSize { WindowSize(columns: Self.width, rows: 18 + channels.count) }

    /// The face as lines of text, or what size of window it needs.
    func lines(_ environment: Environment) -> [String] {
        let needed = smallestWindow
        guard environment.size.columns >= needed.columns, environment.size.rows >= needed.rows else {
            return tooSmall(environment.size, needed)
        }
        let colours = environment.colours
        var lines = heading(colours) + glass(environment) + [""]
        lines.append("channel       V        A         W    cos φ      Hz         kWh  relay")
        for (index, channel) in channels.enumerated() { lines.append(Self.row(index + 1, channel)) }
        lines.append("")
        lines.append(
            "supply \(reading.decision.isOn ? "on" : "off"): \(reading.decision.reason)"
                + (lineFactor == 1 ? "" : ", voltage ×" + Self.short(lineFactor))
                + (environment.line.map { ", line \($0)" } ?? ""))
        lines += ["", remark?.text ?? "", "events, by the meter's clock"]
        let eventRows = min(environment.size.rows - needed.rows + 1, Self.maxEvents)
        let shown = environment.events.suffix(eventRows)
        lines += shown + [String](repeating: "", count: eventRows - shown.count)
        return lines + Self.keys
    }

    /// In a large window.
    static let maxEvents = 12

    /// The meter, and the two clocks: the bench's own and the meter's, which may be wrong.
    private func heading(_ colours: Bool) -> [String] {
        let speed = speed.factor.map { "×" + Self.short($0) } ?? "×max"
        let clocks = [
            "bench time     \(time.dateTime)  \(speed)",
            "meter's clock  \(meterTime.dateTime)" + (reading.isTimeUnknown ? "  not set" : ""),
        ]
        let width = clocks.map(\.count).max() ?? 0
        return [
            Self.bold(Self.spread("\(reading.id)  \(reading.state)", Self.left(clocks[0], width)), colours),
            Self.spread("", Self.left(clocks[1], width)),
        ]
    }

    private func tooSmall(_ size: WindowSize, _ needed: WindowSize) -> [String] {
        [
            "The window is too small:", "\(size.columns) columns, \(size.rows) rows.", "The meter's face needs",
            "\(needed.columns) columns, \(needed.rows) rows.", "Make it larger;", "the meter runs on.", "q quit",
        ]
    }

    static let keys = [
        "keypad: 1-8 page   0 AMOUNT # from card   9 # emergency   # next   * cancel",
        "c card in, out   r redeem   e emergency   + - load   p profile   t u channel",
        "b bypass   o cover   m magnet   s surge   v sag   w stuck relay",
        "x power   k power fails   f faster   g slower   q quit",
    ]

    /// The display in its frame, LEDs beside it, and the slot below.
    private func glass(_ environment: Environment) -> [String] {
        let colours = environment.colours
        let shown = isPowered ? display : ["", ""]
        let rows = shown.map { "│ " + Self.padded($0, 16) + " │" }
        let shutter = slot.flatMap { page in page.map { $0.split(separator: " ").joined(separator: " ") } }
            .filter { !$0.isEmpty }
        return [
            "  ╭──────────────────╮    " + led(reading.decision.isOn && isPowered, "supply", "32", colours)
                + "   " + led(isTampered, "tamper", "31", colours),
            "  " + rows[0] + "    " + led(environment.isPulsing && isPowered, "pulse", "33", colours) + "    "
                + led(isPowered, "power", "32", colours),
            "  " + rows[1] + "    slot  " + (shutter.first ?? ""),
            "  ╰──────────────────╯          " + shutter.dropFirst().joined(separator: " · "),
        ]
    }

    private func led(_ isOn: Bool, _ name: String, _ colour: String, _ colours: Bool) -> String {
        let lamp = isOn ? "●" : "○"
        return (colours && isOn ? "\u{1B}[\(colour)m\(lamp)\u{1B}[0m" : lamp) + " " + name
    }

    private static func row(_ number: Int, _ channel: Channel) -> String {
        let reading = channel.reading
        let fields = [
            left("\(number)  \(short(channel.volts)) V", 9), right(fixed(reading?.voltage, 1), 6),
            right(fixed(reading?.current, 3), 9), right(fixed(reading?.activePower, 1), 10),
            right(fixed(reading.map { $0.isCreeping ? 0 : $0.powerFactor }, 3), 9),
            right(fixed(reading?.frequency, 2), 8),
            right(ElectricReading.kilowattHours(channel.used), 12),
            "  " + (channel.isClosed ? "closed" : "open") + Self.note(channel.state),
        ]
        return fields.joined()
    }

    private static func note(_ state: ChannelState) -> String {
        switch state {
        case .on: ""
        case .switchedOff: ", off"
        case .overloaded(let until): ", too much until \(until.dateTime.suffix(9).prefix(5))"
        }
    }

    // MARK: Text

    private static func spread(_ first: String, _ second: String) -> String {
        first + String(repeating: " ", count: max(2, width - first.count - second.count)) + second
    }

    private static func padded(_ text: String, _ count: Int) -> String { left(text, count) }

    private static func left(_ text: String, _ count: Int) -> String {
        text + String(repeating: " ", count: max(0, count - text.count))
    }

    private static func right(_ text: String, _ count: Int) -> String {
        String(repeating: " ", count: max(0, count - text.count)) + text
    }

    private static func bold(_ text: String, _ colours: Bool) -> String {
        colours ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }

    /// A number with its decimals; a dash where there is none.
    static func fixed(_ value: Double?, _ decimals: Int) -> String {
        guard let value, value.isFinite else { return "-" }
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let whole = Int((abs(value) * Double(scale)).rounded())
        let fraction = decimals == 0 ? "" : "." + String(scale + whole % scale).dropFirst()
        return (value < 0 && whole > 0 ? "-" : "") + "\(whole / scale)" + fraction
    }

    /// Without trailing zeros.
    static func short(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : fixed(value, 2)
    }
}
