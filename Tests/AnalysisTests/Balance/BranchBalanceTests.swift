import BranchWorlds
import Testing
import ValueProtocol

@testable import Analysis

@Suite("A branch's balance") struct BranchBalanceTests {
    private static let monday = BranchWorld.monday
    private static let meter = BranchWorld.meter(0)

    private func use(_ hour: Int, _ quantity: Int, step: Int = 3600) -> UsageRecord {
        UsageRecord(
            start: Timestamp(rawValue: Self.monday + UInt32(hour * step)), quantity: UInt32(quantity), spent: .zero)
    }

    /// A branch of one meter, which takes 1,000 Wh in each hour and as many more as the hour of the day.
    private func records(
        days: Int = 23, without missing: Set<Int> = [], dayOffset: Int = 0, hasDays: Bool = true
    ) -> BranchRecords {
        let energy = { (hour: Int) in 1000 + hour % 24 }
        let hours = 0..<days * 24
        let starts = stride(from: dayOffset, to: days * 24 - 23, by: 24)
        return BranchRecords(
            unit: PartyID(issuer: 1, kind: .localUnit, number: 1), interval: .hour,
            total: hours.map { use($0, energy($0) + 5) },
            meters: [
                BranchMeter(
                    meter: Self.meter, use: hours.filter { !missing.contains($0) }.map { use($0, energy($0)) },
                    days: hasDays
                        ? starts.map { start in use(start, (start..<start + 24).reduce(0) { $0 + energy($1) }) } : [])
            ])
    }

    private func analysis(_ records: BranchRecords) throws -> BranchAnalysis {
        var settings = BranchSettings(ratedPower: 2000)
        settings.lossAtRatedPower = 0.01
        var analysis = try #require(BranchAnalysis(records, settings))
        while analysis.advance() {}
        return analysis
    }

    @Test func `an interval has its total, its meters, its losses and the difference`() throws {
        let balance = try analysis(records()).balance
        #expect(balance.entries.count == 23 * 24 && balance.days.count == 23)
        let entry = balance.entries[30]
        #expect(entry.start.rawValue == Self.monday + 30 * 3600)
        #expect(entry.total == 1011 && entry.meters == 1006)
        // 1 % at 2,000 W, squared by load, at 20 degrees; and 1 Wh of the meter's own.
        #expect(abs(entry.expectedLoss - (0.01 * 1011 * 1011 / 2000 + 1)) < 1e-9)
        #expect(try abs(#require(entry.difference) - (5 - entry.expectedLoss)) < 1e-9)
        #expect(balance.days[1].total == Double((24..<48).reduce(0) { $0 + 1005 + $1 % 24 }))
    }

    @Test func `errors are those of the classes`() throws {
        let errors = try analysis(records()).balance.entries[30].errors
        // Class 1 and equal likelihood between its limits; class 0.5, whose limit at half load is between 0.5 and 0.75 %.
        #expect(abs(errors.meters - 1006 * 0.01 / 3.0.squareRoot()) < 1e-9)
        #expect((1011 * 0.005...1011 * 0.0075).contains(errors.transformer * 3.0.squareRoot()))
        #expect(errors.gaps == 0 && errors.loss > 1 && errors.clocks > 0)
        #expect(errors.standard > errors.meters && errors.standard < errors.meters + errors.transformer + 20)
        let class05 = InstrumentClass.class05
        #expect(abs(class05.deviation(atLoad: 0.05) / class05.deviation(atLoad: 1) - 3) < 1e-9)
        #expect(abs(class05.deviation(atLoad: 0.2) / class05.deviation(atLoad: 1) - 1.5) < 1e-9)
    }

    @Test(arguments: [0, 23]) func `a missing hour is what its day leaves, wherever days begin`(offset: Int) throws {
        let balance = try analysis(records(days: 25, without: [300], dayOffset: offset)).balance
        let entry = try #require(balance.entries.first { $0.start.rawValue == Self.monday + 300 * 3600 })
        #expect(abs(entry.meters - 1012) < 1e-6)
        #expect(entry.errors.gaps < 1e-6)
    }

    @Test func `several missing hours add up to what their day leaves`() throws {
        let balance = try analysis(records(without: [300, 301, 305])).balance
        let sum = [300, 301, 305].reduce(0) { $0 + balance.entries[$1].meters }
        #expect(abs(sum - (1012 + 1013 + 1017)) < 1e-6)
        #expect(balance.entries[300].errors.gaps > 0)
        #expect(balance.entries[302].errors.gaps == 0)
    }

    @Test func `without a day's record a missing hour is estimated`() throws {
        let balance = try analysis(records(without: [300], hasDays: false)).balance
        #expect(abs(balance.entries[300].meters - 1012) < 5)
        #expect(balance.entries[300].errors.gaps > 0)
    }

    @Test func `what was learned explains a steady difference`() throws {
        let balance = try analysis(records()).balance
        for entry in balance.entries {
            #expect(try abs(#require(entry.learnedDifference)) < 3 * entry.learnedError)
        }
        for day in balance.days { #expect(abs(day.learnedDifference) < 3 * day.learnedError) }
    }

    @Test func `the chart shows the weeks that were learned from and those since`() throws {
        let shapes = try LoadShapes.simbench()
        var plan = BranchPlan()
        plan.homes = 12
        plan.days = 27
        plan.theft = .tap(share: 0.1, from: 22, .steady)
        let world = BranchWorld(plan, shapes: shapes, seed: 5)
        var analysis = try #require(BranchAnalysis(world.records, world.settings))
        while analysis.advance() {}
        let chart = analysis.chart(since: analysis.start(ofDay: 23))
        #expect(chart.curves.map(\.name) == ["first 21 days", "since 2026-01-21"])
        for point in chart.curves[0].points { #expect(abs(point.error) < 2 * (point.limit ?? 0)) }
        #expect(chart.curves[1].points.contains { $0.error > $0.limit ?? .infinity })
        let elements = try SVGElements(ChartSheet(title: "Balance", charts: [chart]).svg)
        #expect(elements.texts.contains("Balance of local unit \(world.records.unit)"))
        #expect(elements.texts.contains("limits: 2 standard errors of the balance"))
        elements.expectReadable()
    }
}
