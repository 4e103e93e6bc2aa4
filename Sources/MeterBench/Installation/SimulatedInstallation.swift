public import Meter

/// The installation of a meter: lines of several voltages, loads, sensors, and a time that its owner advances.
///
///     let installation = SimulatedInstallation(channels, milliseconds: 1_767_225_600_000)
///     let meter = try ElectricMeter(memory, parts: installation.parts())
///     installation.load = { seconds in [Load(watts: 500, degrees: 0)] }
///     try installation.advance(meter, milliseconds: 60_000)
public final class SimulatedInstallation {
    public private(set) var channels: [SimulatedChannel]
    /// The loads on the channels, at seconds since 1970-01-01 UTC.
    public var load: (UInt32) -> [Load] = { _ in [] }
    /// Milliseconds until the loads change by themselves, at milliseconds since 1970-01-01 UTC; nil where they do not.
    public var untilLoadChange: (Int64) -> Int64? = { _ in nil }
    /// Factor of every line's voltage: 1, less in a sag.
    public var lineFactor = 1.0
    public let relays: [SimulatedRelay]
    public let buzzer = SimulatedBuzzer()
    public let sensors = SimulatedSensors()
    /// Of the meter's clock.
    public let crystal: SimulatedCrystalClock
    /// Of the meter's electronics.
    public private(set) var supply: SupplyReserve
    /// Whether the meter is running.
    public var isPowered: Bool { loop?.isPowered ?? true }
    /// Feeds the installed meter.
    private var loop: MeteringLoop?
    /// Its power was disconnected other than by the line: it stays off whatever the line does.
    private var isDisconnected = false
    /// Milliseconds since 1970-01-01 UTC, independent of the meter's clock.
    public private(set) var milliseconds: Int64

    /// - Parameters:
    ///   - channels: the lines.
    ///   - milliseconds: since 1970-01-01 UTC, at which it begins.
    ///   - crystal: of the meter's clock; one without an error unless given.
    ///   - supply: of the meter's electronics.
    public init(
        _ channels: [SimulatedChannel], milliseconds: Int64, crystal: SimulatedCrystalClock? = nil,
        supply: SupplyReserve = SupplyReserve()
    ) {
        self.channels = channels
        self.milliseconds = milliseconds
        self.supply = supply
        self.crystal = crystal ?? SimulatedCrystalClock(milliseconds: milliseconds)
        relays = channels.map { _ in SimulatedRelay() }
    }

    /// The parts of a meter in this installation; its clock runs by the simulated time through its crystal.
    public func parts() -> ElectricParts {
        let crystal = crystal
        return ElectricParts(
            relays: relays, buzzer: buzzer, sensors: sensors, clock: AdjustableClock { crystal.seconds },
            crystal: crystal)
    }

    /// Lets time pass for `meter`: energy is measured and counted, supply ends when value does, and the meter's own
    /// power follows the line.
    ///
    /// - Parameters:
    ///   - meter: made with ``parts()``.
    ///   - milliseconds: the duration.
    /// - Throws: `MeterError` `.memory`.
    public func advance(_ meter: ElectricMeter, milliseconds: Int64) throws(MeterError) {
        let loop = loop(of: meter)
        var rest = milliseconds
        while rest > 0 {
            var slice = min(rest, loop.millisecondsUntilMinute(millisecond: Int64(crystal.milliseconds) % 1000))
            if let change = untilLoadChange(self.milliseconds) { slice = min(slice, max(1, change)) }
            if !isDisconnected, let change = supply.untilChange(lineFactor: lineFactor) {
                slice = min(slice, max(1, Int64(change.rounded(.up))))
            }
            rest -= slice
            if loop.isPowered { try loop.countUntilCut(measure(slice)) }
            self.milliseconds += slice
            crystal.advance(milliseconds: slice, hasMains: loop.isPowered)
            if !isDisconnected { try follow(slice, loop) }
            try loop.tick()
        }
    }

    private func loop(of meter: ElectricMeter) -> MeteringLoop {
        if let loop, loop.meter === meter { return loop }
        let loop = MeteringLoop(meter, isPowered: isPowered)
        self.loop = loop
        return loop
    }

    /// The supply follows the line.
    private func follow(_ slice: Int64, _ loop: MeteringLoop) throws(MeterError) {
        let before = supply.state
        supply.advance(milliseconds: Double(slice), lineFactor: lineFactor)
        guard supply.state != before else { return }
        switch supply.state {
        case .warned: try loop.powerWarning(holdUp: supply.holdUp)
        case .off: break
        case .on: try loop.powerUp()
        }
    }

    /// The flow while time passes.
    private func measure(_ slice: Int64) -> [ChannelFlow] {
        let loads = load(UInt32(clamping: milliseconds / 1000))
        let seconds = Double(slice) / 1000
        return channels.indices.map { index in
            channels[index].measure(
                seconds, index < loads.count ? loads[index] : .none, lineFactor: lineFactor,
                isClosed: relays[index].isClosed)
        }
    }

    /// Disconnects the meter's power, whatever its line does.
    ///
    /// - Parameters:
    ///   - meter: that loses power.
    ///   - withLastGasp: whether its supply has enough left to record the current token.
    /// - Throws: `MeterError` `.memory`.
    public func cutPower(of meter: ElectricMeter, withLastGasp: Bool = true) throws(MeterError) {
        isDisconnected = true
        let loop = loop(of: meter)
        if withLastGasp { try loop.powerWarning(holdUp: .infinity) } else { loop.powerLost() }
    }

    /// Reconnects the meter's power; it starts once its line has voltage.
    ///
    /// - Parameter meter: that gets power.
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func restorePower(of meter: ElectricMeter) throws(MeterError) {
        guard isDisconnected else { return }
        isDisconnected = false
        guard supply.state == .on else { return }
        try loop(of: meter).powerUp()
    }
}
