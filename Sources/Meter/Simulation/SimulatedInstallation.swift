internal import Metrology
internal import ValueProtocol

/// Where a meter hangs: lines of several voltages, loads, sensors, and a time that is as quick as its owner lets it pass.
///
///     let installation = SimulatedInstallation(channels, start: 1_767_225_600)
///     let meter = try ElectricMeter(memory, parts: installation.parts())
///     installation.load = { seconds in [ChannelLoad(watts: 500)] }
///     try installation.advance(meter, milliseconds: 60_000)
public final class SimulatedInstallation {
    public private(set) var channels: [SimulatedChannel]
    /// What is on each channel, at seconds since 1970-01-01 UTC.
    public var load: (UInt32) -> [ChannelLoad] = { _ in [] }
    /// What every line's voltage is multiplied with: 1, less in a sag.
    public var lineFactor = 1.0
    public let relays: [SimulatedRelay]
    public let buzzer = SimulatedBuzzer()
    public let sensors = SimulatedSensors()
    /// Whether the meter has power.
    public private(set) var isPowered = true
    private let time: Time

    /// Milliseconds since 1970-01-01 UTC.
    public var milliseconds: Int64 { time.milliseconds }

    private final class Time {
        var milliseconds: Int64
        init(_ milliseconds: Int64) { self.milliseconds = milliseconds }
    }

    private static let minute: Int64 = 60_000

    /// - Parameters:
    ///   - channels: the lines.
    ///   - milliseconds: since 1970-01-01 UTC, at which it begins.
    public init(_ channels: [SimulatedChannel], milliseconds: Int64) {
        self.channels = channels
        relays = channels.map { _ in SimulatedRelay() }
        time = Time(milliseconds)
    }

    /// What a meter that hangs here is built of: its clock runs with this time.
    public func parts() -> ElectricParts {
        let time = time
        return ElectricParts(
            relays: relays, buzzer: buzzer, sensors: sensors,
            clock: AdjustableClock { UInt32(clamping: time.milliseconds / 1000) })
    }

    /// Lets time pass for `meter`: what flows is measured and counted, and the supply ends where value does.
    ///
    /// - Parameters:
    ///   - meter: made of ``parts()``.
    ///   - milliseconds: that pass.
    /// - Throws: `MeterError` `.memory`.
    public func advance(_ meter: ElectricMeter, milliseconds: Int64) throws(MeterError) {
        var rest = milliseconds
        while rest > 0 {
            let untilMinute = SimulatedInstallation.minute - time.milliseconds % SimulatedInstallation.minute
            let slice = min(rest, untilMinute)
            rest -= slice
            guard isPowered else {
                time.milliseconds += slice
                continue
            }
            try pass(slice, meter)
            try meter.tick()
        }
    }

    private func pass(_ slice: Int64, _ meter: ElectricMeter) throws(MeterError) {
        let loads = load(UInt32(clamping: time.milliseconds / 1000))
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
        // Energy through a relay that is open is none of the supply's: the meter sees it, and tells.
        let isOn = relays.contains(where: \.isClosed)
        try meter.count(isOn ? take(from: &imported, meter.energyUntilCut) : imported, exported: exported)
        // What is left flows where supply goes on for another reason.
        while isOn, imported.contains(where: { $0 > .zero }), relays.contains(where: \.isClosed) {
            try meter.count(take(from: &imported, meter.energyUntilCut))
        }
        time.milliseconds += slice
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

    /// The meter's power goes.
    ///
    /// - Parameters:
    ///   - meter: that loses it.
    ///   - withLastGasp: whether its supply has enough left to write down the token at work.
    /// - Throws: `MeterError` `.memory`.
    public func cutPower(of meter: ElectricMeter, withLastGasp: Bool = true) throws(MeterError) {
        guard isPowered else { return }
        if withLastGasp { try meter.lastGasp() }
        isPowered = false
    }

    /// The meter's power is back.
    ///
    /// - Parameter meter: that gets it.
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func restorePower(of meter: ElectricMeter) throws(MeterError) {
        guard !isPowered else { return }
        try meter.powerUp()
        isPowered = true
    }
}
