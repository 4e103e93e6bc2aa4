import MeterBench
import Metrology
import Testing

/// The characteristics of the household's year, which a changed profile must keep.
@Suite struct HouseholdTests {
    let year: LoadProfile

    init() throws { year = try LoadProfile.household() }

    private func kilowattHours(_ days: Range<Int>) -> Double {
        year.energy(days.lowerBound * 86_400..<days.upperBound * 86_400).wattHours / 1_000
    }

    /// Mean W of an hour of the day, over days.
    private func watts(at hour: Int, _ days: some Sequence<Int>) -> Double {
        let days = Array(days)
        return days.reduce(0) { sum, day in
            sum + year.energy(day * 86_400 + hour * 3_600..<day * 86_400 + (hour + 1) * 3_600).wattHours
        } / Double(days.count)
    }

    @Test func `it is a year in quarters of an hour of a household`() {
        #expect(year.duration == 365 * 86_400 && year.interval == 900 && year.channels == 1)
        let all = kilowattHours(0..<365)
        #expect(3_300...3_700 ~= all, "\(all) kWh")
        for row in 0..<year.count {
            let load = year.load(at: row * 900)
            #expect(30...8_000 ~= load.watts && -45...60 ~= load.degrees, "row \(row): \(load)")
        }
    }

    @Test func `it says that it is synthetic`() throws {
        let text = LoadProfile.householdText
        #expect(text.count < 400_000)
        let remarks = String(decoding: text.prefix(400), as: UTF8.self)
        #expect(remarks.hasPrefix("# ") && remarks.contains("synthetic"))
    }

    @Test func `winter takes more than summer and evening more than night`() {
        #expect(kilowattHours(0..<31) > 1.2 * kilowattHours(181..<212))
        #expect(watts(at: 19, 0..<365) > 4 * watts(at: 3, 0..<365))
    }

    /// Days 0, 7 and 14 are Thursdays.
    @Test func `weekends are of their own`() {
        let sundays = stride(from: 3, to: 365, by: 7)
        let mondays = stride(from: 4, to: 365, by: 7)
        #expect(watts(at: 12, sundays) > 2 * watts(at: 12, mondays))
        #expect(watts(at: 6, mondays) > 2 * watts(at: 6, sundays))
    }

    /// Two weeks of August: only the refrigerator runs.
    @Test func `it is away for the holidays`() {
        let away = kilowattHours(213..<228)
        #expect(away > 15 && away < 0.5 * kilowattHours(198..<213), "\(away) kWh")
    }

    /// Motors lag, power supplies lead.
    @Test func `angles go to both sides`() {
        let degrees = (0..<year.count).map { year.load(at: $0 * 900).degrees }
        #expect(degrees.contains { $0 > 15 } && degrees.contains { $0 < -10 })
    }
}
