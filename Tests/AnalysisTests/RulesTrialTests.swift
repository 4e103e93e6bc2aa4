import Analysis
import Testing
import ValueProtocol

@Suite("Rules tried on recorded hours") struct RulesTrialTests {
    private static let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    /// 2026-01-05, a Monday, 00:00 UTC.
    private static let monday: UInt32 = 1_767_571_200

    private func hours(_ numbers: Range<UInt32>, quantity: UInt32, spent: UInt64) -> [UsageRecord] {
        numbers.map { number in
            UsageRecord(
                start: Timestamp(rawValue: Self.monday + number * 3600), quantity: quantity,
                spent: Amount(rawValue: spent))
        }
    }

    /// 0.30 a kWh; 50 % until half past six, 150 % from then on; local time is UTC + 30 minutes.
    private func rules(
        blocks: [SupplyRules.Block] = [], standingCharge: SupplyRules.StandingCharge? = nil,
        priceGivenBack: UInt64? = nil
    ) throws -> SupplyRules {
        try SupplyRules(
            id: 1, effective: Timestamp(rawValue: 1), currency: Currency(rawValue: 978),
            zone: SupplyRules.Zone(offset: 30),
            seasons: [SupplyRules.Season(month: 1, day: 1, profiles: Array(repeating: 1, count: 8))],
            profiles: [
                SupplyRules.DayProfile(number: 1, entries: [.init(minute: 0, rate: 1), .init(minute: 390, rate: 2)])
            ],
            rates: [.init(number: 1, percent: 50), .init(number: 2, percent: 150)],
            sources: [
                SupplyRules.Source(
                    channel: 0, price: Amount(rawValue: 300_000),
                    priceGivenBack: priceGivenBack.map { Amount(rawValue: $0) })
            ], blocks: blocks, standingCharge: standingCharge)
    }

    @Test func `a day costs what its rates say in local time`() throws {
        let trial = RulesTrial(Self.meter, hours(0..<24, quantity: 1000, spent: 300_000), under: try rules())
        // Half past midnight to half past six: 6 h × 0.15; until midnight 17.5 h × 0.45; half an hour × 0.15.
        #expect(trial.useCost == Int64(900_000 + 7_875_000 + 75_000))
        #expect(trial.cost == trial.useCost && trial.spent == 7_200_000)
        #expect(trial.change.map { abs($0 - 22.9) < 0.05 } == true)
        #expect(trial.missingHours == 0 && trial.quantity == 24_000)
    }

    @Test func `blocks go by the month's use, and divide an hour`() throws {
        // All of it from 12:00 to 15:00, at 0.45: the third hour is half in the block of 200 %.
        let trial = RulesTrial(
            Self.meter, hours(12..<15, quantity: 1000, spent: 0),
            under: try rules(blocks: [.init(above: 2500, percent: 200)]))
        #expect(trial.useCost == Int64(450_000 * 2 + 225_000 + 450_000))
        #expect(trial.change == nil)
    }

    @Test func `standing charges are those of dates that begin, and energy given back is paid`() throws {
        let trial = RulesTrial(
            Self.meter, hours(0..<72, quantity: 0, spent: 10_000),
            givenBack: hours(30..<32, quantity: 1500, spent: 5_000),
            under: try rules(
                standingCharge: .init(amount: Amount(rawValue: 250_000), period: .day), priceGivenBack: 80_000))
        // Tuesday, Wednesday and, half an hour early, Thursday.
        #expect(trial.standingCharges.rawValue == 750_000)
        // 3 kWh × 0.08.
        #expect(trial.paid.rawValue == 240_000)
        #expect(trial.cost == Int64(750_000 - 240_000))
        #expect(trial.spent == 72 * 10_000 - 2 * 5_000)
    }

    @Test func `a picture tells who would pay more and who less`() throws {
        let more = RulesTrial(Self.meter, hours(12..<14, quantity: 1000, spent: 100_000), under: try rules())
        let less = RulesTrial(
            PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x78),
            hours(12..<14, quantity: 1000, spent: 900_000),
            under: try rules())
        let svg = RulesTrial.chart(of: [more, less], under: try rules()).svg
        #expect(svg.contains("1 would pay more, 1 less, 0 the same"))
        #expect(svg.contains("00A1B2C3-01-000077: 0.70 EUR more") && svg.contains("00A1B2C3-01-000078: 0.90 EUR less"))
    }
}
