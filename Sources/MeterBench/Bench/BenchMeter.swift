public import Meter
public import ValueElement

/// An electric meter on a bench: with power, in its simulated surroundings.
public final class BenchMeter {
    public let meter: ElectricMeter
    public let installation: SimulatedInstallation
    private let channels: [MeterSurroundings.Channel]
    private let memory: any NonVolatileMemory
    private let folder: MeterFolder?

    /// Powers a meter up in its folder.
    ///
    /// - Parameters:
    ///   - folder: of the meter.
    ///   - milliseconds: since 1970-01-01 UTC, to go on from; where it was stopped unless given.
    ///   - now: milliseconds since 1970-01-01 UTC, at which one begins that never ran.
    /// - Throws: `BenchError`, `MemoryError`, `MeterError`.
    public convenience init(_ folder: MeterFolder, milliseconds: Int64? = nil, now: Int64) throws {
        let around = try folder.load()
        try self.init(
            try MemoryFile.open(at: folder.memory), name: folder.path, around: around,
            milliseconds: milliseconds ?? around.milliseconds ?? now, folder: folder)
    }

    /// Powers a meter up from its memory.
    ///
    /// - Parameters:
    ///   - memory: that `ElectricMeter.records` made.
    ///   - name: what the meter is called in errors.
    ///   - around: what is around it.
    ///   - milliseconds: since 1970-01-01 UTC, to go on from.
    /// - Throws: `MeterError`.
    public convenience init(
        _ memory: any NonVolatileMemory, name: String = "meter", around: MeterSurroundings, milliseconds: Int64
    ) throws(MeterError) {
        try self.init(memory, name: name, around: around, milliseconds: milliseconds, folder: nil)
    }

    private init(
        _ memory: any NonVolatileMemory, name: String, around: MeterSurroundings, milliseconds: Int64,
        folder: MeterFolder?
    ) throws(MeterError) {
        self.folder = folder
        self.memory = memory
        channels = around.channels
        let kept = around.crystal
        // Where another time is begun at, its clock has come there by itself.
        let count =
            kept.map { Int64($0.milliseconds) + milliseconds - (around.milliseconds ?? milliseconds) } ?? milliseconds
        installation = SimulatedInstallation(
            channels.map(\.simulated), milliseconds: milliseconds,
            crystal: SimulatedCrystalClock(
                milliseconds: count, error: kept?.error ?? 0, charge: kept?.charge ?? 210,
                hasStopped: kept?.hasStopped ?? false))
        installation.sensors.reading = SensorReading(
            isBypassed: around.isBypassed, isCoverOpen: around.isCoverOpen, isMagnetNear: around.isMagnetNear,
            surges: around.surges)
        meter = try ElectricMeter(memory, name: name, parts: installation.parts())
    }

    /// How far the meter's flash is worn; nil where its memory is not a flash in a file.
    public var wear: FlashWear? {
        guard let flash = (memory as? FlashMemory)?.flash as? FileFlash else { return nil }
        return FlashWear(erasures: flash.erasures.max() ?? 0, endurance: flash.geometry.endurance)
    }

    /// What is around the meter now.
    public var surroundings: MeterSurroundings {
        let crystal = installation.crystal
        return MeterSurroundings(
            channels: channels, milliseconds: installation.milliseconds,
            crystal: MeterSurroundings.Crystal(
                milliseconds: crystal.milliseconds, error: crystal.error, charge: crystal.charge,
                hasStopped: crystal.hasStopped), sensors: installation.sensors.reading)
    }

    /// Keeps what is around the meter in its folder, where it has one.
    ///
    /// - Throws: `BenchError`.
    public func keepSurroundings() throws(BenchError) { try folder?.save(surroundings) }

    /// Takes the meter's power: it writes down the token at work first.
    ///
    /// - Throws: `BenchError`, `MeterError`.
    public func stop() throws {
        if installation.isPowered { try installation.cutPower(of: meter) }
        try keepSurroundings()
    }
}

/// How far a meter's flash is worn.
public struct FlashWear: Sendable, Hashable {
    /// Of the page that was erased most.
    public let erasures: Int
    /// Erasures that a page stands.
    public let endurance: Int
}
