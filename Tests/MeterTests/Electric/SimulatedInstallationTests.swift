import MeterBench
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@testable import Meter

/// A meter on simulated lines: it charges exactly what flows.
@Suite struct SimulatedInstallationTests {
    private static let start: UInt32 = 1_767_225_600
    private static let ratings = [
        ChannelRating(nominalVoltage: 220, nominalCurrent: 20),
        ChannelRating(nominalVoltage: 110, nominalCurrent: 10, nominalFrequency: 60),
    ]
    /// Parts without errors need no calibration, which takes time.
    private static func channels() -> [SimulatedChannel] {
        ratings.enumerated().map { index, rating in
            SimulatedChannel(
                rating, errors: FrontEndErrors(voltageNoise: 0.5, currentNoise: 1),
                calibration: Calibration(asDesigned: FrontEnd(for: rating)), seed: UInt64(index) + 1)
        }
    }

    private func made(value: UInt64) throws -> (SimulatedInstallation, ElectricMeter) {
        let installation = SimulatedInstallation(Self.channels(), milliseconds: Int64(Self.start) * 1000)
        let configuration = ElectricConfiguration(
            channels: 2, price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 200_000)))
        let memory = VolatileMemory(try ElectricWorld.records(value, configuration))
        return (installation, try ElectricMeter(memory, parts: installation.parts()))
    }

    @Test func `energy is the loads in samples and in windows`() throws {
        for step: Int64 in [500, 600_000] {
            let (installation, meter) = try made(value: 50_000_000)
            installation.load = { _ in
                [Load(watts: 1000, degrees: 0), Load(watts: 200, degrees: 60)]
            }
            let seconds: Int64 = step == 500 ? 10 : 3600
            for _ in 0..<seconds * 1000 / step { try installation.advance(meter, milliseconds: step) }
            let used = meter.reading.imported.map(\.wattHours)
            let hours = Double(seconds) / 3600
            // In sampled mode the window still open at the end is not counted yet.
            let tolerance = step == 500 ? 0.03 : 0.002
            #expect(abs(used[0] / (1000 * hours) - 1) < tolerance, "\(used)")
            #expect(abs(used[1] / (200 * hours) - 1) < tolerance, "\(used)")
        }
    }

    @Test func `supply ends where value ends`() throws {
        // 1.00 at 0.30 per kWh is 3333 Wh.
        let (installation, meter) = try made(value: 1_000_000)
        installation.load = { _ in [Load(watts: 1500, degrees: 0), Load(watts: 500, degrees: 0)] }
        try installation.advance(meter, milliseconds: 7_200_000)
        #expect(meter.reading.value == .zero)
        #expect(meter.reading.debt == .zero)
        #expect(meter.decision.reason == .noValue)
        #expect(installation.relays.allSatisfy { !$0.isClosed })
        let used = meter.reading.imported.reduce(.zero, +)
        #expect(abs(used.wattHours - 3333.33) < 0.1, "\(used.wattHours)")
    }

    /// Energy continues to flow through a welded contact, is reported, and becomes a debt; the other channel is
    /// disconnected.
    @Test func `a welded contact lets energy through`() throws {
        let (installation, meter) = try made(value: 1_000_000)
        installation.load = { _ in [Load(watts: 1500, degrees: 0), Load(watts: 500, degrees: 0)] }
        installation.relays[0].isStuck = true
        try installation.advance(meter, milliseconds: 7_200_000)
        #expect(meter.reading.value == .zero && meter.decision.reason == .noValue)
        #expect(installation.relays.map(\.isClosed) == [true, false])
        #expect(meter.reading.faultyRelays == [1])
        let used = meter.reading.imported.map(\.wattHours)
        // Both for 100 minutes, as long as 3,333 Wh last; the first for the whole two hours.
        #expect(abs(used[0] - 3_000) < 3 && abs(used[1] - 833.3) < 2, "\(used)")
        let owed = 0.3 * (used[0] + used[1]) / 1000 - 1
        #expect(abs(Double(meter.reading.debt.rawValue) / 1e6 - owed) < 1e-5)
        #expect(meter.events().filter { $0.code == .relayWelded }.map(\.value) == [1])
        installation.relays[0].isStuck = false
        try installation.advance(meter, milliseconds: 120_000)
        #expect(meter.reading.faultyRelays == [] && installation.relays.allSatisfy { !$0.isClosed })
    }

    @Test func `a sag takes power by its square and no line takes none`() throws {
        let (installation, meter) = try made(value: 50_000_000)
        installation.load = { _ in [Load(watts: 1000, degrees: 0)] }
        installation.lineFactor = 0.8
        try installation.advance(meter, milliseconds: 3_600_000)
        #expect(abs(meter.reading.imported[0].wattHours / 640 - 1) < 0.002)
        installation.lineFactor = 0
        let before = meter.reading.imported[0]
        try installation.advance(meter, milliseconds: 3_600_000)
        // The window in which the line failed includes some of it.
        #expect((meter.reading.imported[0] - before).wattHours < 0.04)
    }

    @Test func `a power cut keeps the token by the last gasp alone`() throws {
        for hasGasp in [true, false] {
            let (installation, meter) = try made(value: 50_000_000)
            installation.load = { _ in [Load(watts: 1000, degrees: 0)] }
            try installation.advance(meter, milliseconds: 600_000)
            let left = meter.reading.remaining
            try #require(left > .zero)
            try installation.cutPower(of: meter, withLastGasp: hasGasp)
            let before = meter.reading.imported
            try installation.advance(meter, milliseconds: 3_600_000)
            try installation.restorePower(of: meter)
            if hasGasp {
                #expect(meter.reading.forfeited == .zero)
                #expect(meter.reading.remaining == left)
                #expect(meter.reading.imported == before)
            } else {
                // The token's full value, including what was used since it left the tank.
                #expect(meter.reading.forfeited == Amount(rawValue: 200_000))
                #expect(meter.reading.imported[0] <= before[0])
            }
            let after = meter.reading.imported[0]
            try installation.advance(meter, milliseconds: 60_000)
            #expect(meter.reading.imported[0] > after)
        }
    }

    @Test func `what is given back is counted and earns nothing`() throws {
        let (installation, meter) = try made(value: 5_000_000)
        installation.load = { _ in [Load(watts: -800, degrees: 180)] }
        try installation.advance(meter, milliseconds: 3_600_000)
        #expect(abs(meter.reading.exported[0].wattHours / 800 - 1) < 0.002)
        #expect(meter.reading.spent == .zero)
    }
}
