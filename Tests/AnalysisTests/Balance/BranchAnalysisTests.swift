import BranchWorlds
import Testing
import ValueProtocol

@testable import Analysis

/// The short form of `Tools/theft`: small branches, in which what is stolen is a larger share.
@Suite("What goes missing in a branch") struct BranchAnalysisTests {
    static let shapes = Result { try LoadShapes.simbench() }

    private func world(_ seed: UInt64, _ change: (inout BranchPlan) -> Void = { _ in }) throws -> BranchWorld {
        var plan = BranchPlan()
        plan.homes = 10
        plan.days = 27
        change(&plan)
        return BranchWorld(plan, shapes: try Self.shapes.get(), seed: seed)
    }

    /// What is suspected on any day.
    private func suspicions(_ records: BranchRecords, _ settings: BranchSettings) throws -> [Suspicion] {
        var analysis = try #require(BranchAnalysis(records, settings))
        var all: [Suspicion] = []
        while analysis.advance() { all += analysis.suspicions }
        return all
    }

    @Test(arguments: [11, 12, 13] as [UInt64]) func `an honest branch is not suspected`(seed: UInt64) throws {
        let world = try world(seed) { $0.days = 28 }
        #expect(try suspicions(world.records, world.settings).isEmpty)
    }

    @Test(arguments: BranchPlan.TapPattern.allCases) func `a tap is found within a week, with its energy`(
        pattern: BranchPlan.TapPattern
    ) throws {
        let world = try world(21) {
            $0.theft = .tap(share: 0.02, from: 21.4, pattern)
            $0.days = 28
        }
        var analysis = try #require(BranchAnalysis(world.records, world.settings))
        while analysis.advance() {}
        let first = try #require(analysis.suspicions.first)
        // What draws as a home does may be taken for the part of a home that its meter does not measure.
        if pattern != .household { #expect(first.kind == .tap && first.meter == nil) }
        let days = Double(first.since.rawValue - BranchWorld.monday) / 86_400
        #expect((20...24).contains(days))
        let stolen = world.stolen * 24 * (28 - max(days, 21.4)) / 1000
        // A household's day is not its mean: its energy is only roughly known here.
        let tolerance = 4 * first.energyError + (pattern == .household ? 0.6 : 0.15) * stolen
        #expect(abs(first.energy - stolen) < tolerance, "\(first.energy) of \(stolen) kWh")
        #expect(first.evidence >= 9 && first.deviations > 4)
    }

    @Test(arguments: [31, 32] as [UInt64]) func `a bypassed meter is ranked first, with its share`(seed: UInt64) throws
    {
        let world = try world(seed) {
            $0.interval = .quarterHour
            $0.homes = 8
            $0.lost = 0.002
            $0.days = 31
            $0.theft = .bypass(share: 0.25, from: 22, atLeast: 250)
        }
        var analysis = try #require(BranchAnalysis(world.records, world.settings))
        while analysis.advance() {}
        let first = try #require(analysis.suspicions.first)
        #expect(first.meter == world.bypassed)
        #expect(abs(first.share - 0.25) < 0.1, "\(first.share)")
        #expect(first.reasons.contains { if case .follows(world.bypassed, _, _) = $0 { true } else { false } })
        #expect(analysis.ranking(atMost: 5, evidence: 0).map(\.evidence).first == first.evidence)
    }

    @Test func `a meter that is bypassed as a whole is a tap beside one whose use fell`() throws {
        let world = try world(41) {
            $0.theft = .bypass(share: 1, from: 22, atLeast: 400)
            $0.photovoltaicShare = 0
        }
        var analysis = try #require(BranchAnalysis(world.records, world.settings))
        while analysis.advance() {}
        let first = try #require(analysis.suspicions.first)
        #expect(first.kind == .tap)
        #expect(
            first.reasons.contains { if case .fell(world.bypassed, _, _) = $0 { true } else { false } })
    }

    @Test func `a tap that was there from the first day is not told from errors of the transformer`() throws {
        let world = try world(51) {
            $0.theft = .tap(share: 0.004, from: 0, .steady)
            $0.days = 28
        }
        #expect(try suspicions(world.records, world.settings).isEmpty)
    }

    @Test func `clocks that are off by two minutes are no theft`() throws {
        let world = try world(61) {
            $0.clocks = 120
        }
        #expect(try suspicions(world.records, world.settings).isEmpty)
    }

    @Test func `energy that is given back is no theft, also where the branch gives back`() throws {
        let world = try world(71) {
            $0.photovoltaicShare = 0.5
        }
        var analysis = try #require(BranchAnalysis(world.records, world.settings))
        while analysis.advance() { #expect(analysis.suspicions.isEmpty) }
        let entries = analysis.balance.entries
        #expect(entries.contains { ($0.total ?? 0) < 0 } && entries.contains { $0.meters < 0 })
    }

    @Test func `an exchanged meter is two meters and no theft`() throws {
        let world = try world(81) { $0.days = 27 }
        let time = Timestamp(rawValue: BranchWorld.monday + 24 * 86_400)
        let old = world.records.meters[3]
        let new = PartyID(issuer: 1, kind: .electricMeter, number: 999)
        func part(_ records: [UsageRecord], _ isNew: Bool) -> [UsageRecord] {
            records.filter { ($0.start >= time) == isNew }
        }
        var meters = world.records.meters
        meters[3] = BranchMeter(
            meter: old.meter, use: part(old.use, false), givenBack: part(old.givenBack, false),
            days: part(old.days, false), removed: time)
        meters.append(
            BranchMeter(
                meter: new, use: part(old.use, true), givenBack: part(old.givenBack, true), days: part(old.days, true),
                installed: time))
        #expect(try suspicions(world.records.with(meters: meters), world.settings).isEmpty)
    }

    @Test func `a home that is connected late is no theft`() throws {
        let world = try world(91) {
            $0.lost = 0
            $0.photovoltaicShare = 0
        }
        let time = Timestamp(rawValue: BranchWorld.monday + 24 * 86_400)
        let late = world.records.meters[5]
        var meters = world.records.meters
        meters[5] = BranchMeter(
            meter: late.meter, use: late.use.filter { $0.start >= time }, days: late.days.filter { $0.start >= time })
        // Before, the branch did without it.
        let total = zip(world.records.total, late.use).map { total, use in
            UsageRecord(
                start: total.start, quantity: total.quantity - (use.start < time ? use.quantity : 0), spent: .zero)
        }
        #expect(try suspicions(world.records.with(total: total, meters: meters), world.settings).isEmpty)
    }

    @Test func `hours and a day without a total are left out`() throws {
        let world = try world(101) { $0.days = 27 }
        let day = BranchWorld.monday + 25 * 86_400
        let total = world.records.total.filter { record in
            !(day..<day + 86_400).contains(record.start.rawValue) && record.start.rawValue % 86_400 != 7 * 3600
        }
        let records = world.records.with(total: total)
        #expect(try suspicions(records, world.settings).isEmpty)
        var analysis = try #require(BranchAnalysis(records, world.settings))
        while analysis.advance() {}
        let balance = analysis.balance
        #expect(balance.days[25].count == 0 && balance.days[25].total == 0)
        #expect(balance.entries[25 * 24].difference == nil && balance.entries[25 * 24].learnedDifference == nil)
        #expect(balance.entries[24 * 24].difference != nil)
    }

    @Test func `a single total that is far off is left out`() throws {
        let world = try world(111) {
            $0.lost = 0
        }
        var total = world.records.total
        for index in [12 * 24 + 3, 26 * 24 + 20] {
            let record = total[index]
            total[index] = UsageRecord(start: record.start, quantity: record.quantity * 2, spent: .zero)
        }
        let records = world.records.with(total: total)
        var analysis = try #require(BranchAnalysis(records, world.settings))
        while analysis.advance() { #expect(analysis.suspicions.isEmpty) }
        #expect(analysis.balance.entries[26 * 24 + 20].total == nil)
    }

    @Test func `what a meter cannot have measured is a gap`() throws {
        let world = try world(121) { $0.days = 27 }
        var meters = world.records.meters
        let meter = meters[2]
        var use = meter.use
        for index in [5, 600] {
            use[index] = UsageRecord(start: use[index].start, quantity: .max, spent: .zero)
        }
        meters[2] = BranchMeter(meter: meter.meter, use: use, givenBack: meter.givenBack, days: meter.days)
        var total = world.records.total
        total[300] = UsageRecord(start: total[300].start, quantity: .max, spent: .zero)
        #expect(try suspicions(world.records.with(total: total, meters: meters), world.settings).isEmpty)
    }

    @Test func `records of less than the days to learn from, or of nothing, have no analysis`() throws {
        let world = try world(131) { $0.days = 20 }
        #expect(BranchAnalysis(world.records, world.settings) == nil)
        #expect(BranchAnalysis(world.records.with(total: []), world.settings) == nil)
        let none = try self.world(132) { $0.days = 22 }
        var analysis = try #require(BranchAnalysis(none.records.with(meters: []), none.settings))
        while analysis.advance() {}
        #expect(analysis.days == 22)
    }

    @Test func `the same records give the same suspicions`() throws {
        let world = try world(141) {
            $0.theft = .tap(share: 0.03, from: 22, .steady)
            $0.days = 26
        }
        let found = try suspicions(world.records, world.settings)
        #expect(!found.isEmpty)
        #expect(try suspicions(world.records, world.settings) == found)
    }
}

extension BranchRecords {
    /// With another total or other meters.
    func with(total: [UsageRecord]? = nil, meters: [BranchMeter]? = nil) -> BranchRecords {
        BranchRecords(
            unit: unit, interval: interval, total: total ?? self.total, totalGivenBack: totalGivenBack,
            meters: meters ?? self.meters, temperatures: temperatures)
    }
}
