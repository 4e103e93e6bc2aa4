import HeadEnd
import Meter
import MeterBench
import ValueElement
import ValueProtocol

/// An electric meter of this program with power, in its surroundings.
final class BenchMeter {
    let folder: MeterFolder
    let meter: ElectricMeter
    let installation: SimulatedInstallation
    private let channels: [MeterSurroundings.Channel]
    private let memory: any NonVolatileMemory

    /// Powers the meter up where it was stopped.
    ///
    /// - Parameters:
    ///   - folder: of the meter.
    ///   - milliseconds: since 1970-01-01 UTC, to go on from; where it was stopped unless given, or now.
    /// - Throws: `Failure`, `MemoryError`, `MeterError`.
    init(_ folder: MeterFolder, milliseconds: Int64? = nil) throws {
        self.folder = folder
        let around = try folder.around()
        channels = around.channels
        let start = milliseconds ?? around.milliseconds ?? Int64(SystemClock.now().rawValue) * 1000
        let kept = around.crystal
        // Where another time is begun at, its clock has come there by itself.
        let count = kept.map { Int64($0.milliseconds) + start - (around.milliseconds ?? start) } ?? start
        installation = SimulatedInstallation(
            channels.map(\.simulated), milliseconds: start,
            crystal: SimulatedCrystalClock(
                milliseconds: count, error: kept?.error ?? 0, charge: kept?.charge ?? 210,
                hasStopped: kept?.hasStopped ?? false))
        installation.sensors.reading = SensorReading(
            isBypassed: around.isBypassed, isCoverOpen: around.isCoverOpen, isMagnetNear: around.isMagnetNear,
            surges: around.surges)
        memory = try MemoryFile.open(at: folder.memory)
        meter = try ElectricMeter(memory, name: folder.path, parts: installation.parts())
    }

    /// How far the meter's flash is worn; nil where its memory is none.
    var wear: FlashWear? {
        guard let flash = (memory as? FlashMemory)?.flash as? FileFlash else { return nil }
        return FlashWear(erasures: flash.erasures.max() ?? 0, endurance: flash.geometry.endurance)
    }

    /// Keeps what is around the meter.
    ///
    /// - Throws: `Failure`.
    func keepSurroundings() throws {
        let sensors = installation.sensors.reading
        try folder.save(
            MeterSurroundings(
                channels: channels, milliseconds: installation.milliseconds,
                crystal: MeterSurroundings.Crystal(
                    milliseconds: installation.crystal.milliseconds, error: installation.crystal.error,
                    charge: installation.crystal.charge, hasStopped: installation.crystal.hasStopped),
                isBypassed: sensors.isBypassed,
                isCoverOpen: sensors.isCoverOpen, isMagnetNear: sensors.isMagnetNear, surges: sensors.surges))
    }

    /// Takes the meter's power: it writes down the token at work first.
    ///
    /// - Throws: `Failure`, `MeterError`.
    func stop() throws {
        if installation.isPowered { try installation.cutPower(of: meter) }
        try keepSurroundings()
    }
}

/// How far a meter's flash is worn.
struct FlashWear: Sendable {
    /// Of the page that was erased most.
    let erasures: Int
    /// Erasures that a page stands.
    let endurance: Int
}
