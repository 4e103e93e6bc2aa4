internal import ValueProtocol

/// A branch's records on one grid: net energy in Wh per interval, with gaps filled.
struct BranchTable: Sendable {
    let grid: UseGrid
    /// Net of what was given back; NaN where the unit has no record.
    let total: [Double]
    /// Net energy of each meter in each interval.
    let net: [[Double]]
    /// The filled gaps of all meters by day.
    let gaps: [[FilledGap]]
    /// The intervals of each meter that were filled.
    private let filled: [Set<Int>]
    /// Degrees Celsius per interval; 20 where nothing is known.
    let temperature: [Double]
    let hasTemperature: Bool
    /// The meters installed in each interval.
    let installed: [Double]
    /// Records of more than can be, which were left out.
    let implausible: Int

    init?(_ records: BranchRecords, _ settings: BranchSettings) {
        guard let grid = UseGrid(records) else { return nil }
        self.grid = grid
        let hours = records.interval.hours
        // Twice its rating for hours would have opened the transformer's fuses.
        let mostTotal = settings.ratedPower * 3 * hours
        let (taken, badTaken) = grid.values(records.total, upTo: mostTotal)
        let (given, badGiven) = grid.values(records.totalGivenBack, upTo: mostTotal)
        var implausible = badTaken + badGiven
        total = zip(taken, given).map { $0.isNaN ? .nan : $0 - ($1.isNaN ? 0 : $1) }

        let most = settings.maxMeterPower * hours
        var uses: [[Double]] = []
        var backs: [[Double]] = []
        for meter in records.meters {
            let (use, badUse) = grid.values(meter.use, upTo: most)
            var (back, badBack) = grid.values(meter.givenBack, upTo: most)
            implausible += badUse + badBack
            // No record of what was given back beside one of use says that nothing was.
            for index in back.indices where back[index].isNaN && (!use[index].isNaN || meter.givenBack.isEmpty) {
                back[index] = 0
            }
            uses.append(use)
            backs.append(back)
        }
        self.implausible = implausible
        let sun = Self.sun(backs)
        var net: [[Double]] = []
        var gaps = [[FilledGap]](repeating: [], count: grid.days)
        var filled: [Set<Int>] = []
        var installed = [Double](repeating: 0, count: grid.count)
        for (meter, (use, back)) in zip(records.meters, zip(uses, backs)) {
            let window = Self.window(meter, use, grid)
            for index in window { installed[index] += 1 }
            let filledUse = GapFilling(
                use, perDay: grid.perDay, window: window, dayTotals: Self.dayTotals(meter, grid))
            let filledBack = GapFilling(
                back, perDay: grid.perDay, window: window, dayTotals: [Double?](repeating: nil, count: grid.days),
                shape: sun)
            for gap in filledUse.gaps + filledBack.gaps { gaps[gap.indices[0] / grid.perDay].append(gap) }
            filled.append(Set(filledUse.gaps.flatMap(\.indices)))
            net.append(zip(filledUse.values, filledBack.values).map { $0 - $1 })
        }
        self.net = net
        self.gaps = gaps
        self.filled = filled
        self.installed = installed
        hasTemperature = !records.temperatures.isEmpty
        temperature = Self.temperature(records.temperatures, grid)
    }

    /// The share of a meter's intervals that were filled.
    func filled(_ meter: Int, in range: Range<Int>) -> Double {
        Double(filled[meter].count { range.contains($0) }) / Double(max(1, range.count))
    }

    /// The intervals while a meter was installed.
    private static func window(_ meter: BranchMeter, _ use: [Double], _ grid: UseGrid) -> Range<Int> {
        // The record of a day tells of intervals before the first one that has a record of its own.
        let days = meter.days.lazy.map { grid.index($0.start) / grid.perDay * grid.perDay }.filter { $0 >= 0 }
        let earliest = min(use.firstIndex { !$0.isNaN } ?? grid.count, days.min() ?? grid.count)
        let first = meter.installed.map { grid.index($0) } ?? earliest
        let end = meter.removed.map { grid.index($0) } ?? grid.count
        let from = min(max(0, first), grid.count)
        return from..<max(from, min(end, grid.count))
    }

    private static func dayTotals(_ meter: BranchMeter, _ grid: UseGrid) -> [Double?] {
        var totals = [Double?](repeating: nil, count: grid.days)
        for day in meter.days {
            let index = grid.index(day.start)
            // A day of another time zone would be two halves here.
            guard index >= 0, index < grid.count, index.isMultiple(of: grid.perDay) else { continue }
            totals[index / grid.perDay] = Double(day.quantity)
        }
        return totals
    }

    /// What all that give back gave, relative to their means: the sun is the same for all. NaN where none is known.
    private static func sun(_ backs: [[Double]]) -> [Double]? {
        guard let count = backs.first?.count else { return nil }
        var (sums, means) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for back in backs {
            let known = back.lazy.filter { !$0.isNaN }
            let mean = known.reduce(0, +) / Double(max(1, known.count))
            guard mean > 0 else { continue }
            for index in back.indices where !back[index].isNaN {
                sums[index] += back[index]
                means[index] += mean
            }
        }
        guard means.contains(where: { $0 > 0 }) else { return nil }
        return zip(sums, means).map { $1 > 0 ? $0 / $1 : .nan }
    }

    /// The last one known at each interval.
    private static func temperature(_ temperatures: [LineTemperature], _ grid: UseGrid) -> [Double] {
        let sorted = temperatures.sorted { $0.time < $1.time }
        guard var last = sorted.first?.celsius else { return [Double](repeating: 20, count: grid.count) }
        var next = 0
        return (0..<grid.count).map { index in
            while next < sorted.count, sorted[next].time <= grid.time(index) {
                last = sorted[next].celsius
                next += 1
            }
            return last
        }
    }
}
