public import ValueProtocol

extension BranchAnalysis {
    /// The learned differences in percent of the load, over the load in percent of the rated one, in the weeks that were
    /// learned from and since; the limits are two standard errors.
    ///
    /// An error of the transformer would be there before; what began since lies beyond the limits.
    ///
    /// - Parameter since: the start of the second curve; nil: the end of the weeks that were learned from.
    public func chart(since: Timestamp? = nil) -> ErrorChart {
        let grid = model.table.grid
        let learned = model.learningDays * grid.perDay
        let from = max(0, min(since.map { grid.index($0) } ?? learned, days * grid.perDay))
        let date = { (index: Int) in String(grid.time(index).dateTime.prefix(10)) }
        let names = ["first \(model.learningDays) days", "since \(date(from))"]
        return ErrorChart(
            title: "Balance of \(records.unit.kind) \(records.unit)",
            details: [
                "\(date(0)) to \(date(max(0, days * grid.perDay - 1))), UTC, by load",
                "difference of the transformer's total from meters, losses and learned errors, in percent of the total",
            ],
            accuracyClass: "2 standard errors of the balance",
            points: points(0..<learned).map { (names[0], $0) }
                + points(from..<days * grid.perDay).map { (names[1], $0) })
    }

    /// A point for each load from a twentieth of the rated one up, in steps of 1.5.
    private func points(_ range: Range<Int>) -> [ErrorChart.Point] {
        let (table, rated) = (model.table, settings.ratedPower * model.table.grid.interval.hours)
        var groups: [Int: [Int]] = [:]
        for index in range where !table.total[index].isNaN && !model.excluded.contains(index) {
            var (bound, group) = (0.05, 0)
            let load = abs(table.total[index]) / rated
            guard load >= bound else { continue }
            while load >= bound * 1.5 { (bound, group) = (bound * 1.5, group + 1) }
            groups[group, default: []].append(index)
        }
        return groups.keys.sorted().compactMap { group in
            guard let indices = groups[group], indices.count >= 3 else { return nil }
            let energy = indices.reduce(0) { $0 + abs(table.total[$1]) }
            let learned = model.learnedDifference(indices)
            return ErrorChart.Point(
                current: 100 * energy / rated / Double(indices.count), error: 100 * learned.difference / energy,
                limit: 200 * learned.error / energy)
        }
    }
}
