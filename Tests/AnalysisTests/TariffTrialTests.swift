import Analysis
import Meter
import Testing
import ValueProtocol

@Suite("A tariff tried on recorded hours") struct TariffTrialTests {
    static let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    /// 2026-01-05, a Monday, 00:00 UTC.
    static let monday: UInt32 = 1_767_571_200

    private func hour(_ number: UInt32, quantity: UInt32, spent: UInt64) -> UsageRecord {
        UsageRecord(
            start: Timestamp(rawValue: Self.monday + number * 3600), quantity: quantity, spent: Amount(rawValue: spent))
    }

    /// 0.30 per kWh by day, half of that from 22:00 to 06:00, and free on Sundays.
    private func table(_ price: UInt64 = 300_000) throws -> TariffTable {
        let entries = [
            try #require(TariffTable.Entry(days: 0x3F, minute: 6 * 60, percent: 100)),
            try #require(TariffTable.Entry(days: 0x3F, minute: 22 * 60, percent: 50)),
            try #require(TariffTable.Entry(days: 0x40, minute: 0, percent: 0)),
        ]
        return try #require(
            TariffTable(
                id: 1, price: Amount(rawValue: price), currency: Currency(rawValue: 978), entries: entries))
    }

    @Test func `each hour has the rate of its minutes`() throws {
        // 12:00 at 100 %, 23:00 at 50 %.
        let hours = [hour(12, quantity: 1000, spent: 250_000), hour(23, quantity: 2000, spent: 500_000)]
        let trial = TariffTrial(Self.meter, hours, under: try table(), LocalCalendar())
        #expect(trial.cost == Amount(rawValue: 300_000 + 300_000))
        #expect(trial.spent == Amount(rawValue: 750_000))
        #expect(trial.quantity == 3000)
        #expect(trial.hours == 2)
        #expect(trial.from == hours[0].start)
        #expect(trial.to == hours[1].start)
        #expect(trial.missingHours == 10)
        let change = try #require(trial.change)
        #expect(abs(change - -20) < 1e-9)
    }

    @Test func `an hour in which the rate switches is split by minutes`() throws {
        // Local time is half an hour ahead: 21:00 to 22:00 UTC is 21:30 to 22:30 there.
        let hours = [hour(21, quantity: 1000, spent: 0)]
        let trial = TariffTrial(Self.meter, hours, under: try table(), LocalCalendar(offset: 30))
        #expect(trial.cost == Amount(rawValue: 225_000))
        #expect(trial.change == nil)
    }

    @Test func `a holiday has a Sunday's rates`() throws {
        let holiday = LocalCalendar.Holiday.yearly(month: 1, day: 5)
        let hours = [hour(12, quantity: 1000, spent: 300_000)]
        let trial = TariffTrial(Self.meter, hours, under: try table(), LocalCalendar(holidays: [holiday]))
        #expect(trial.cost == .zero)
        #expect(trial.change == -100)
    }

    @Test func `a cost that no amount holds is none`() throws {
        let hours = [hour(12, quantity: .max, spent: 1)]
        let trial = TariffTrial(Self.meter, hours, under: try table(1 << 60), LocalCalendar())
        #expect(trial.cost == nil)
        #expect(trial.change == nil)
    }
}
