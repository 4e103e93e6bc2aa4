public import ValueProtocol

extension RulesTrial {
    /// Who would pay more, and who less, as two charts of bars, the greatest change first.
    ///
    /// - Parameters:
    ///   - trials: of meters under the same rules.
    ///   - rules: that were tried.
    public static func chart(of trials: [RulesTrial], under rules: SupplyRules) -> ChartSheet {
        let changes = trials.compactMap { trial in
            trial.cost.map { (meter: trial.meter, change: $0 - trial.spent) }
        }.sorted { $0.change.magnitude > $1.change.magnitude }
        func bars(_ isMore: Bool) -> [BarChart.Bar] {
            changes.filter { $0.change != 0 && ($0.change > 0) == isMore }.prefix(maxBarCount).map { meter, change in
                let money = Amount(rawValue: change.magnitude)
                return BarChart.Bar(
                    "\(meter.number)", Double(change.magnitude) / 1_000_000,
                    written: "\(meter): \(money.money(in: rules.currency)) \(isMore ? "more" : "less")")
            }
        }
        let charts = [(true, "Who would pay more"), (false, "Who would pay less")].map { isMore, title in
            BarChart(
                title: title, details: ["the greatest changes first, at most \(maxBarCount)"], quantity: "change",
                unit: "\(rules.currency)", axis: "number of the meter", decimals: 2, bars: bars(isMore))
        }
        return ChartSheet(
            title: "Rules \(rules.id) on recorded use",
            details: [
                "\(trials.count) meters, each in its recorded hours alone; \(changes.count { $0.change > 0 }) would pay more, "
                    + "\(changes.count { $0.change < 0 }) less, \(changes.count { $0.change == 0 }) the same."
            ], charts: charts)
    }

    private static let maxBarCount = 24
}
