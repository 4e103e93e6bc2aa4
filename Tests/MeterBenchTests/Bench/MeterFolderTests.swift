import Foundation
import Meter
import MeterBench
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A meter in its folder: made, run, stopped, and powered up again.
@Suite struct MeterFolderTests {
    private static func withFolder(_ body: (MeterFolder) throws -> Void) throws {
        try withTemporaryFolder { try body(MeterFolder(path: $0.appending(path: "meter").path)) }
    }

    @Test func `a meter goes on where it was stopped`() throws {
        try Self.withFolder { folder in
            #expect(!folder.exists)
            try folder.make(try BenchWorld.records(), BenchWorld.around)
            #expect(folder.exists)
            do {
                let unit = try BenchMeter(folder, now: BenchWorld.start)
                let bench = Bench(unit, Bench.Setup(loads: BenchLoads([], profile: nil), cards: BenchWorld.cards()))
                try bench.carryOut(.insertCard(nil))
                try bench.carryOut(.redeem(.all))
                try bench.carryOut(.load(channel: 0, watts: 1_000, powerFactor: 1))
                try bench.carryOut(.magnet(true))
                try bench.advance(milliseconds: 90_000)
                try unit.stop()
            }
            let again = try BenchMeter(folder, now: 0)
            #expect(again.installation.milliseconds == BenchWorld.start + 90_000)
            #expect(again.installation.sensors.reading.isMagnetNear)
            let reading = again.meter.reading
            #expect(reading.spent > .zero && reading.forfeited == .zero)
            #expect(reading.value.rawValue + reading.spent.rawValue == 25_000_000)
            #expect(abs(Int64(again.meter.events().last?.time.rawValue ?? 0) - (BenchWorld.start / 1000 + 90)) <= 1)
            #expect(try #require(again.wear).erasures < 1_000)
        }
    }

    @Test func `a meter is stopped however the work with it ends`() throws {
        struct Failure: Error {}
        let start = Timestamp(rawValue: UInt32(BenchWorld.start / 1000))
        try Self.withFolder { folder in
            try folder.make(try BenchWorld.records(), BenchWorld.around)
            let isMeter = try OpenMeter.with(folder.path, clock: { start }) { meter in
                #expect(meter.name == folder.path)
                #expect(meter.wear != nil)
                #expect(meter.reading.currency == .euro)
                guard case .electric(let unit) = meter else { throw Failure() }
                #expect(unit.installation.milliseconds == BenchWorld.start)
                return unit.meter.id == BenchWorld.meterID
            }
            #expect(isMeter)
            #expect(try folder.load().milliseconds == BenchWorld.start)
            #expect(throws: Failure.self) {
                try OpenMeter.with(folder.path, clock: { start }) { meter in
                    guard case .electric(let unit) = meter else { return }
                    unit.installation.sensors.reading.isMagnetNear = true
                    throw Failure()
                }
            }
            #expect(try folder.load().isMagnetNear)
        }
    }

    @Test func `another time to begin at moves the meter's clock with it`() throws {
        try Self.withFolder { folder in
            try folder.make(try BenchWorld.records(), BenchWorld.around)
            try BenchMeter(folder, now: BenchWorld.start).stop()
            let later = try BenchMeter(folder, milliseconds: BenchWorld.start + 86_400_000, now: 0)
            #expect(later.installation.crystal.seconds == UInt32(BenchWorld.start / 1000) + 86_400)
        }
    }

    @Test func `the environment are read and written as they are, by their owner alone`() throws {
        try Self.withFolder { folder in
            try folder.make(try BenchWorld.records(), BenchWorld.around)
            #expect(try folder.load() == BenchWorld.around)
            let rights = try FileManager.default.attributesOfItem(atPath: folder.environmentFile)[.posixPermissions]
            #expect((rights as? NSNumber)?.intValue == 0o600)
            var around = BenchWorld.around
            around.surges = 7
            try folder.save(around)
            #expect(try folder.load() == around)
        }
    }

    @Test func `surroundings in which nothing can be measured are named`() throws {
        let changes: [(inout MeterEnvironment) -> Void] = [
            { $0.channels = [] }, { $0.channels += Array(repeating: $0.channels[0], count: 7) },
            { $0.channels[0].volts = 0 }, { $0.channels[0].volts = 1e300 }, { $0.channels[1].amperes = -1 },
            { $0.channels[1].hertz = 1_000 }, { $0.channels[0].calibration.voltsPerCode = 0 },
            { $0.channels[0].calibration.amperesPerCode = -1 }, { $0.channels[0].calibration.currentDelay = 1e300 },
            { $0.milliseconds = -1 }, { $0.milliseconds = .max },
            { $0.crystal?.milliseconds = 1e300 }, { $0.crystal?.error = -1e7 }, { $0.crystal?.charge = -1 },
        ]
        let possible = try BenchWorld().unit.environment
        try Self.withFolder { folder in
            try folder.make(try BenchWorld.records(), possible)
            #expect(try folder.load() == possible)
            for (number, change) in changes.enumerated() {
                var around = possible
                change(&around)
                try folder.save(around)
                #expect(throws: BenchError(.notEnvironment, ""), "change \(number)") { try folder.load() }
            }
        }
    }

    @Test func `what is wrong with a folder is named`() throws {
        try Self.withFolder { folder in
            #expect(throws: BenchError(.unreadable, "")) { try folder.load() }
            #expect(throws: BenchError(.notWritten, "")) { try folder.save(BenchWorld.around) }
            try folder.make(try BenchWorld.records(), BenchWorld.around)
            #expect(throws: BenchError(.exists, "")) { try folder.make([:], BenchWorld.around) }
            try Data("{}".utf8).write(to: URL(filePath: folder.environmentFile))
            #expect(throws: BenchError(.notEnvironment, "")) { try BenchMeter(folder, now: 0) }
            #expect(throws: BenchError(.folderNotMade, "")) {
                try MeterFolder(path: folder.memory + "/below").make([:], BenchWorld.around)
            }
        }
    }
}
