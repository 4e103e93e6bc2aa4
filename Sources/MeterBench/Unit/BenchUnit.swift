public import Meter
internal import Metrology
public import ValueElement

/// The powered meter of a local unit on a bench, with the branch behind its transformer as its load.
public final class BenchUnit {
    public let meter: TransformerMeter
    /// The loads on the phases, at seconds since 1970-01-01 UTC.
    public var load: (UInt32) -> [Load] = { _ in [] }
    /// Milliseconds until the loads change by themselves, at milliseconds since 1970-01-01 UTC; nil where they do not.
    public var untilLoadChange: (Int64) -> Int64? = { _ in nil }
    /// Milliseconds since 1970-01-01 UTC, independent of the unit's clock.
    public private(set) var milliseconds: Int64
    /// Of the unit's clock.
    public let crystal: SimulatedCrystalClock
    /// Whether the unit is running.
    public private(set) var isPowered = true
    private var channels: [SimulatedChannel]
    private let phases: [UnitEnvironment.Phase]
    private let memory: any NonVolatileMemory
    private let folder: UnitFolder?

    /// Powers up a unit from its memory.
    ///
    /// - Parameters:
    ///   - memory: with the records of `TransformerMeter.records`.
    ///   - name: the unit's name in errors.
    ///   - around: the unit's environment.
    ///   - milliseconds: start time since 1970-01-01 UTC.
    /// - Throws: `MeterError`; `BenchError` `.notEnvironment` if the environment has other phases than the unit.
    public convenience init(
        _ memory: any NonVolatileMemory, name: String = "local unit", around: UnitEnvironment, milliseconds: Int64
    ) throws {
        try self.init(memory, name: name, around: around, milliseconds: milliseconds, folder: nil)
    }

    init(
        _ memory: any NonVolatileMemory, name: String, around: UnitEnvironment, milliseconds: Int64,
        folder: UnitFolder?
    ) throws {
        let crystal = SimulatedCrystalClock(
            around.crystal, stopped: around.milliseconds, milliseconds: milliseconds)
        let parts = TransformerParts(clock: AdjustableClock { crystal.seconds }, crystal: crystal)
        let meter = try TransformerMeter(memory, name: name, parts: parts)
        guard around.phases.count == meter.configuration.phases else { throw BenchError(.notEnvironment, name) }
        channels = around.phases.map { phase in
            phase.input.simulated(
                through: SimulatedCurrentTransformer(
                    meter.configuration.transformer, ratioError: phase.ratioError, displacement: phase.displacement))
        }
        phases = around.phases
        self.meter = meter
        self.memory = memory
        self.milliseconds = milliseconds
        self.crystal = crystal
        self.folder = folder
    }

    /// Takes the loads from a profile, or those set manually: a channel for each phase.
    public func follow(_ loads: BenchLoads) {
        load = loads.loads(at:)
        untilLoadChange = loads.untilChange(at:)
    }

    /// Lets time pass: the loads are measured through the transformers, and counted.
    ///
    /// - Parameter milliseconds: the duration.
    /// - Throws: `MeterError` `.memory`.
    public func advance(milliseconds: Int64) throws(MeterError) {
        var rest = milliseconds
        while rest > 0 {
            var slice = min(rest, meter.millisecondsUntilMinute(millisecond: Int64(crystal.milliseconds) % 1000))
            if let change = untilLoadChange(self.milliseconds) { slice = min(slice, max(1, change)) }
            rest -= slice
            if isPowered { try meter.count(measure(slice)) }
            self.milliseconds += slice
            crystal.advance(milliseconds: slice, hasMains: isPowered)
            if isPowered { try meter.tick() }
        }
    }

    private func measure(_ slice: Int64) -> [ChannelFlow] {
        let loads = load(UInt32(clamping: milliseconds / 1000))
        return channels.indices.map { phase in
            channels[phase].measure(
                Double(slice) / 1000, phase < loads.count ? loads[phase] : .none, lineFactor: 1, isClosed: true)
        }
    }

    /// Disconnects the unit's power.
    ///
    /// - Parameter withLastGasp: whether its supply has enough left to record what was counted.
    /// - Throws: `MeterError` `.memory`.
    public func cutPower(withLastGasp: Bool = true) throws(MeterError) {
        guard isPowered else { return }
        isPowered = false
        if withLastGasp { try meter.lastGasp() }
    }

    /// Reconnects the unit's power: it starts from its memory.
    ///
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func restorePower() throws(MeterError) {
        guard !isPowered else { return }
        try meter.powerUp()
        isPowered = true
        try meter.tick()
    }

    /// The wear of the unit's flash; nil if its memory is not a flash in a file.
    public var wear: FlashWear? { FlashWear(of: memory) }

    /// The unit's present environment.
    public var environment: UnitEnvironment {
        UnitEnvironment(phases: phases, milliseconds: milliseconds, crystal: MeterEnvironment.Crystal(crystal))
    }

    /// Powers the unit down; it records what it counted first. Its environment is saved in its folder, if it has one.
    ///
    /// - Throws: `BenchError`, `MeterError`.
    public func stop() throws {
        try cutPower()
        try folder?.save(environment)
    }
}
