import Meter
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Random lives of a meter under rules: whatever happens, value adds up to the micro-unit (protocol §10, ACCOUNT).
@Suite struct SupplyRulesLifeTests {
    private static func rules(_ id: UInt16, effective: UInt32, using random: inout SeededGenerator) throws
        -> SupplyRules
    {
        try SupplyRulesTests.rules(
            id: id, effective: effective, zone: Bool.random(using: &random) ? SupplyRulesTests.berlin : nil,
            sources: [
                .init(
                    channel: 0, price: Amount(rawValue: .random(in: 0...900_000, using: &random)),
                    priceGivenBack: Bool.random(using: &random)
                        ? Amount(rawValue: .random(in: 0...500_000, using: &random)) : nil)
            ],
            blocks: Bool.random(using: &random)
                ? [.init(above: 2_000, percent: 150), .init(above: 9_000, percent: 30)] : [],
            standingCharge: .init(
                amount: Amount(rawValue: .random(in: 0...900_000, using: &random)),
                period: Bool.random(using: &random) ? .day : .month),
            debtShare: [nil, 0, 33, 100].randomElement(using: &random) ?? nil,
            credit: .init(
                emergency: Amount(rawValue: .random(in: 0...2_000_000, using: &random)), warningBelow: .zero,
                friendlyTimes: Bool.random(using: &random) ? [.init(days: 0xFF, from: 1200, to: 300)] : []))
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `credits and what was paid are balance, use, loss and debt after every step`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let world = try ElectricWorld(
            value: 3_000_000,
            rules: [
                try Self.rules(1, effective: 1, using: &random),
                try Self.rules(2, effective: ElectricWorld.monday + 100_000, using: &random),
                try Self.rules(3, effective: ElectricWorld.monday + 400_000, using: &random),
            ])
        try world.meter.tick()
        var htxn: UInt64 = 0
        var credits: UInt64 = 3_000_000
        for step in 0..<400 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                htxn += 1
                credits += 1_700_001
                try world.load(1_700_001, htxn: htxn)
            case 1: _ = try world.meter.askForEmergency()
            case 2: try world.powerUp()
            case 3:
                try world.meter.lastGasp()
                world.time += .random(in: 0...200_000, using: &random)
                try world.powerUp()
            case 4:
                let now = world.meter.time.rawValue
                try world.setClock(to: now &+ .random(in: 0...100_000, using: &random) &- 50_000)
            case 5:
                // Power fails at a write, whatever it is of.
                world.power.cutPower(
                    atWrite: .random(in: 1...4, using: &random), keeping: [.nothing, .half, .everything][step % 3])
                do throws(MeterError) {
                    try use(world, &random)
                } catch {
                    #expect(error.code == .memory && world.power.isOff)
                }
                try world.powerUp()
            default: try use(world, &random)
            }
            #expect(world.isBalanced, "step \(step)")
            let now = world.meter.reading
            // What was paid since the last write goes with the token in a power cut: what is recorded adds up.
            let left =
                UInt64(now.value.rawValue) + now.spent.rawValue + now.forfeited.rawValue
            #expect(left == credits + now.paid.rawValue + now.debt.rawValue, "step \(step)")
        }
        #expect(world.meter.reading.spent > .zero)
    }

    private func use(_ world: ElectricWorld, _ random: inout SeededGenerator) throws(MeterError) {
        try world.meter.tick()
        let energy = Energy(microjoules: Int64.random(in: 0...2_000_000_000_000, using: &random))
        let exported = Energy(microjoules: Int64.random(in: 0...900_000_000_000, using: &random))
        if world.meter.decision.isOn {
            try world.meter.count([energy], exported: Bool.random(using: &random) ? [exported] : [])
        }
        world.time += .random(in: 1...4_000, using: &random)
        try world.meter.tick()
    }
}
