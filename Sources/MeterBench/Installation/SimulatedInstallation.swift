public import Meter
import Metrology
import ValueProtocol

/// Where a meter hangs: lines of several voltages, loads, sensors, and a time that is as quick as its owner lets it pass.
///
///     let installation = SimulatedInstallation(channels, start: 1_767_225_600)
///     let meter = try ElectricMeter(memory, parts: installation.parts())
///     installation.load = { seconds in [Load(watts: 500, degrees: 0)] }
///     try installation.advance(meter, milliseconds: 60_000)
public final class SimulatedInstallation {
    public private(set) var channels: [SimulatedChannel]
    /// What is on each channel, at seconds since 1970-01-01 UTC.
    public var load: (UInt32) -> [Load] = { _ in [] }
    /// What every line's voltage is multiplied with: 1, less in a sag.
    public var lineFactor = 1.0
    public let relays: [SimulatedRelay]
    public let buzzer = SimulatedBuzzer()
    public let sensors = SimulatedSensors()
    /// Of the meter's clock.
    public let crystal: SimulatedCrystalClock
    /// Of the meter's electronics.
    public private(set) var supply: SupplyReserve
    /// Whether the meter is at work.
    public private(set) var isPowered = true
    /// Its power was taken at another place than the line: it stays away whatever the line does.
    private var isDisconnected = false
    /// Milliseconds since 1970-01-01 UTC, whatever the meter's clock says.
    public private(set) var milliseconds: Int64

    /// What a last gasp needs, in milliseconds: with less after the warning the power goes within it.
    private static let gasp = 20.0
    private static let minute: Int64 = 60_000

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

    /// What a meter that hangs here is built of: its clock runs with this time, as its crystal has it.
    public func parts() -> ElectricParts {
        let crystal = crystal
        return ElectricParts(
            relays: relays, buzzer: buzzer, sensors: sensors, clock: AdjustableClock { crystal.seconds },
            crystal: crystal)
    }

    /// Lets time pass for `meter`: what flows is measured and counted, the supply ends where value does, and the meter's
    /// own power goes and comes with the line.
    ///
    /// - Parameters:
    ///   - meter: made of ``parts()``.
    ///   - milliseconds: that pass.
    /// - Throws: `MeterError` `.memory`.
    public func advance(_ meter: ElectricMeter, milliseconds: Int64) throws(MeterError) {
        var rest = milliseconds
        while rest > 0 {
            // To the next minute of the meter's own clock, at which rates change.
            let minute = SimulatedInstallation.minute
            let within = Int64(crystal.milliseconds) % 1000
            var slice = min(rest, minute - (Int64(meter.now.rawValue) * 1000 + within) % minute)
            if !isDisconnected, let change = supply.untilChange(lineFactor: lineFactor) {
                slice = min(slice, max(1, Int64(change.rounded(.up))))
            }
            rest -= slice
            if isPowered { try pass(slice, meter) }
            self.milliseconds += slice
            crystal.pass(milliseconds: slice, hasMains: isPowered)
            if !isDisconnected { try follow(slice, meter) }
            if isPowered { try meter.tick() }
        }
    }

    /// The supply follows the line.
    private func follow(_ slice: Int64, _ meter: ElectricMeter) throws(MeterError) {
        let before = supply.state
        supply.pass(milliseconds: Double(slice), lineFactor: lineFactor)
        guard supply.state != before else { return }
        switch supply.state {
        case .warned:
            if supply.holdUp >= SimulatedInstallation.gasp { try meter.lastGasp() }
            isPowered = false
        case .off: break
        case .on:
            try meter.powerUp()
            isPowered = true
        }
    }

    private func pass(_ slice: Int64, _ meter: ElectricMeter) throws(MeterError) {
        let loads = load(UInt32(clamping: milliseconds / 1000))
        let seconds = Double(slice) / 1000
        var imported: [Energy] = []
        var exported: [Energy] = []
        for index in channels.indices {
            let energy = channels[index].measure(
                seconds, index < loads.count ? loads[index] : .none, lineFactor: lineFactor,
                isClosed: relays[index].isClosed)
            imported.append(energy.imported)
            exported.append(energy.exported)
        }
        let readings = channels.indices.map { relays[$0].isClosed ? channels[$0].reading : nil }
        let flowing = readings.compactMap { $0 }.filter { !$0.isCreeping }
        meter.measured(
            watts: flowing.reduce(0) { $0 + $1.activePower }, vars: flowing.reduce(0) { $0 + $1.reactivePower })
        // Energy through a relay that is open is none of the supply's: the meter sees it, and tells.
        let wasClosed = relays.map(\.isClosed)
        let isOn = wasClosed.contains(true)
        repeat {
            // Through a welded contact it flows on, whatever value is left.
            let end = isOn ? meter.energyUntilCut : nil
            try meter.count(take(from: &imported, end == .zero ? nil : end), exported: exported)
            exported = []
            // A channel that was cut meanwhile lets nothing through any more. What is left flows where supply goes on for
            // another reason.
            for index in relays.indices where wasClosed[index] && !relays[index].isClosed { imported[index] = .zero }
        } while imported.contains { $0 > .zero }
        try meter.limit(watts: readings.map { $0?.activePower ?? 0 })
    }

    /// Takes up to `most` off what flows in all channels, from each its share; all of it without an end.
    private func take(from flow: inout [Energy], _ most: Energy?) -> [Energy] {
        let total = flow.reduce(.zero, +)
        var left = min(most ?? total, total)
        let share = total > .zero ? Double(left.microjoules) / Double(total.microjoules) : 0
        return flow.indices.map { index in
            let wanted = Energy(microjoules: Int64((Double(flow[index].microjoules) * share).rounded(.up)))
            let part = min(left, flow[index], wanted)
            left = left - part
            flow[index] = flow[index] - part
            return part
        }
    }

    /// The meter's power is taken, whatever its line does.
    ///
    /// - Parameters:
    ///   - meter: that loses it.
    ///   - withLastGasp: whether its supply has enough left to write down the token at work.
    /// - Throws: `MeterError` `.memory`.
    public func cutPower(of meter: ElectricMeter, withLastGasp: Bool = true) throws(MeterError) {
        isDisconnected = true
        guard isPowered else { return }
        if withLastGasp { try meter.lastGasp() }
        isPowered = false
    }

    /// The meter's power is given back; it starts once its line has voltage.
    ///
    /// - Parameter meter: that gets it.
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func restorePower(of meter: ElectricMeter) throws(MeterError) {
        guard isDisconnected else { return }
        isDisconnected = false
        guard supply.state == .on else { return }
        try meter.powerUp()
        isPowered = true
    }
}
