public import ValueProtocol

/// The transformer's total against the sum of the meters, interval by interval and day by day.
public struct BranchBalance: Sendable {
    public let unit: PartyID
    public let interval: BalanceInterval
    /// Every interval of the days taken in, oldest first.
    public let entries: [Entry]
    /// Every day taken in, oldest first.
    public let days: [Day]

    /// One interval. Energies are in Wh; what is given back is negative.
    public struct Entry: Sendable, Hashable {
        public let start: Timestamp
        /// By the transformer; nil without a record, or with one that cannot be.
        public let total: Double?
        /// The sum of the meters; what is missing is estimated.
        public let meters: Double
        /// What the line is expected to lose before anything is learned, and the meters to take for themselves.
        public let expectedLoss: Double
        /// The total less meters and expected loss; nil without a total.
        public let difference: Double?
        /// Of `difference`, from the classes and tolerances alone.
        public let errors: BalanceErrors
        /// What the first weeks leave of `difference`, once they taught how transformer, meters, clocks and line err.
        public let learnedDifference: Double?
        /// The standard error of `learnedDifference`.
        public let learnedError: Double
    }

    /// A day, over its intervals with a total. Gaps whose day is recorded add no error here.
    public struct Day: Sendable, Hashable {
        public let start: Timestamp
        /// Intervals with a total.
        public let count: Int
        /// Wh.
        public let total: Double
        /// Wh.
        public let meters: Double
        /// Wh; compare ``Entry/learnedDifference``.
        public let learnedDifference: Double
        /// Wh, a standard error.
        public let learnedError: Double
    }
}

/// Standard errors of a difference by where they come from, in Wh: an error within the limits of a class is taken as equally
/// likely anywhere between them.
public struct BalanceErrors: Sendable, Hashable {
    /// Of all meters by their classes.
    public let meters: Double
    /// Of the current transformer by its class, whose limits widen at low load (IEC 61869-2).
    public let transformer: Double
    /// Of the line's loss and the meters' own use.
    public let loss: Double
    /// Of clocks within their tolerance.
    public let clocks: Double
    /// Of estimates where records are missing.
    public let gaps: Double

    /// All together, as independent of one another.
    public var standard: Double {
        (meters * meters + transformer * transformer + loss * loss + clocks * clocks + gaps * gaps).squareRoot()
    }
}

extension BranchAnalysis {
    /// The balance of the days taken in.
    public var balance: BranchBalance {
        let grid = model.table.grid
        return BranchBalance(
            unit: records.unit, interval: records.interval, entries: (0..<days * grid.perDay).map(entry),
            days: (0..<days).map(day))
    }

    private func entry(_ index: Int) -> BranchBalance.Entry {
        let (table, columns) = (model.table, model.columns)
        let isKnown = !table.total[index].isNaN && !model.excluded.contains(index)
        let loss = columns.expectedLoss(index) + columns.expectedOwnUse(index)
        let learned = model.learnedDifference([index])
        return BranchBalance.Entry(
            start: table.grid.time(index), total: isKnown ? table.total[index] : nil, meters: columns.nets[index],
            expectedLoss: loss, difference: isKnown ? table.total[index] - columns.nets[index] - loss : nil,
            errors: errors(index), learnedDifference: isKnown ? learned.difference : nil, learnedError: learned.error)
    }

    private func day(_ day: Int) -> BranchBalance.Day {
        let (table, columns) = (model.table, model.columns)
        let indices = model.indices(day)
        let learned = model.learnedDifference(indices)
        return BranchBalance.Day(
            start: start(ofDay: day), count: indices.count, total: indices.reduce(0) { $0 + table.total[$1] },
            meters: indices.reduce(0) { $0 + columns.nets[$1] }, learnedDifference: learned.difference,
            learnedError: learned.error)
    }

    private func errors(_ index: Int) -> BalanceErrors {
        let (table, columns) = (model.table, model.columns)
        var (meters, clocks) = (0.0, 0.0)
        for (meter, net) in table.net.enumerated() {
            let error = net[index] * columns.gain(meter)
            meters += error * error
        }
        for edge in [index, min(index + 1, columns.edges.count - 1)] {
            clocks += columns.edges[edge] * columns.clockShare * columns.clockShare
        }
        let total = table.total[index].isNaN ? columns.nets[index] : table.total[index]
        let rated = settings.ratedPower * table.grid.interval.hours
        let line = columns.expectedLoss(index) / 2
        let own = columns.expectedOwnUse(index)
        let gaps = table.gaps[index / table.grid.perDay].reduce(0) { $0 + $1.variance(at: index) }
        return BalanceErrors(
            meters: meters.squareRoot(),
            transformer: settings.transformerClass.deviation(atLoad: abs(total) / rated) * abs(total),
            loss: (line * line + own * own).squareRoot(), clocks: clocks.squareRoot(), gaps: gaps.squareRoot())
    }
}

extension InstrumentClass {
    /// The standard deviation of a current transformer's error at a share of its rated load: its limit is one and a half
    /// times that of the class at a fifth, and three times at a twentieth.
    func deviation(atLoad load: Double) -> Double {
        let factor =
            switch load {
            case 1...: 1.0
            case 0.2...: 1 + (1 - load) / 0.8 * 0.5
            case 0.05...: 1.5 + (0.2 - load) / 0.15 * 1.5
            default: 3 * 0.05 / max(load, 0.001)
            }
        return deviation * factor
    }
}

extension FilledGap {
    /// Wh² at one of its intervals.
    func variance(at index: Int) -> Double {
        guard let place = indices.firstIndex(of: index) else { return 0 }
        let spread = variances.reduce(0, +)
        return isSumKnown ? variances[place] * (1 - variances[place] / spread) : variances[place]
    }
}
