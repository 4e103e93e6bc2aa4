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
    /// Simulated milliseconds between two lines of how things are.
    private let every: Int64
    private let needsRedraw: RedrawWish
    private var nextLine: Int64
    private var eventsSeen: Int
    private var recent: [String] = []
    private var soundsHeard: Int
    private var useBefore = Energy.zero

    /// Set from another thread.
    final class RedrawWish: Sendable {
        let isThere = Atomic(false)
    }

    /// - Parameters:
    ///   - screen: nil for lines.
    ///   - every: simulated seconds between two lines.
    init(_ running: BenchRun, screen: TerminalScreen?, redraw: RedrawWish, isJSON: Bool, every: UInt32) {
        self.screen = screen
        self.isJSON = isJSON
        self.every = Int64(every) * 1000
        needsRedraw = redraw
        nextLine = running.installation.milliseconds
        eventsSeen = running.meter.eventCount
        soundsHeard = running.installation.buzzer.count
    }

    /// Shows how things are now.
    func show(_ running: BenchRun) {
        let (events, remarks) = (newEvents(running.meter), running.takeRemarks())
        if let screen {
            recent = (recent + events.map { "\($0.time.dateTime)  \($0.text)" }).suffix(6)
            if needsRedraw.isThere.exchange(false, ordering: .relaxed) { screen.forget() }
            // The terminal's bell is the meter's buzzer.
            if running.installation.buzzer.count > soundsHeard { Console.write("\u{7}", to: 1, lineEnd: "") }
            soundsHeard = running.installation.buzzer.count
            screen.show(face(running).lines(colours: Paint.shows(on: 1)))
            return
        }
        for event in events { put(event) }
        for remark in remarks { put(remark: remark, running) }
        if running.installation.milliseconds >= nextLine || running.isOver || running.wantsLine {
            running.wantsLine = false
            put(running)
            nextLine = running.installation.milliseconds / every * every + every
        }
    }

    private func newEvents(_ meter: ElectricMeter) -> [EventRecord] {
        let count = meter.eventCount
        guard count > eventsSeen else { return [] }
        defer { eventsSeen = count }
        return meter.events().suffix(count - eventsSeen)
    }

    // MARK: Lines

    private func put(_ event: EventRecord) {
        if isJSON {
            Console.put(
                "\(["event": .text(event.name), "time": .number(Int(event.time.rawValue)), "code": .number(Int(event.codeNumber)), "value": .number(Int(event.value)), "detail": JSONValue(event.detail)] as JSONValue)"
            )
        } else {
            Console.put("\(event.time.dateTime)  \(event.text)")
        }
    }

    private func put(remark: String, _ running: BenchRun) {
        if isJSON {
            Console.put("\(["remark": .text(remark)] as JSONValue)")
        } else {
            Console.put("\(running.time.dateTime)  \(remark)")
        }
    }

    private func put(_ running: BenchRun) {
        let reading = running.meter.reading
        let channels = running.installation.channels.map(\.reading)
        if isJSON {
            let measured = channels.map { channel -> JSONValue in
                [
                    "volts": .text(MeterFace.fixed(channel?.voltage, 1)),
                    "amperes": .text(MeterFace.fixed(channel?.current, 3)),
                    "watts": .text(MeterFace.fixed(channel?.activePower, 1)),
                    "powerFactor": .text(MeterFace.fixed(channel?.powerFactor, 3)),
                    "hertz": .text(MeterFace.fixed(channel?.frequency, 2)),
                ]
            }
            Console.put(
                "\(["time": .number(Int(running.time.rawValue)), "reading": reading.json, "channels": .list(measured), "power": .truth(running.installation.isPowered)] as JSONValue)"
            )
        } else {
            let currency = reading.purse.map { " \($0.currency)" } ?? ""
            let watts = channels.map { MeterFace.fixed($0?.activePower, 0) + " W" }.joined(separator: ", ")
            let used = ElectricReading.kilowattHours(reading.imported.reduce(.zero, +))
            let supply = running.installation.isPowered ? reading.decision.isOn ? "on" : "off" : "no power"
            Console.put(
                "\(running.time.dateTime)  \(reading.value)\(currency)  \(supply)  \(watts)  \(used) kWh, \(reading.spent)\(currency) spent"
            )
        }
    }

    // MARK: The face

    /// What is typed comes before the page.
    private func display(_ running: BenchRun) -> [String] {
        let channels = running.installation.channels.enumerated().map { index, channel in
            running.installation.relays[index].isClosed ? channel.reading : nil
        }
        return running.keypad.prompt ?? running.meter.reading.display(running.keypad.page, channels: channels)
    }

    private func face(_ running: BenchRun) -> MeterFace {
        let reading = running.meter.reading
        let installation = running.installation
        let used = reading.imported.reduce(.zero, +)
        defer { useBefore = used }
        let sensors = installation.sensors.reading
        return MeterFace(
            reading: reading, display: display(running), slot: running.slot.display,
            channels: installation.channels.enumerated().map { index, channel in
                MeterFace.Channel(
                    volts: channel.rating.nominalVoltage, reading: channel.reading, used: reading.imported[index],
                    isClosed: installation.relays[index].isClosed, state: running.meter.state(ofChannel: index))
            },
            time: running.time, speed: running.speed, isPowered: installation.isPowered,
            isTampered: reading.isSealBroken || sensors.isBypassed || sensors.isCoverOpen || sensors.isMagnetNear,
            isPulsing: used.microjoules / Energy.microjoulesPerWattHour
                != useBefore.microjoules / Energy.microjoulesPerWattHour,
            lineFactor: installation.lineFactor, line: running.line.map { "\($0)" }, remark: running.remark,
            events: recent)
    }
}
