import Testing
import ValueProtocol

/// What accounts keep by rules: standing charges, months' use, debt repaid, friendly times.
@Suite struct AccountRulesTests {
    private let daily = SupplyRules.StandingCharge(amount: Amount(rawValue: 270_001), period: .day)
    private let monthly = SupplyRules.StandingCharge(amount: Amount(rawValue: 8_000_000), period: .month)

    private func day(_ year: Int, _ month: Int, _ day: Int) throws -> Int {
        try #require(CivilDate(year: year, month: month, day: day)).dayNumber
    }

    /// By hand: 30 dates begin from 2 to 31 March, at 270,001 micro-units: 8,100,030.
    @Test func `a month without power is charged date by date when it returns`() throws {
        var charges = StandingCharges(day: try day(2026, 3, 1))
        let due = charges.advance(to: try day(2026, 3, 31), under: daily)
        #expect(due.count == 30 && due.amount.rawValue == 8_100_030)
        #expect(charges.advance(to: try day(2026, 3, 31), under: daily).count == 0)
    }

    @Test func `a date that returns is not charged again`() throws {
        var charges = StandingCharges(day: try day(2026, 3, 1))
        #expect(charges.advance(to: try day(2026, 3, 5), under: daily).count == 4)
        charges.setClock(to: try day(2026, 3, 3))
        #expect(charges.advance(to: try day(2026, 3, 5), under: daily).count == 0)
        #expect(charges.advance(to: try day(2026, 3, 6), under: daily).count == 1)
    }

    /// The hour before a midnight is repeated: 5 March begins, is 4 March again, and begins again.
    @Test func `a date that begins twice by summer time is charged once`() throws {
        var charges = StandingCharges(day: try day(2026, 3, 4))
        #expect(charges.advance(to: try day(2026, 3, 5), under: daily).count == 1)
        #expect(charges.advance(to: try day(2026, 3, 4), under: daily).count == 0)
        #expect(charges.advance(to: try day(2026, 3, 5), under: daily).count == 0)
        #expect(charges.days == [try day(2026, 3, 5)...day(2026, 3, 5)])
    }

    @Test func `dates passed over by setting the clock are charged only when they begin after all`() throws {
        var charges = StandingCharges(day: try day(2026, 3, 1))
        #expect(charges.advance(to: try day(2026, 3, 2), under: daily).count == 1)
        charges.setClock(to: try day(2099, 1, 1))
        #expect(charges.advance(to: try day(2099, 1, 3), under: daily).count == 2)
        charges.setClock(to: try day(2026, 3, 2))
        #expect(charges.advance(to: try day(2026, 3, 12), under: daily).count == 10)
        charges.setClock(to: try day(2099, 1, 1))
        #expect(charges.advance(to: try day(2099, 1, 4), under: daily).count == 1)
    }

    @Test func `a month is charged when it begins, and once`() throws {
        var charges = StandingCharges(day: try day(2026, 11, 20))
        #expect(charges.advance(to: try day(2026, 11, 30), under: monthly).count == 0)
        #expect(charges.advance(to: try day(2026, 12, 1), under: monthly).amount.rawValue == 8_000_000)
        charges.setClock(to: try day(2026, 11, 30))
        #expect(charges.advance(to: try day(2026, 12, 1), under: monthly).count == 0)
        #expect(charges.advance(to: try day(2027, 2, 28), under: monthly).amount.rawValue == 16_000_000)
    }

    @Test func `without a charge dates begin and cost nothing, and before the clock is known none begins`() throws {
        var charges = StandingCharges()
        #expect(charges.advance(to: try day(2026, 3, 1), under: daily).count == 0)
        #expect(charges.advance(to: try day(2026, 3, 9), under: nil).count == 0)
        #expect(try charges.days.isEmpty && charges.day == day(2026, 3, 9))
    }

    @Test func `however often the clock is set, little is kept and no date is charged twice`() {
        var charges = StandingCharges(day: 0)
        var charged: Set<Int> = []
        var now = 0
        for step in 0..<4000 {
            // Jumps on and back by an unlike pattern, each followed by three days.
            now = (step &* 7919) % 3001
            charges.setClock(to: now)
            for _ in 0..<3 {
                now += 1
                if charges.advance(to: now, under: daily).count == 1 { #expect(charged.insert(now).inserted) }
            }
            #expect(charges.days.count <= StandingCharges.maxRangeCount)
        }
        #expect(charged.count > 50)
    }

    @Test func `what is kept can be given back`() {
        let kept = StandingCharges(day: 9, days: [1...3, 7...9], months: [24_000...24_002])
        #expect(StandingCharges(day: kept.day, days: kept.days, months: kept.months) == kept)
        #expect(StandingCharges(days: [7...9, 1...3, 4...6]).days == [1...9])
    }

    @Test func `an amount beyond 64 bits is the greatest there is`() {
        var charges = StandingCharges(day: 0)
        let due = charges.advance(to: 3, under: SupplyRules.StandingCharge(amount: .all, period: .day))
        #expect(due.count == 3 && due.amount == .all)
    }

    @Test func `a month that returns goes on`() {
        var use = MonthlyUse()
        use.add(100, toMonth: 24_311)
        use.add(40, toMonth: 24_312)
        use.add(5, toMonth: 24_311)
        #expect(use[24_311] == 105 && use[24_312] == 40 && use[24_310] == 0)
        use.add(.max, toMonth: 24_311)
        #expect(use[24_311] == .max)
        #expect(MonthlyUse(months: use.months) == use)
    }

    @Test func `the earliest months make way, but not the one in use`() {
        var use = MonthlyUse()
        for month in 100..<140 { use.add(1, toMonth: month) }
        #expect(use.months.map(\.number) == Array(116..<140))
        use.add(7, toMonth: 50)
        #expect(use[50] == 7 && use.months.count == MonthlyUse.maxMonthCount && use[116] == 0)
    }

    private func rules(debtShare: UInt8? = nil, credit: SupplyRules.CreditTerms? = nil) throws -> SupplyRules {
        try SupplyRules(
            id: 7, effective: Timestamp(rawValue: 1_767_225_600), currency: Currency(rawValue: 410),
            zone: SupplyRules.Zone(offset: 60), holidays: [SupplyRules.Holiday(month: 1, day: 6)],
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 180_000))], debtShare: debtShare,
            credit: credit)
    }

    /// By hand: 25 % of 9,999,999 is 2,499,999.75.
    @Test func `a share of a credit repays debt, rounded down and at most the debt`() throws {
        let quarter = try rules(debtShare: 25)
        #expect(quarter.repayment(of: .all, from: Amount(rawValue: 9_999_999)).rawValue == 2_499_999)
        #expect(quarter.repayment(of: Amount(rawValue: 7), from: Amount(rawValue: 9_999_999)).rawValue == 7)
        #expect(try rules(debtShare: 0).repayment(of: .all, from: .all) == .zero)
        #expect(try rules().repayment(of: .all, from: .all) == .all)
        let table = try #require(TariffTable(id: 9, price: Amount(rawValue: 5), currency: Currency(rawValue: 410)))
        let system = ChargeSystem.table(table, effective: Timestamp(rawValue: 3))
        #expect(system.repayment(of: Amount(rawValue: 60), from: Amount(rawValue: 50)).rawValue == 50)
    }

    @Test func `a table is a charge system of one source`() throws {
        let table = try #require(TariffTable(id: 9, price: Amount(rawValue: 5), currency: Currency(rawValue: 410)))
        let system = ChargeSystem.table(table, effective: Timestamp(rawValue: 3))
        #expect(system.id == 9 && system.effective.rawValue == 3 && system.currency.rawValue == 410)
        #expect(system.covers(channelCount: 1) && !system.covers(channelCount: 2))
        #expect(system.prices(channel: 0, percent: 150)?.price(monthQuantity: 0).rawValue == 7)
        #expect(system.prices(channel: 1, percent: 100) == nil)
        let rules = ChargeSystem.rules(try rules())
        #expect(rules.id == 7 && rules.effective.rawValue == 1_767_225_600 && rules.currency.rawValue == 410)
        #expect(rules.covers(channelCount: 1) && !rules.covers(channelCount: 2))
    }

    /// Local time is UTC + 1 h. Nights of Monday to Friday from 22:00 to 06:00, and holidays all day. 6 January 2026, a
    /// Tuesday, is a holiday: the night of Monday goes on into it, and its own evening is of the holiday, not of Tuesday.
    @Test func `friendly times end on the next day, and a holiday is no weekday`() throws {
        let friendly = FriendlySchedule(
            try rules(
                credit: SupplyRules.CreditTerms(
                    emergency: .zero, warningBelow: .zero,
                    friendlyTimes: [
                        SupplyRules.FriendlyTime(days: 0b1_1111, from: 1320, to: 360),
                        SupplyRules.FriendlyTime(days: SupplyRules.FriendlyTime.holidays, from: 480, to: 1440),
                    ])))
        for (text, expected) in [
            ("2026-01-05T20:59:59Z", false), ("2026-01-05T21:00Z", true), ("2026-01-06T04:59:59Z", true),
            ("2026-01-06T05:00Z", false), ("2026-01-06T06:59:59Z", false), ("2026-01-06T07:00Z", true),
            ("2026-01-06T22:59:59Z", true), ("2026-01-06T23:00Z", false), ("2026-01-07T21:00Z", true),
            ("2026-01-10T04:59:59Z", true), ("2026-01-10T05:00Z", false), ("2026-01-10T21:00Z", false),
        ] as [(String, Bool)] {
            let time = try #require(Timestamp(dateTime: text))
            #expect(friendly.isFriendly(at: time) == expected, "\(text)")
        }
        let period = friendly.period(at: try #require(Timestamp(dateTime: "2026-01-06T05:00Z")))
        #expect(period.start.dateTime == "2026-01-06T05:00:00Z" && period.end.dateTime == "2026-01-06T07:00:00Z")
    }

    @Test func `a friendly time that ends as it begins lasts a day`() throws {
        let friendly = FriendlySchedule(
            try rules(
                credit: SupplyRules.CreditTerms(
                    emergency: .zero, warningBelow: .zero,
                    friendlyTimes: [SupplyRules.FriendlyTime(days: 1 << 6, from: 600, to: 600)])))
        // Sunday, 11 January 2026, 10:00 local.
        for (text, expected) in [
            ("2026-01-11T08:59:59Z", false), ("2026-01-11T09:00Z", true), ("2026-01-12T08:59:59Z", true),
            ("2026-01-12T09:00Z", false),
        ] as [(String, Bool)] {
            #expect(friendly.isFriendly(at: try #require(Timestamp(dateTime: text))) == expected, "\(text)")
        }
    }

    @Test func `without friendly times no moment is friendly`() throws {
        #expect(!FriendlySchedule(try rules()).isFriendly(at: Timestamp(rawValue: 1_767_225_600)))
    }
}
