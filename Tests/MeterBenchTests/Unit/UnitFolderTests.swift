import CardCrypto
import Foundation
import Meter
import MeterBench
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A local unit in its folder: made, fed, read, stopped, and powered up again.
@Suite struct UnitFolderTests {
    private static let unitID = PartyID(issuer: 0x00A1_B2C3, kind: .localUnit, number: 5)
    private static let key = Secret(copying: (0..<16).map { UInt8($0) })
    private static let configuration = TransformerConfiguration(
        transformer: CurrentTransformer(primary: 400, secondary: 5))
    private static let around = UnitEnvironment(configuration, seed: 11)

    private static func withFolder(_ body: (UnitFolder) throws -> Void) throws {
        try withTemporaryFolder { try body(UnitFolder(path: $0.appending(path: "unit1").path)) }
    }

    private static func made(_ body: (UnitFolder) throws -> Void) throws {
        try withFolder { folder in
            try folder.make(TransformerMeter.records(unitID, transportKey: key, configuration), around)
            try body(folder)
        }
    }

    private static func wattHours(_ energies: [Energy]) -> Double { energies.reduce(.zero, +).wattHours }

    @Test func `a unit is made for its owner alone, blank, and not twice`() throws {
        try Self.withFolder { folder in
            #expect(!folder.exists)
            try folder.make(Self.unitID, transportKey: Self.key, Self.configuration, seed: 3)
            #expect(folder.exists)
            for (path, mode) in [(folder.path, 0o700), (folder.memory, 0o600), (folder.environmentFile, 0o600)] {
                let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
                #expect((rights as? NSNumber)?.intValue == mode, "\(path)")
            }
            let unit = try folder.open(now: BenchWorld.start)
            #expect(unit.meter.reading.state == .blank && unit.meter.id == Self.unitID)
            #expect(unit.meter.configuration == Self.configuration && unit.meter.name == folder.path)
            // SELECT of the purse application.
            try unit.meter.reset()
            let answer = try unit.meter.process(hex("00 A4 04 00 07 F0 56 53 54 4F 52 45 00"))
            #expect(answer.suffix(2) == [0x90, 0])
            #expect(throws: MemoryError(.inUse, "")) { try folder.open(now: 0) }
            try unit.stop()
            #expect(throws: BenchError(.exists, "")) {
                try folder.make(Self.unitID, transportKey: Self.key, Self.configuration, seed: 3)
            }
        }
    }

    @Test func `a unit goes on where it was stopped`() throws {
        try Self.made { folder in
            var shown: TransformerReading?
            do {
                let unit = try folder.open(now: BenchWorld.start)
                unit.follow(
                    BenchLoads(
                        [
                            Load(watts: 40_000, powerFactor: 0.9), Load(watts: 25_000, powerFactor: 1),
                            Load(watts: -10_000, powerFactor: 1),
                        ], profile: nil))
                try unit.advance(milliseconds: 90 * 60_000 + 500)
                shown = unit.meter.reading
                try unit.stop()
            }
            let again = try folder.open(now: 0)
            let reading = again.meter.reading
            #expect(reading == shown && again.milliseconds == BenchWorld.start + 90 * 60_000 + 500)
            #expect(abs(Self.wattHours(reading.imported) / 97_500 - 1) < 0.015)
            #expect(abs(Self.wattHours(reading.exported) / 15_000 - 1) < 0.015)
            #expect(again.meter.usage(.quarterHours).count == 7)
            #expect(again.meter.events().map(\.code) == [.powerUp, .lastGasp, .powerUp])
            #expect(try #require(again.wear).erasures < 1_000)
            again.load = { _ in [] }
            try again.advance(milliseconds: 60_000)
            #expect(again.meter.reading == reading)
            try again.stop()
        }
    }

    /// Errors within 0.5 S and 0.2 S together.
    @Test func `a profile's energy is counted`() throws {
        let unit = try BenchUnit(
            VolatileMemory(TransformerMeter.records(Self.unitID, transportKey: Self.key, Self.configuration)),
            around: Self.around, milliseconds: BenchWorld.start)
        let rows = (1...8).map { row in
            [Load(watts: Double(row) * 7_000, powerFactor: 1), Load(watts: 30_000, powerFactor: 1), .none]
        }
        let profile = LoadProfile(interval: 900, rows: rows)
        unit.follow(BenchLoads([], profile: profile))
        try unit.advance(milliseconds: Int64(profile.duration) * 1000)
        let expected = Double(rows.reduce(0) { $0 + $1[0].watts + $1[1].watts }) * 0.25
        let counted = Self.wattHours(unit.meter.reading.imported)
        #expect(abs(counted / expected - 1) < 0.007, "\(counted) of \(expected)")
        let quarters = unit.meter.usage(.quarterHours).dropLast().map { Double($0.quantity) }
        #expect(quarters.count == 8)
    }

    @Test(arguments: [false, true]) func `a power cut loses a minute at most`(withLastGasp: Bool) throws {
        let unit = try BenchUnit(
            VolatileMemory(TransformerMeter.records(Self.unitID, transportKey: Self.key, Self.configuration)),
            around: Self.around, milliseconds: BenchWorld.start)
        unit.follow(BenchLoads([Load(watts: 60_000, powerFactor: 1)], profile: nil))
        try unit.advance(milliseconds: 10 * 60_000 + 30_000)
        let before = Self.wattHours(unit.meter.reading.imported)
        try unit.cutPower(withLastGasp: withLastGasp)
        try unit.advance(milliseconds: 3_600_000)
        try unit.restorePower()
        let lost = before - Self.wattHours(unit.meter.reading.imported)
        #expect(withLastGasp ? lost == 0 : lost > 400 && lost <= 1_000 * 1.01, "\(lost)")
        try unit.advance(milliseconds: 60_000)
        #expect(Self.wattHours(unit.meter.reading.imported) > before - lost + 900)
        #expect(unit.meter.time.rawValue == UInt32(unit.milliseconds / 1000))
    }

    @Test func `the transformers' errors are within their class, and each seed's own`() throws {
        let limits = try #require(Self.configuration.transformer.limits(at: 1))
        #expect(Self.around.phases.count == 3 && Self.around.isPossible)
        for phase in Self.around.phases {
            #expect(abs(phase.ratioError) <= limits.ratio / 100 && phase.ratioError != 0)
            #expect(abs(phase.displacement) <= limits.displacement / 60 * .pi / 180 && phase.displacement != 0)
        }
        #expect(Set(Self.around.phases.map(\.ratioError)).count == 3)
    }

    @Test func `what cannot be measured in is named`() throws {
        let changes: [(inout UnitEnvironment) -> Void] = [
            { $0.phases = [] }, { $0.phases += [$0.phases[0]] }, { $0.phases[0].ratioError = .infinity },
            { $0.phases[0].ratioError = -0.9 }, { $0.phases[1].displacement = 7 }, { $0.phases[2].input.volts = 0 },
            { $0.milliseconds = -1 }, { $0.crystal?.charge = -1 },
        ]
        try Self.made { folder in
            let unit = try folder.open(now: BenchWorld.start)
            try unit.stop()
            let possible = try folder.load()
            #expect(possible.crystal != nil && possible.milliseconds == BenchWorld.start)
            for (number, change) in changes.enumerated() {
                var around = possible
                change(&around)
                #expect(!around.isPossible, "change \(number)")
            }
            var around = possible
            around.milliseconds = -1
            try folder.save(around)
            #expect(throws: BenchError(.notEnvironment, "")) { try folder.load() }
            // Phases that the unit has not.
            around = possible
            around.phases.removeLast()
            try folder.save(around)
        }
        var two = Self.around
        two.phases.removeLast()
        let records = TransformerMeter.records(Self.unitID, transportKey: Self.key, Self.configuration)
        #expect(throws: BenchError(.notEnvironment, "")) {
            try BenchUnit(VolatileMemory(records), around: two, milliseconds: 0)
        }
    }

    /// As a program leaves it that was killed after each step.
    @Test func `a folder that was left unfinished is completed`() throws {
        try Self.withFolder { folder in
            let files = FileManager.default
            try files.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            try folder.save(Self.around)
            #expect(!folder.exists)
            let records = TransformerMeter.records(Self.unitID, transportKey: Self.key, Self.configuration)
            try folder.make(records, Self.around)
            #expect(try folder.open(now: BenchWorld.start).meter.id == Self.unitID)
            #expect(throws: BenchError(.exists, "")) { try folder.make(records, Self.around) }
        }
    }
}
