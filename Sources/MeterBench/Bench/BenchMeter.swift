public import Meter
public import ValueElement

/// A powered electric meter on a bench, in its simulated environment.
public final class BenchMeter {
    public let meter: ElectricMeter
    public let installation: SimulatedInstallation
    private let channels: [MeterEnvironment.Channel]
    private let memory: any NonVolatileMemory
    private let folder: MeterFolder?

    /// Powers up a meter from its folder.
    ///
    /// - Parameters:
    ///   - folder: of the meter.
    ///   - milliseconds: start time since 1970-01-01 UTC; by default where it was stopped.
    ///   - now: start time in milliseconds since 1970-01-01 UTC of a meter that never ran.
    /// - Throws: `BenchError`, `MemoryError`, `MeterError`.
    public convenience init(_ folder: MeterFolder, milliseconds: Int64? = nil, now: Int64) throws {
        let around = try folder.load()
        try self.init(
            try MemoryFile.open(at: folder.memory), name: folder.path, around: around,
            milliseconds: milliseconds ?? around.milliseconds ?? now, folder: folder)
    }

    /// Powers up a meter from its memory.
    ///
    /// - Parameters:
    ///   - memory: with the records of `ElectricMeter.records`.
    ///   - name: the meter's name in errors.
    ///   - around: the meter's environment.
    ///   - milliseconds: start time since 1970-01-01 UTC.
    /// - Throws: `MeterError`.
    public convenience init(
        _ memory: any NonVolatileMemory, name: String = "meter", around: MeterEnvironment, milliseconds: Int64
    ) throws(MeterError) {
        try self.init(memory, name: name, around: around, milliseconds: milliseconds, folder: nil)
    }

    private init(
        _ memory: any NonVolatileMemory, name: String, around: MeterEnvironment, milliseconds: Int64,
        folder: MeterFolder?
    ) throws(MeterError) {
        self.folder = folder
        self.memory = memory
        channels = around.channels
        installation = SimulatedInstallation(
            channels.map(\.simulated), milliseconds: milliseconds,
            crystal: SimulatedCrystalClock(around.crystal, stopped: around.milliseconds, milliseconds: milliseconds))
        installation.sensors.reading = SensorReading(
            isBypassed: around.isBypassed, isCoverOpen: around.isCoverOpen, isMagnetNear: around.isMagnetNear,
            surges: around.surges)
        meter = try ElectricMeter(memory, name: name, parts: installation.parts())
    }

    /// The wear of the meter's flash; nil if its memory is not a flash in a file.
    public var wear: FlashWear? { FlashWear(of: memory) }

    /// The meter's present environment.
    public var environment: MeterEnvironment {
        MeterEnvironment(
            channels: channels, milliseconds: installation.milliseconds,
            crystal: MeterEnvironment.Crystal(installation.crystal), sensors: installation.sensors.reading)
    }

    /// Saves the meter's environment in its folder, if it has one.
    ///
    /// - Throws: `BenchError`.
    func saveEnvironment() throws(BenchError) { try folder?.save(environment) }

    /// Powers the meter down; it records the current token first.
    ///
    /// - Throws: `BenchError`, `MeterError`.
    public func stop() throws {
        if installation.isPowered { try installation.cutPower(of: meter) }
        try saveEnvironment()
    }
}

/// The wear of a meter's flash.
public struct FlashWear: Sendable, Hashable {
    /// Of the page with the most erasures.
    public let erasures: Int
    /// Erasures that a page endures.
    public let endurance: Int
}

extension FlashWear {
    /// Nil if a memory is not a flash in a file.
    init?(of memory: any NonVolatileMemory) {
        guard let flash = (memory as? FlashMemory)?.flash as? FileFlash else { return nil }
        self.init(erasures: flash.erasures.max() ?? 0, endurance: flash.geometry.endurance)
    }
}
