public import Metrology
internal import ValueProtocol

/// Feeds an electric meter with measurements and time, from any source: converters, a metering chip, or a simulator.
///
/// Samples of converters go to ``feed(voltage:current:channel:)``, energy measured elsewhere to ``count(_:)``. Call
/// ``tick()`` at least at the start of every minute, so that the meter reads its clock. The power supply reports when
/// power is about to fail and when it is back.
///
///     let loop = MeteringLoop(meter, measuring: [ChannelMeasurement(rating, frontEnd, calibration)])
///     while let samples = converters.next() {
///         try loop.feed(voltage: samples.voltage.span, current: samples.current.span, channel: 0)
///     }
///
/// Use it on one thread only, the meter's.
public final class MeteringLoop {
    public let meter: ElectricMeter
    /// The last reading of each channel; nil before the first window has ended.
    public private(set) var readings: [ChannelReading?]
    /// Whether the meter is running: from ``powerUp()`` until power fails.
    public private(set) var isPowered: Bool
    /// The channels' initial state, used again when power returns.
    private let fresh: [SampledChannel]
    private var sampled: [SampledChannel]
    /// One bit per channel whose relay was told to close, and that has given no energy since: a window that began
    /// before the relay opened still reports energy once.
    private var mayStillFlow: UInt8 = 0

    /// Milliseconds needed for a last gasp: with less after the warning, power fails during it.
    public static let lastGaspMilliseconds = 20.0

    /// A channel that is measured here.
    private struct SampledChannel {
        var measurement: ChannelMeasurement
        /// Whether the relay was told to close when samples last arrived: the next ones may be from the same time.
        var wasWanted = false
        /// Whether energy may have flowed in the current window before the relay was told to open.
        var mayHaveFlowed = false
    }

    /// - Parameters:
    ///   - meter: the meter to feed.
    ///   - channels: the channels whose samples are fed here, all of the meter's in their order; none if energy is
    ///     measured elsewhere.
    ///   - isPowered: false if the meter waits for ``powerUp()``.
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

    /// Feeds samples of a channel. Each time they complete a window of about 200 ms, its energy is counted and the
    /// meter reads its clock.
    ///
    /// If value ends within a window, the relay opens at its end; use beyond the value becomes a debt. Samples taken
    /// before the relay opened do not count as energy through a welded contact.
    ///
    /// - Parameters:
    ///   - voltage: codes.
    ///   - current: codes, of equal count.
    ///   - channel: from 0.
    /// - Throws: `MeterError` `.memory`.
    public func feed(voltage: Span<Int16>, current: Span<Int32>, channel: Int) throws(MeterError) {
        precondition(sampled.indices.contains(channel), "a channel that is measured here")
        guard isPowered else { return }
        let shouldContinue = meter.shouldContinue(channel)
        let mayFlow = shouldContinue || sampled[channel].wasWanted
        sampled[channel].wasWanted = shouldContinue
        var start = 0
        while start < voltage.count {
            if mayFlow { sampled[channel].mayHaveFlowed = true }
            let taken = sampled[channel].measurement.flow(
                voltage.extracting(start..<voltage.count), current.extracting(start..<current.count))
            start += taken.count
            guard let window = taken.flow else { continue }
            readings[channel] = window.reading
            var flow = readings.map { ChannelFlow(reading: $0) }
            flow[channel] = window
            let isExcused = sampled[channel].mayHaveFlowed
            sampled[channel].mayHaveFlowed = false
            try count(flow, excused: isExcused ? 1 << UInt8(channel) : 0)
            try tick()
        }
    }

    // MARK: Energy

    /// Counts energy that has flowed, including use without remaining value, which becomes a debt.
    ///
    /// It is charged at the rate of the last ``tick()``, so an interval should not cross the start of a minute:
    /// ``millisecondsUntilMinute(millisecond:)``.
    ///
    /// - Parameter flow: of each channel since the last call.
    /// - Throws: `MeterError` `.memory`; energy counted since the last write is then lost with the token.
    ///   `.negativeEnergy`; everything that is not negative has been counted then.
    public func count(_ flow: [ChannelFlow]) throws(MeterError) { try count(flow, excused: 0) }

    /// Counts the energy that would flow if no relay opened, as a simulator knows it: a disconnected channel passes
    /// nothing from the moment at which value ends.
    ///
    /// - Parameter flow: of each channel since the last call.
    /// - Throws: `MeterError` `.memory`; `.negativeEnergy`, as ``count(_:)``.
    public func countUntilCut(_ flow: [ChannelFlow]) throws(MeterError) {
        guard let readings = try measured(flow) else { return }
        let relays = meter.parts.relays
        var exported = flow.map(\.exported)
        try meter.checkDirection(exported)
        // A negative one would distort the others' shares.
        var imported = flow.map { max($0.imported, .zero) }
        (imported, exported) = meter.charged(imported, exported)
        // The end of supply does not stop energy through a defective open relay: the meter detects and reports it.
        let wasClosed = relays.map(\.isClosed)
        let isOn = wasClosed.contains(true)
        repeat {
            // Energy flows on through a welded contact, whatever value is left.
            let end = isOn ? meter.energyUntilCut : nil
            let part = MeteringLoop.dequeue(from: &imported, end == .zero ? nil : end)
            try meter.count(part, exported: exported, excused: excused(part))
            exported = []
            // A channel disconnected meanwhile passes nothing more. The rest flows if supply continues for another
            // reason.
            for index in relays.indices where wasClosed[index] && !relays[index].isClosed { imported[index] = .zero }
        } while imported.contains { $0 > .zero }
        try meter.limit(watts: readings.map { $0?.activePower ?? 0 })
        try meter.requireNotNegative(flow.map(\.imported), flow.map(\.exported))
    }

    /// One bit per channel whose energy may have flowed before its relay opened: the first energy reported afterwards.
    private func excused(_ imported: [Energy]) -> UInt8 {
        var excused: UInt8 = 0
        for (index, energy) in imported.enumerated() {
            let bit: UInt8 = 1 << UInt8(index)
            if meter.shouldContinue(index) {
                mayStillFlow |= bit
            } else if energy > .zero {
                excused |= mayStillFlow & bit
                mayStillFlow &= ~bit
            }
        }
        return excused
    }

    /// - Parameter excused: one bit per channel whose energy may have flowed before its relay opened.
    private func count(_ flow: [ChannelFlow], excused: UInt8) throws(MeterError) {
        guard let readings = try measured(flow) else { return }
        try meter.count(flow.map(\.imported), exported: flow.map(\.exported), excused: excused)
        try meter.limit(watts: readings.map { $0?.activePower ?? 0 })
        try meter.requireNotNegative(flow.map(\.imported), flow.map(\.exported))
    }

    /// Gives the meter the angle between voltage and current.
    ///
    /// - Returns: the readings of the channels whose relays are closed; nil if the meter has no power.
    private func measured(_ flow: [ChannelFlow]) throws(MeterError) -> [ChannelReading?]? {
        precondition(flow.count == readings.count, "the flow of each channel")
        guard isPowered else { return nil }
        for (index, channel) in flow.enumerated() { readings[index] = channel.reading ?? readings[index] }
        let shown = flow.indices.map { meter.parts.relays[$0].isClosed ? readings[$0] : nil }
        try meter.checkRange(shown)
        let flowing = shown.compactMap { $0 }.filter { !$0.isCreeping }
        meter.measured(
            watts: flowing.reduce(0) { $0 + $1.activePower }, vars: flowing.reduce(0) { $0 + $1.reactivePower })
        return shown
    }

    /// Removes up to `max` from the flow of all channels in proportion; all of it if `max` is nil.
    private static func dequeue(from flow: inout [Energy], _ max: Energy?) -> [Energy] {
        let total = flow.reduce(.zero, +)
        var left = min(max ?? total, total)
        let share = total > .zero ? Double(left.microjoules) / Double(total.microjoules) : 0
        return flow.indices.map { index in
            let wanted = Energy(microjoules: Int128((Double(flow[index].microjoules) * share).rounded(.up)))
            let part = min(left, flow[index], wanted)
            left = left - part
            flow[index] = flow[index] - part
            return part
        }
    }

    // MARK: Time

    /// Reads the meter's clock and sensors, if it has power: call it at least at the start of every minute.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func tick() throws(MeterError) {
        if isPowered { try meter.tick() }
    }

    /// Milliseconds until the next minute of the meter's own clock, at which rates and friendly credit change; 1 to
    /// 60,000.
    ///
    /// - Parameter millisecond: elapsed in the clock's current second, 0 to 999.
    public func millisecondsUntilMinute(millisecond: Int64 = 0) -> Int64 {
        meter.untilMinute(millisecond: millisecond)
    }

    // MARK: Power

    /// The power supply warns of a power failure: the meter records the current token, if time allows.
    ///
    /// - Parameter holdUp: milliseconds until power fails.
    /// - Throws: `MeterError` `.memory`; the token is then lost.
    public func powerWarning(holdUp: Double) throws(MeterError) {
        guard isPowered else { return }
        defer { isPowered = false }
        if holdUp >= MeteringLoop.lastGaspMilliseconds { try meter.lastGasp() }
    }

    /// Power failed without a warning: the current token is lost.
    public func powerLost() { isPowered = false }

    /// Power is back: the meter starts from its memory, and measurement starts again.
    ///
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func powerUp() throws(MeterError) {
        try meter.powerUp()
        sampled = fresh
        mayStillFlow = 0
        isPowered = true
    }
}
