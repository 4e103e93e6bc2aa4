import MeterBench
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@testable import Meter

/// A supply whose line sags, flickers and fails.
@Suite struct SupplyReserveTests {
    @Test func `hold-up is of the capacitor's energy`() {
        let supply = SupplyReserve(capacitance: 0.001, full: 12, warning: 8, off: 4, start: 10, load: 0.24)
        // ½ · 1 mF · (64 − 16) V² / 0.24 W.
        #expect(abs(supply.holdUp - 100) < 1e-9)
        // ½ · 1 mF · (144 − 64) V² / 0.24 W.
        #expect(abs((supply.untilChange(lineFactor: 0) ?? 0) - 1000.0 / 6) < 1e-9)
        #expect(supply.untilChange(lineFactor: 1) == nil)
    }

    @Test func `thresholds have hysteresis`() {
        var supply = SupplyReserve()
        func go(_ factor: Double) {
            if let time = supply.untilChange(lineFactor: factor) {
                supply.advance(milliseconds: time, lineFactor: factor)
            }
        }
        go(0)
        #expect(supply.state == .warned)
        // A flicker too short to charge the capacitor changes nothing.
        supply.advance(milliseconds: 1, lineFactor: 1)
        #expect(supply.state == .warned)
        go(1)
        #expect(supply.state == .on)
        go(0)
        go(0)
        #expect(supply.state == .off)
        #expect(supply.untilChange(lineFactor: 0) == nil)
        supply.advance(milliseconds: 60_000, lineFactor: 0)
        #expect(supply.state == .off)
        go(1)
        #expect(supply.state == .on)
    }

    private static let token: UInt64 = 200_000

    private func made(_ supply: SupplyReserve) throws -> (SimulatedInstallation, ElectricMeter) {
        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 20)
        let channel = SimulatedChannel(
            rating, errors: FrontEndErrors(), calibration: Calibration(asDesigned: FrontEnd(for: rating)), seed: 1)
        let installation = SimulatedInstallation(
            [channel], milliseconds: Int64(ElectricWorld.monday) * 1000, supply: supply)
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: Self.token)))
        let memory = VolatileMemory(try ElectricWorld.records(50_000_000, configuration))
        installation.load = { _ in [Load(watts: 1000, degrees: 0)] }
        return (installation, try ElectricMeter(memory, parts: installation.parts()))
    }

    /// Interruptions of every length around the thresholds: with a last gasp nothing is lost.
    @Test func `a brown-out loses nothing`() throws {
        let (installation, meter) = try made(SupplyReserve())
        let before = try #require(installation.supply.untilChange(lineFactor: 0))
        for milliseconds in [1, before / 2, before - 1, before + 1, before + installation.supply.holdUp / 2, 60_000] {
            installation.lineFactor = 0
            try installation.advance(meter, milliseconds: Int64(milliseconds))
            installation.lineFactor = 1
            try installation.advance(meter, milliseconds: 300_000)
            #expect(installation.isPowered)
            #expect(meter.reading.forfeited == .zero, "\(milliseconds)")
        }
        let starts = meter.events().filter { $0.code == .powerUp }.count
        // The first start, and those after the three interruptions that were longer than the reserve.
        #expect(starts == 4)
    }

    @Test func `a deep sag is an interruption and a shallow one is not`() throws {
        let (installation, meter) = try made(SupplyReserve())
        for (factor, isPowered) in [(0.7, true), (0.5, false)] {
            installation.lineFactor = factor
            try installation.advance(meter, milliseconds: 60_000)
            #expect(installation.isPowered == isPowered)
        }
    }

    @Test func `a reserve that is too small loses no more than the token`() throws {
        let supply = SupplyReserve(capacitance: 0.000_1)
        #expect(supply.holdUp < 20)
        let (installation, meter) = try made(supply)
        var lost: UInt64 = 0
        for cuts in 1...5 {
            try installation.advance(meter, milliseconds: 400_000)
            installation.lineFactor = 0
            try installation.advance(meter, milliseconds: 10_000)
            installation.lineFactor = 1
            try installation.advance(meter, milliseconds: 10_000)
            let forfeited = meter.reading.forfeited.rawValue
            #expect(forfeited > lost && forfeited <= UInt64(cuts) * Self.token)
            lost = forfeited
        }
        let reading = meter.reading
        #expect(reading.drawn.rawValue == reading.spent.rawValue + reading.remaining.rawValue + lost)
    }
}
