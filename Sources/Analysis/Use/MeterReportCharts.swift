internal import HeadEnd
internal import ValueProtocol

extension MeterReport {
    /// The last 31 days, the average day, and use and cost of the last 24 months.
    public var charts: ChartSheet {
        let (days, months) = (records.days.suffix(31), records.months.suffix(24))
        let charts = [
            BarChart(title: "Use per day", unit: unit, axis: "day (month-day)", bars: bars(days, 5...9)),
            BarChart(
                title: "Average day", unit: smallUnit, axis: "hour of the day",
                bars: averageDay.enumerated().map { BarChart.Bar("\($0.offset)", $0.element) }),
            BarChart(title: "Use per month", unit: unit, axis: "month", bars: bars(months, 0...6)),
            BarChart(
                title: "Spent per month", unit: records.currency.map { "\($0)" } ?? "currency units", axis: "month",
                bars: months.map { month in
                    BarChart.Bar(
                        String(localDateTime(of: month.start).prefix(7)), Double(month.spent.rawValue) / 1_000_000)
                }),
        ]
        return ChartSheet(title: "\(records.meter.kind) \(records.meter)", charts: charts)
    }

    /// Use in the report's unit, labelled by these characters of the local date.
    private func bars(_ use: some Sequence<UsageRecord>, _ label: ClosedRange<Int>) -> [BarChart.Bar] {
        use.map { record in
            BarChart.Bar(String(Array(localDateTime(of: record.start))[label]), Double(record.quantity) / 1000)
        }
    }
}
