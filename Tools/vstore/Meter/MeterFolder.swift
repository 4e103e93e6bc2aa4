import DurableFiles
import MeterBench
import Metrology
import SystemPackage
import ValueElement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where an electric meter of this program lives: a folder with its memory, a flash, and with what is around it.
struct MeterFolder: Sendable {
    let path: String

    var memory: String { path + "/memory" }
    private var surroundings: String { path + "/surroundings.json" }

    /// The memory file of the meter or the card at `path`.
    static func memory(of path: String) -> String { isThere(path) ? MeterFolder(path: path).memory : path }

    /// Whether `path` is the folder of an electric meter.
    static func isThere(_ path: String) -> Bool {
        fileExists(MeterFolder(path: path).memory)
    }

    /// Makes the folder, for its owner alone.
    ///
    /// - Throws: `Failure` where there is something already; `MemoryError`.
    func make(_ records: [RecordName: [UInt8]], _ around: MeterSurroundings) throws {
        guard !fileExists(path) else {
            throw Failure(.file, "\(path): there is something already. Choose another name.")
        }
        do throws(FileError) {
            try Folder.create(FilePath(folder: path))
        } catch {
            throw Failure(
                .file,
                "\(path): the folder cannot be made (\(error.explanation)). Choose another, or correct the rights.")
        }
        try save(around)
        try FileFlash.create(at: memory, records)
    }

    /// What was around the meter when it was stopped.
    ///
    /// - Throws: `Failure`.
    func around() throws -> MeterSurroundings {
        let text = try TextFile.read(surroundings)
        do {
            return try JSONDecoder().decode(MeterSurroundings.self, from: Data(text.utf8))
        } catch {
            throw Failure(.file, "\(surroundings): does not describe a meter's surroundings. Restore it from a copy.")
        }
    }

    /// Keeps what is around the meter.
    ///
    /// - Throws: `Failure`.
    func save(_ around: MeterSurroundings) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let data: Data
        do {
            data = try encoder.encode(around)
        } catch {
            throw Failure(.ownFault, "\(surroundings): \(error).")
        }
        try TextFile.write(String(decoding: data, as: UTF8.self) + "\n", to: surroundings)
    }
}

/// What is around a simulated electric meter, and what is true of its parts; none of it is value.
struct MeterSurroundings: Codable, Sendable {
    var channels: [Channel]
    /// Milliseconds since 1970-01-01 UTC at which it was stopped; nil before it first ran.
    var milliseconds: Int64?
    /// Of its clock; nil before it first ran.
    var crystal: Crystal?
    var isBypassed = false
    var isCoverOpen = false
    var isMagnetNear = false
    var surges: UInt32 = 0

    struct Crystal: Codable, Sendable {
        var milliseconds: Double
        /// Parts in a million that it is fast.
        var error: Double
        /// mAh of its battery.
        var charge: Double
        var hasStopped: Bool
    }

    struct Channel: Codable, Sendable {
        var volts: Double
        var amperes: Double
        var hertz: Double
        var calibration: Calibration
        /// Of the noise of its parts.
        var seed: UInt64

        struct Calibration: Codable, Sendable {
            var voltsPerCode: Double
            var amperesPerCode: Double
            var currentDelay: Double
        }
    }
}

extension MeterSurroundings.Channel {
    /// Parts of one percent, calibrated as in a factory.
    init(_ rating: ChannelRating, seed: UInt64) {
        let found = AccuracyTest(rating, seed: seed).calibrate()
        self.init(
            volts: rating.nominalVoltage, amperes: rating.nominalCurrent, hertz: rating.nominalFrequency,
            calibration: Calibration(
                voltsPerCode: found.voltsPerCode, amperesPerCode: found.amperesPerCode,
                currentDelay: found.currentDelay),
            seed: seed)
    }

    /// The channel that it describes.
    var simulated: SimulatedChannel {
        SimulatedChannel(
            ChannelRating(nominalVoltage: volts, nominalCurrent: amperes, nominalFrequency: hertz),
            calibration: Metrology.Calibration(
                voltsPerCode: calibration.voltsPerCode, amperesPerCode: calibration.amperesPerCode,
                currentDelay: calibration.currentDelay),
            seed: seed)
    }
}
