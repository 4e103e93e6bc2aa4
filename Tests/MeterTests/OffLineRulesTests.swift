import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A gas meter under rules; every sum is worked out by hand beside it.
@Suite struct OffLineRulesTests {
    /// 2026-01-05, a Monday, 00:00 UTC.
    private static let monday: UInt32 = 1_767_571_200

    /// A gas meter with value in its purse, and its time.
    private func world(_ rules: SupplyRules, inMeter: UInt64) throws -> GasWorld {
        let world = try GasWorld(inMeter: inMeter) { meter, _ in
            meter.charges = ChargeList(
                inForce: StoredChargeSystem(.rules(rules), time: Timestamp(rawValue: 1)), ahead: [])
        }
        return world
    }

    private func rules(
        blocks: [SupplyRules.Block] = [], standingCharge: SupplyRules.StandingCharge? = nil,
        credit: SupplyRules.CreditTerms? = nil
    ) throws -> SupplyRules {
        try SupplyRules(
            id: 1, effective: Timestamp(rawValue: 1), currency: .euro,
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 900_000))], blocks: blocks,
            standingCharge: standingCharge, credit: credit)
    }

    @Test func `a block of the month divides a step`() throws {
        let world = try world(try rules(blocks: [.init(above: 1_000, percent: 200)]), inMeter: 10_000_000)
        // 1 m³ × 0.90 and 0.5 m³ × 1.80.
        #expect(try world.meter.use(1_500) == 1_500)
        #expect(world.inMeter == 10_000_000 - 900_000 - 900_000)
    }

    @Test func `emergency credit lets gas flow as debt, which the next draw repays`() throws {
        let credit = SupplyRules.CreditTerms(emergency: Amount(rawValue: 1_800_000), warningBelow: .zero)
        let world = try world(try rules(credit: credit), inMeter: 900_000)
        #expect(try world.meter.use(2_000) == 1_000)
        #expect(!world.meter.reading.isValveOpen)
        #expect(try world.meter.askForEmergency())
        #expect(world.meter.reading.isValveOpen && world.meter.decision.reason == .emergencyCredit)
        #expect(try world.meter.use(5_000) == 2_000)
        #expect(!world.meter.reading.isValveOpen && world.meter.reading.debt.rawValue == 1_800_000)
        try world.redeem(Amount(rawValue: 5_000_000), over: world.channel)
        #expect(world.meter.reading.debt == .zero && world.inMeter == 3_200_000)
        #expect(world.meter.decision.reason == .value)
        #expect(try world.meter.askForEmergency())
    }

    @Test func `what flows while the valve is closed is counted and charged as debt`() throws {
        let world = try world(try rules(), inMeter: 0)
        #expect(try world.meter.use(100) == 0)
        try world.meter.flowedWhileClosed(2_000)
        #expect(world.meter.reading.counter == 2_000 && world.meter.reading.debt.rawValue == 1_800_000)
        #expect(world.meter.reading.spent.rawValue == 1_800_000)
    }

    @Test func `supply returns by a key where the rules want it`() throws {
        let credit = SupplyRules.CreditTerms(emergency: .zero, warningBelow: .zero, returnsByKey: true)
        let world = try world(try rules(credit: credit), inMeter: 0)
        try world.redeem(Amount(rawValue: 5_000_000), over: world.channel)
        #expect(!world.meter.reading.isValveOpen && world.meter.decision.reason == .waitsForPerson)
        #expect(try world.meter.acceptSupply())
        #expect(world.meter.reading.isValveOpen)
    }
}
