import MeterBench
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@testable import Meter

/// A clock that drifts, whose battery runs out, and which is set.
@Suite struct CrystalClockTests {
    private static let monday = Int64(ElectricWorld.monday) * 1000
    private static let day: Int64 = 86_400_000

    @Test func `drift is of the error and of the temperature`() {
        let month = 30 * Self.day
        for (error, temperature, seconds) in [(0, 25, 0), (20, 25, 51.84), (-20, 25, -51.84), (0, 5, -35.2512)]
            as [(Double, Double, Double)]
        {
            let crystal = SimulatedCrystalClock(milliseconds: 0, error: error)
            crystal.temperature = temperature
            for _ in 0..<30 { crystal.advance(milliseconds: Self.day, hasMains: true) }
            #expect(abs(crystal.milliseconds - Double(month) - seconds * 1000) < 1, "\(error) \(temperature)")
        }
    }

    @Test func `the battery lasts as long as its charge does`() {
        // 0.6 µA from 0.144 mAh: ten days.
        let crystal = SimulatedCrystalClock(milliseconds: 0, charge: 0.144)
        crystal.advance(milliseconds: 5 * Self.day, hasMains: false)
        crystal.advance(milliseconds: 100 * Self.day, hasMains: true)
        crystal.advance(milliseconds: 5 * Self.day - 1000, hasMains: false)
        #expect(!crystal.hasStopped)
        #expect(crystal.seconds == 110 * 86_400 - 1)
        crystal.advance(milliseconds: 2000, hasMains: false)
        #expect(crystal.hasStopped)
        #expect(crystal.seconds == 0)
    }

    /// A meter with a night rate of half the price, and a load of 1 kW.
    private func made(charge: Double, error: Double = 0) throws -> (SimulatedInstallation, ElectricMeter) {
        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 20)
        let channel = SimulatedChannel(
            rating, errors: FrontEndErrors(), calibration: Calibration(asDesigned: FrontEnd(for: rating)), seed: 1)
        let installation = SimulatedInstallation(
            [channel], milliseconds: Self.monday,
            crystal: SimulatedCrystalClock(milliseconds: Self.monday, error: error, charge: charge))
        let entries = [
            try #require(TariffTable.Entry(days: 0x7F, minute: 0, percent: 50)),
            try #require(TariffTable.Entry(days: 0x7F, minute: 360, percent: 150)),
        ]
        let tariff = try #require(
            TariffTable(id: 1, price: Amount(rawValue: 300_000), currency: ElectricWorld.currency, entries: entries))
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 200_000)))
        let memory = VolatileMemory(try ElectricWorld.records(50_000_000, configuration, tariff))
        installation.load = { _ in [Load(watts: 1000, degrees: 0)] }
        return (installation, try ElectricMeter(memory, parts: installation.parts()))
    }

    @Test func `a lost clock is known as lost until the host sets it`() throws {
        let (installation, meter) = try made(charge: 0.001)
        try installation.advance(meter, milliseconds: 3_600_000)
        #expect(meter.reading.percent == 50)
        try installation.cutPower(of: meter)
        try installation.advance(meter, milliseconds: 10 * Self.day)
        try installation.restorePower(of: meter)
        #expect(meter.reading.isTimeUnknown)
        #expect(meter.reading.percent == 100)
        #expect(meter.reading.display(.balance)[1].hasPrefix("TIME UNKNOWN"))
        let lost = meter.events().filter { $0.code == .clockLost }
        #expect(lost.map(\.value) == [ElectricWorld.monday + 3600])
        // Time continues from the last known time, and nothing is counted twice.
        try installation.advance(meter, milliseconds: 3_600_000)
        #expect(abs(Int64(meter.now.rawValue) - Int64(ElectricWorld.monday) - 7200) <= 1)
        let hours = meter.usage(.hours)
        #expect(hours.count >= 2)
        // The battery is empty: the next cut stops it again, and the known time does not go back.
        try installation.cutPower(of: meter)
        try installation.advance(meter, milliseconds: 60_000)
        try installation.restorePower(of: meter)
        #expect(meter.now.rawValue >= ElectricWorld.monday + 7199)
        #expect(meter.events().filter { $0.code == .clockLost }.count == 1)
        // Set to exactly the second that it shows, its time is known again.
        meter.parts.clock.set(to: meter.now)
        #expect(meter.reading.isTimeUnknown)
        _ = try meter.process([0x00, 0xCA, 0x01, 0x00, 0x00])
        #expect(!meter.reading.isTimeUnknown)
        let reading = meter.reading
        #expect(
            reading.drawn.rawValue + reading.debt.rawValue
                == reading.spent.rawValue + reading.remaining.rawValue + reading.forfeited.rawValue)
    }

    @Test func `energy is charged by the meter's own time though it drifts`() throws {
        // One hour per day fast: far more than any crystal, so that it shows.
        let (installation, meter) = try made(charge: 210, error: 1e6 / 24)
        try installation.advance(meter, milliseconds: 5 * 3_600_000)
        #expect(meter.reading.percent == 50)
        // Five true hours and 46 minutes are six hours of its own.
        try installation.advance(meter, milliseconds: 2_760_000)
        #expect(meter.reading.percent == 150)
        #expect(abs(meter.reading.imported[0].wattHours - 5766.7) < 6)
    }
}
