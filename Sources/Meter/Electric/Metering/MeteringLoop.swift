public import Metrology
internal import ValueProtocol

/// Feeds an electric meter with what is measured and with time, whoever measures: converters, a metering chip, or a
/// simulator.
///
/// Whoever has converters gives their samples to ``feed(voltage:current:channel:)``; whoever has energy measured elsewhere
/// gives that to ``count(_:)``. At every minute's start at least, ``tick()`` looks at the clock. The supply tells when power
/// is about to go and when it is back.
///
///     let loop = MeteringLoop(meter, measuring: [ChannelMeasurement(rating, frontEnd, calibration)])
///     while let samples = converters.next() {
///         try loop.feed(voltage: samples.voltage.span, current: samples.current.span, channel: 0)
///     }
///
/// It belongs to one thread, the meter's.
public final class MeteringLoop {
    public let meter: ElectricMeter
    /// As measured last in each channel; nil before the first window has ended.
    public private(set) var readings: [ChannelReading?]
    /// Whether the meter is at work: from ``powerUp()`` until power goes.
    public private(set) var isPowered: Bool
    /// Of the channels as they were given: power that comes back begins with these.
    private let fresh: [SampledChannel]
    private var sampled: [SampledChannel]
    /// A bit per channel whose relay was told to be closed, and that gave no energy since: of a window that had begun before
    /// the relay opened, energy comes once more.
    private var mayStillFlow: UInt8 = 0

    /// A last gasp needs so many milliseconds: with less after the warning, power goes within it.
    public static let lastGaspMilliseconds = 20.0
    private static let minute: Int64 = 60_000

    /// A channel that is measured here.
    private struct SampledChannel {
        var measurement: ChannelMeasurement
        /// Whether the relay was told to be closed when samples came last: those that come next may be as old.
        var wasWanted = false
        /// Whether anything may have flowed, in the window at work, before the relay was told to open.
        var mayHaveFlowed = false
    }

    /// - Parameters:
    ///   - meter: that is fed.
    ///   - channels: those whose samples are given here, all of the meter's in their order; none where energy is measured
    ///     elsewhere.
    ///   - isPowered: false where the meter waits for ``powerUp()``.
    public init(_ meter: ElectricMeter, measuring channels: [ChannelMeasurement] = [], isPowered: Bool = true) {
        let count = meter.configuration.channels
        precondition(channels.isEmpty || channels.count == count, "a measurement for each channel")
        self.meter = meter
        self.isPowered = isPowered
        readings = Array(repeating: nil, count: count)
        fresh = channels.map { SampledChannel(measurement: $0) }
        sampled = fresh
    }

    // MARK: Samples

    /// Takes samples of a channel. Whenever a window of about 200 ms ends with them, its energy is counted, and the meter
    /// looks at its clock.
    ///
    /// Where value ends within a window, the relay opens at its end; what flowed beyond the value is a debt. Samples that
    /// were taken before the relay had opened are not taken for energy through a welded contact.
    ///
    /// - Parameters:
    ///   - voltage: codes.
    ///   - current: codes, as many.
    ///   - channel: from 0.
    /// - Throws: `MeterError` `.memory`.
    public func feed(voltage: Span<Int16>, current: Span<Int32>, channel: Int) throws(MeterError) {
        precondition(sampled.indices.contains(channel), "a channel that is measured here")
        guard isPowered else { return }
        let isWanted = meter.isWanted(channel)
        let mayFlow = isWanted || sampled[channel].wasWanted
        sampled[channel].wasWanted = isWanted
        var start = 0
        while start < voltage.count {
            if mayFlow { sampled[channel].mayHaveFlowed = true }
            let before = sampled[channel].measurement.registers
            let taken = sampled[channel].measurement.take(
                voltage.extracting(start..<voltage.count), current.extracting(start..<current.count))
            start += taken.count
            guard let reading = taken.reading else { continue }
            let after = sampled[channel].measurement.registers
            readings[channel] = reading
            var flow = readings.map { ChannelFlow(reading: $0) }
            flow[channel].imported = after.imported - before.imported
            flow[channel].exported = after.exported - before.exported
            let isExcused = sampled[channel].mayHaveFlowed
            sampled[channel].mayHaveFlowed = false
            try count(flow, excused: isExcused ? 1 << UInt8(channel) : 0)
            try tick()
        }
    }

    // MARK: Energy

    /// Counts energy that has flowed: all of it, also what no value is left for, which becomes a debt.
    ///
    /// It is charged at the rate of the last ``tick()``, so an interval should not go over the start of a minute:
    /// ``millisecondsUntilMinute(millisecond:)``.
    ///
    /// - Parameter flow: of each channel since the last call.
    /// - Throws: `MeterError` `.memory`; what is counted since the last write is lost with the token then.
    public func count(_ flow: [ChannelFlow]) throws(MeterError) { try count(flow, excused: 0) }

    /// Counts energy that would flow if no relay opened, as a simulator has it: a channel that is cut lets nothing through
    /// from the moment at which value ends.
    ///
    /// - Parameter flow: of each channel since the last call.
    /// - Throws: `MeterError` `.memory`.
    public func countUntilCut(_ flow: [ChannelFlow]) throws(MeterError) {
        guard let readings = try measured(flow) else { return }
        let relays = meter.parts.relays
        var imported = flow.map(\.imported)
        var exported = flow.map(\.exported)
        // The supply does not end energy through a relay that is open: the meter sees it, and reports it.
        let wasClosed = relays.map(\.isClosed)
        let isOn = wasClosed.contains(true)
        repeat {
            // Through a welded contact it flows on, whatever value is left.
            let end = isOn ? meter.energyUntilCut : nil
            let part = MeteringLoop.dequeue(from: &imported, end == .zero ? nil : end)
            try meter.count(part, exported: exported, excused: excused(part))
            exported = []
            // A channel that was cut meanwhile lets nothing through any more. What is left flows where supply goes on for
            // another reason.
            for index in relays.indices where wasClosed[index] && !relays[index].isClosed { imported[index] = .zero }
        } while imported.contains { $0 > .zero }
        try meter.limit(watts: readings.map { $0?.activePower ?? 0 })
    }

    /// A bit per channel whose energy may have flowed before its relay opened: the first that comes afterwards.
    private func excused(_ imported: [Energy]) -> UInt8 {
        var excused: UInt8 = 0
        for (index, energy) in imported.enumerated() {
            let bit: UInt8 = 1 << UInt8(index)
            if meter.isWanted(index) {
                mayStillFlow |= bit
            } else if energy > .zero {
                excused |= mayStillFlow & bit
                mayStillFlow &= ~bit
            }
        }
        return excused
    }

    /// - Parameter excused: a bit per channel whose energy may have flowed before its relay opened.
    private func count(_ flow: [ChannelFlow], excused: UInt8) throws(MeterError) {
        guard let readings = try measured(flow) else { return }
        try meter.count(flow.map(\.imported), exported: flow.map(\.exported), excused: excused)
        try meter.limit(watts: readings.map { $0?.activePower ?? 0 })
    }

    /// The meter takes the angle between voltage and current.
    ///
    /// - Returns: the readings of the channels whose relays are closed; nil where the meter has no power.
    private func measured(_ flow: [ChannelFlow]) throws(MeterError) -> [ChannelReading?]? {
        precondition(flow.count == readings.count, "the flow of each channel")
        guard isPowered else { return nil }
        for (index, channel) in flow.enumerated() { readings[index] = channel.reading ?? readings[index] }
        let shown = flow.indices.map { meter.parts.relays[$0].isClosed ? readings[$0] : nil }
        let flowing = shown.compactMap { $0 }.filter { !$0.isCreeping }
        meter.measured(
            watts: flowing.reduce(0) { $0 + $1.activePower }, vars: flowing.reduce(0) { $0 + $1.reactivePower })
        return shown
    }

    /// Takes up to `max` off what flows in all channels, from each its share; all of it without an end.
    private static func dequeue(from flow: inout [Energy], _ max: Energy?) -> [Energy] {
        let total = flow.reduce(.zero, +)
        var left = min(max ?? total, total)
        let share = total > .zero ? Double(left.microjoules) / Double(total.microjoules) : 0
        return flow.indices.map { index in
            let wanted = Energy(microjoules: Int64((Double(flow[index].microjoules) * share).rounded(.up)))
            let part = min(left, flow[index], wanted)
            left = left - part
            flow[index] = flow[index] - part
            return part
        }
    }

    // MARK: Time

    /// Looks at the meter's clock and its sensors, where it has power: to be called at every minute's start at least.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func tick() throws(MeterError) {
        if isPowered { try meter.tick() }
    }

    /// Milliseconds until the next minute of the meter's own clock, at which rates and friendly credit change; 1 to 60,000.
    ///
    /// - Parameter millisecond: that have passed of the clock's second, 0 to 999.
    public func millisecondsUntilMinute(millisecond: Int64 = 0) -> Int64 {
        MeteringLoop.minute - (Int64(meter.now.rawValue) * 1000 + millisecond) % MeteringLoop.minute
    }

    // MARK: Power

    /// The supply warns that power is about to go: the meter writes down the token at work, where there is time for it.
    ///
    /// - Parameter holdUp: milliseconds until power is gone.
    /// - Throws: `MeterError` `.memory`; the token is lost then.
    public func powerWarning(holdUp: Double) throws(MeterError) {
        guard isPowered else { return }
        if holdUp >= MeteringLoop.lastGaspMilliseconds { try meter.lastGasp() }
        isPowered = false
    }

    /// Power is gone without a warning: the token at work is lost.
    public func powerLost() { isPowered = false }

    /// Power is back: the meter starts from its memory, and measurement begins anew.
    ///
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func powerUp() throws(MeterError) {
        try meter.powerUp()
        sampled = fresh
        mayStillFlow = 0
        isPowered = true
    }
}
