import Foundation
import MeterBench
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@testable import Meter

/// Channels that are switched separately, limited, and charged by phase angle.
@Suite struct ChannelTests {
    private static let start = Int64(ElectricWorld.monday) * 1000

    private func made(
        _ rates: AngleRates = AngleRates(), limits: [UInt32] = []
    ) throws -> (SimulatedInstallation, ElectricMeter, VolatileMemory) {
        let ratings = [
            ChannelRating(nominalVoltage: 220, nominalCurrent: 20),
            ChannelRating(nominalVoltage: 110, nominalCurrent: 20),
        ]
        let channels = ratings.map { rating in
            SimulatedChannel(
                rating, errors: FrontEndErrors(), calibration: Calibration(asDesigned: FrontEnd(for: rating)), seed: 1)
        }
        let installation = SimulatedInstallation(channels, milliseconds: Self.start)
        let configuration = ElectricConfiguration(
            channels: 2, price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 200_000)),
            angleRates: rates, limits: limits)
        let memory = VolatileMemory(try ElectricWorld.records(50_000_000, configuration))
        installation.load = { _ in [Load(watts: 1000, degrees: 0), Load(watts: 500, degrees: 0)] }
        return (installation, try ElectricMeter(memory, parts: installation.parts()), memory)
    }

    private func isBalanced(_ reading: ElectricReading) -> Bool {
        reading.drawn.rawValue + reading.debt.rawValue
            == reading.spent.rawValue + reading.remaining.rawValue + reading.forfeited.rawValue
    }

    @Test func `a channel is switched off by itself`() throws {
        let (installation, meter, memory) = try made()
        try meter.setChannel(1, isOn: false)
        #expect(installation.relays.map(\.isClosed) == [true, false])
        try installation.advance(meter, milliseconds: 3_600_000)
        #expect(abs(meter.reading.imported[0].wattHours - 1000) < 2)
        #expect(meter.reading.imported[1].wattHours < 0.1)
        // It is not a fault of the relay, and holds after a power cut too.
        #expect(!meter.events().contains { $0.code == .relayNotSwitching || $0.code == .relayWelded })
        let again = try ElectricMeter(memory, parts: installation.parts())
        #expect(again.state(ofChannel: 1) == .switchedOff)
        #expect(installation.relays.map(\.isClosed) == [true, false])
        try again.setChannel(1, isOn: true)
        #expect(installation.relays.map(\.isClosed) == [true, true])
        let codes = again.events().map(\.code)
        #expect(codes.last == .channelOn && codes.contains(.channelOff))
    }

    @Test func `the decision for all is above the switch`() throws {
        let (installation, meter, _) = try made()
        try meter.setChannel(1, isOn: false)
        installation.load = { _ in [Load(watts: 5_000, degrees: 0)] }
        try installation.advance(meter, milliseconds: 40 * 3_600_000)
        #expect(meter.decision.reason == .noValue)
        #expect(installation.relays.allSatisfy { !$0.isClosed })
        try meter.setChannel(1, isOn: true)
        #expect(installation.relays.allSatisfy { !$0.isClosed })
    }

    @Test func `a channel that draws too much is opened for a while`() throws {
        let (installation, meter, _) = try made(limits: [0, 400])
        try installation.advance(meter, milliseconds: 60_000)
        #expect(installation.relays.map(\.isClosed) == [true, false])
        guard case .overloaded(let until) = meter.state(ofChannel: 1) else {
            Issue.record("\(meter.state(ofChannel: 1))")
            return
        }
        #expect(until.rawValue <= ElectricWorld.monday + 60 + 300)
        installation.load = { _ in [Load(watts: 1000, degrees: 0), Load(watts: 300, degrees: 0)] }
        try installation.advance(meter, milliseconds: 420_000)
        #expect(meter.state(ofChannel: 1) == .on)
        #expect(installation.relays.map(\.isClosed) == [true, true])
        let codes = meter.events().map(\.code)
        #expect(codes.contains(.channelOverloaded) && codes.last == .channelOn)
        #expect(isBalanced(meter.reading))
    }

    /// Setting the clock back by a day does not keep a channel off for a day.
    @Test func `a pause ends though the clock is set back`() throws {
        let (installation, meter, _) = try made(limits: [0, 400])
        try installation.advance(meter, milliseconds: 60_000)
        meter.parts.clock.set(to: Timestamp(rawValue: ElectricWorld.monday - 86_400))
        try meter.tick()
        #expect(meter.state(ofChannel: 1) == .on)
    }

    @Test(arguments: [(-89, 90), (-45, 110), (0, 100), (29, 100), (45, 150), (180, 70)] as [(Double, UInt16)])
    func `percents are of the angle`(degrees: Double, percent: UInt16) {
        let rates = AngleRates(
            bands: [
                AngleRates.Band(from: -180, to: -60, percent: 90), AngleRates.Band(from: -60, to: -30, percent: 110),
                AngleRates.Band(from: 30, to: 90, percent: 150), AngleRates.Band(from: 0, to: 90, percent: 100),
                AngleRates.Band(from: 90, to: 180, percent: 70),
            ].compactMap { $0 })
        let radians = degrees * .pi / 180
        let (watts, vars) = (1000 * cos(radians), 1000 * sin(radians))
        #expect(rates.percent(watts: watts, vars: vars) == percent)
        #expect(rates.percent(watts: 0, vars: 0) == 100)
    }

    /// Whole microjoules at rates that change every minute: the total is one exact product, rounded once.
    @Test func `spent is the exact sum of energy and rates`() throws {
        let rates = AngleRates(bands: [AngleRates.Band(from: 30, to: 90, percent: 137)].compactMap { $0 })
        let (_, meter, _) = try made(rates)
        var exact: UInt128 = 0
        for minute in 0..<500 as Range<Int64> {
            let isLagging = minute % 3 == 0
            meter.measured(watts: 1000, vars: isLagging ? 1000 : 0)
            let energy = 60_000_000_000 + minute * 7_919
            try meter.count([Energy(microjoules: energy), Energy(microjoules: minute)])
            exact += UInt128(energy + minute) * 300_000 * 100 * (isLagging ? 137 : 100)
        }
        #expect(UInt128(meter.reading.spent.rawValue) == exact / 36_000_000_000_000_000)
        meter.measured(watts: 1000, vars: 1000)
        #expect(meter.reading.display(.tariff) == ["RATE       137 %", "per kWh    0.411"])
        #expect(isBalanced(meter.reading))
    }

    @Test func `use is charged by the angle of what flows`() throws {
        let rates = AngleRates(bands: [AngleRates.Band(from: 30, to: 90, percent: 150)].compactMap { $0 })
        let (installation, meter, memory) = try made(rates)
        installation.load = { _ in [Load(watts: 1000, degrees: 45)] }
        try installation.advance(meter, milliseconds: 3_600_000)
        let lagging = meter.reading.spent.rawValue
        // A kWh at 0.30, plus 50 %.
        #expect(abs(Int(lagging) - 450_000) < 900)
        installation.load = { _ in [Load(watts: 1000, degrees: 0)] }
        try installation.advance(meter, milliseconds: 3_600_000)
        #expect(abs(Int(meter.reading.spent.rawValue - lagging) - 300_000) < 600)
        #expect(isBalanced(meter.reading))
        // The rule is stored with the meter.
        #expect(try ElectricMeter(memory, parts: installation.parts()).configuration.angleRates == rates)
    }
}
