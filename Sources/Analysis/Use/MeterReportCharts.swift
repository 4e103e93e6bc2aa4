internal import HeadEnd
internal import ValueProtocol

extension MeterReport {
    /// The last 31 days, the average day, and use and cost of the last 24 months.
    public var charts: ChartSheet {
        let (days, months) = (periods(.days, atMost: 31), periods(.months, atMost: 24))
        let whose = "\(records.meter.kind) \(records.meter)"
        let quantity = isEnergy ? "energy" : "volume"
        let money = records.currency.map { "\($0)" } ?? "currency units"
        let charts = [
            BarChart(
                title: "Use per day, \(whose)", details: [period(days, 10, "day")], quantity: quantity, unit: unit,
                axis: "day (month-day), \(timeZone)", bars: bars(days, .days, 5...9, use)),
            BarChart(
                title: "Average day, \(whose)", details: [hoursPeriod], quantity: quantity, unit: smallUnit,
                axis: "hour of the day, \(timeZone)",
                bars: averageHours.enumerated().map { BarChart.Bar("\($0.offset)", $0.element) }),
            BarChart(
                title: "Use per month, \(whose)", details: [period(months, 7, "month")], quantity: quantity, unit: unit,
                axis: "month, \(timeZone)", bars: bars(months, .months, 0...6, use)),
            BarChart(
                title: "Spent per month, \(whose)", details: [period(months, 7, "month")], quantity: "spent",
                unit: money, axis: "month, \(timeZone)", decimals: 2,
                bars: bars(months, .months, 0...6) {
                    (Double($0.spent.rawValue) / 1_000_000, "\($0.spent) \(money)")
                }),
        ]
        let recorded = records.days.map(\.start)
        let all = recorded.first.flatMap { first in recorded.last.map { "\(date(first, 10)) to \(date($0, 10))" } }
        return ChartSheet(
            title: "Use and cost, \(whose)",
            details: [
                "Days recorded: \(all ?? "none"). Days and hours begin in the meter's local time, \(timeZone).",
                "The host's records of this meter alone. Not drawn: weeks, events, and days and months before those shown.",
            ], charts: charts)
    }

    private func date(_ time: Timestamp, _ length: Int) -> String { String(localDateTime(of: time).prefix(length)) }

    private typealias Period = (start: Timestamp, record: UsageRecord?)

    /// From when to when, with so many characters of the date.
    private func period(_ periods: [Period], _ length: Int, _ name: String) -> String {
        guard let first = periods.first, let last = periods.last else { return "no \(name) is recorded" }
        return "\(date(first.start, length)) to \(date(last.start, length)), \(timeZone)"
    }

    private var hoursPeriod: String {
        guard let first = records.hours.first, let last = records.hours.last else { return "no hour is recorded" }
        return "average of \(records.hours.count) recorded hours, \(date(first.start, 10)) to \(date(last.start, 10)), "
            + timeZone
    }

    private func use(_ record: UsageRecord) -> (value: Double, written: String?) {
        (Double(record.quantity) / 1000, nil)
    }

    /// Bars labelled by these characters of the local date; the newest counts until the meter was read.
    private func bars(
        _ periods: [Period], _ series: UsageSeries, _ label: ClosedRange<Int>,
        _ value: (UsageRecord) -> (value: Double, written: String?)
    ) -> [BarChart.Bar] {
        periods.enumerated().map { index, period in
            let value = period.record.map(value)
            return BarChart.Bar(
                String(Array(localDateTime(of: period.start))[label]), value?.value, written: value?.written,
                isUnfinished: index == periods.count - 1 && unfinished.contains(series))
        }
    }
}
