package import Analysis
package import ValueProtocol

/// How a simulated branch is made.
package struct BranchPlan: Sendable {
    package var homes = 200
    package var days = 28
    package var interval = BalanceInterval.hour
    package var photovoltaicShare = 0.2
    /// The share of hours in which a meter's records are lost.
    package var lost = 0.02
    /// Seconds by which a clock is off at most.
    package var clocks = 30.0
    package var theft: Theft?
    /// Of the meters, in percent.
    package var meterClass = InstrumentClass.class1

    package enum Theft: Sendable, Hashable {
        /// A share of the branch's energy that no meter sees, from a day on.
        case tap(share: Double, from: Double, TapPattern)
        /// A share of what passes a meter, which it does not see, from a day on. The meter is drawn from those of homes
        /// with at least this mean power, W.
        case bypass(share: Double, from: Double, atLeast: Double)
    }

    package enum TapPattern: String, Sendable, Hashable, CaseIterable {
        case steady
        /// From 20:00 to 08:00.
        case nightly
        /// A household's profile.
        case household
    }

    package init() {}

    package static let learningDays = 21
}

/// A branch with all that is true of it, and what its local unit and meters recorded.
package struct BranchWorld: Sendable {
    package let records: BranchRecords
    package let settings: BranchSettings
    /// The bypassed meter.
    package private(set) var bypassed: PartyID?
    /// The meters of photovoltaic systems.
    package private(set) var suns: Set<PartyID> = []
    /// Mean W that is stolen, from when it begins.
    package private(set) var stolen = 0.0
    /// Mean W of the branch.
    package let power: Double

    /// 2025-12-29, a Monday, 00:00 UTC.
    package static let monday: UInt32 = 1_766_966_400

    package init(_ plan: BranchPlan, shapes: LoadShapes, seed: UInt64) {
        var dice = SeededDice(seed: seed)
        let quarters = plan.days * 96
        // A quarter hour more at either end, for clocks that are off.
        let count = quarters + 2
        let firstWeek = dice.index(below: 52)
        let season = firstWeek * 672
        var homes: [SimulatedHome] = []
        var taken: Set<Int> = []
        var suns = (0..<plan.homes).map { Double($0) < plan.photovoltaicShare * Double(plan.homes) }
        for index in suns.indices.reversed() { suns.swapAt(index, dice.index(below: index + 1)) }
        for number in 0..<plan.homes {
            homes.append(
                SimulatedHome(
                    hasSun: suns[number], count: count, season: season,
                    shapes, plan, &taken, &dice))
        }
        let line = SimulatedLine(homes: homes, season: season, count: count, &dice)
        let consumed = line.consumed(homes)
        power = consumed.reduce(0, +) / Double(count)

        var tap = [Double](repeating: 0, count: count)
        switch plan.theft {
        case .tap(let share, let from, let pattern):
            tap = Self.tap(share * power, from: Int(from * 96), pattern, count, shapes, &dice)
            stolen = share * power
        case .bypass(let share, let from, let least):
            let able = homes.indices.filter { homes[$0].meanPower >= least }
            if !able.isEmpty {
                let chosen = able[dice.index(below: able.count)]
                homes[chosen].bypass = (share, Int(from * 96))
                bypassed = Self.meter(chosen)
                stolen = share * homes[chosen].meanPower
            }
        case nil: break
        }

        let hours = plan.interval == .hour ? 4 : 1
        var meters: [BranchMeter] = []
        for (number, home) in homes.enumerated() {
            let read = home.read(line.temperature, plan, &dice)
            let lost = (0..<plan.days * 24).map { _ in dice.uniform() < plan.lost }
            meters.append(
                BranchMeter(
                    meter: Self.meter(number), accuracyClass: plan.meterClass,
                    use: Self.records(read.taken, every: hours) { !lost[$0 / 4] },
                    givenBack: Self.records(read.given, every: hours) { !lost[$0 / 4] }.filter { $0.quantity > 0 },
                    days: Self.records(read.taken, every: 96) { _ in true }))
        }
        // Each meter takes a watt for itself, before what it measures.
        let loads = (0..<count).map { consumed[$0] + line.losses[$0] + Double(plan.homes) + tap[$0] }
        let read = line.read(loads, plan, &dice)
        let lostTotals = (0..<plan.days * 24).map { _ in dice.uniform() < plan.lost }
        let temperatures = (0..<plan.days * 24).map { hour in
            LineTemperature(
                time: Timestamp(rawValue: Self.monday + UInt32(hour) * 3600),
                celsius: line.temperature[hour * 4] + dice.normal())
        }
        records = BranchRecords(
            unit: PartyID(issuer: 1, kind: .localUnit, number: 1), interval: plan.interval,
            total: Self.records(read.taken, every: hours) { !lostTotals[$0 / 4] },
            totalGivenBack: Self.records(read.given, every: hours) { !lostTotals[$0 / 4] }.filter { $0.quantity > 0 },
            meters: meters, temperatures: temperatures)
        settings = BranchSettings(ratedPower: line.ratedPower)
        self.suns = Set(suns.indices.filter { suns[$0] }.map(Self.meter))
    }

    package static func meter(_ number: Int) -> PartyID {
        PartyID(issuer: 1, kind: .electricMeter, number: UInt32(number + 1))
    }

    private static func tap(
        _ mean: Double, from: Int, _ pattern: BranchPlan.TapPattern, _ count: Int, _ shapes: LoadShapes,
        _ dice: inout SeededDice
    ) -> [Double] {
        let profile = dice.index(below: 6)
        let shift = dice.index(below: 52) * 672
        let weights: [Double] = (0..<count).map { quarter in
            return switch pattern {
            case .steady: 1.0
            case .nightly: (32..<80).contains(quarter % 96) ? 0 : 2
            case .household: shapes.households[profile][(quarter + shift) % LoadShapes.count]
            }
        }
        let after = weights[min(from, count - 1)...]
        let usual = after.reduce(0, +) / Double(after.count)
        return (0..<count).map { $0 < from ? 0 : mean * weights[$0] / max(usual, 1e-9) }
    }

    /// Whole Wh of a register that counts on, per so many quarter hours; a record only where all of them are kept.
    private static func records(_ energy: [Double], every: Int, where isKept: (Int) -> Bool) -> [UsageRecord] {
        var (register, before) = (0.0, 0.0)
        var records: [UsageRecord] = []
        for start in stride(from: 0, to: energy.count, by: every) {
            for quarter in start..<start + every { register += energy[quarter] }
            if isKept(start) {
                records.append(
                    UsageRecord(
                        start: Timestamp(rawValue: monday + UInt32(start) * 900),
                        quantity: UInt32(register.rounded(.down) - before), spent: .zero))
            }
            before = register.rounded(.down)
        }
        return records
    }
}
