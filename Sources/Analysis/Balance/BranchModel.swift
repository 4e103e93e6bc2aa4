#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The regression of a branch: whitened days, and what the first weeks say of its noise.
struct BranchModel: Sendable {
    let table: BranchTable
    let columns: BranchColumns
    private(set) var scale = NoiseScale()
    /// Intervals with records that cannot be: far off, with nothing beside them that is.
    private(set) var excluded: Set<Int> = []
    /// Of the first weeks.
    private(set) var learned: BranchFit
    /// The sum of the first weeks.
    let learnedSum: GramMatrix
    let learningDays: Int
    /// How far off, in its own deviations, an interval of the first weeks usually is.
    private let usual: Double

    /// Nil where the records do not last for the days to learn from.
    init?(_ records: BranchRecords, _ settings: BranchSettings) {
        guard let table = BranchTable(records, settings), table.grid.days >= settings.learningDays else { return nil }
        self.table = table
        let columns = BranchColumns(table, records, settings)
        self.columns = columns
        learningDays = settings.learningDays
        let days = 0..<settings.learningDays
        let start = NoiseScale()

        // What cannot be is left out before anything is learned.
        let first = Self.sum(days, table, columns, start, [])
        let fit = BranchFit(first.gram, columns)
        let offsets = days.flatMap { Self.offsets($0, table, columns, start, fit) }
        let usual = 1.4826 * Self.median(offsets.map { abs($0.offset) })
        self.usual = usual
        excluded = Self.isolated(offsets, usual)

        scale = Self.learn(days, table, columns, excluded)
        let sum = Self.sum(days, table, columns, scale, excluded)
        learnedSum = sum.gram
        learned = BranchFit(sum.gram, columns)
    }

    /// The sums of products of a day's whitened columns.
    mutating func day(_ day: Int) -> GramMatrix {
        let offsets = Self.offsets(day, table, columns, scale, learned)
        excluded.formUnion(Self.isolated(offsets, usual))
        return Self.sum(day..<day + 1, table, columns, scale, excluded).gram
    }

    /// The intervals of a day that have a total.
    private static func indices(_ day: Int, _ table: BranchTable, _ excluded: Set<Int>) -> [Int] {
        (day * table.grid.perDay..<(day + 1) * table.grid.perDay)
            .filter { !table.total[$0].isNaN && !excluded.contains($0) }
    }

    private static func sum(
        _ days: Range<Int>, _ table: BranchTable, _ columns: BranchColumns, _ scale: NoiseScale, _ excluded: Set<Int>
    ) -> (gram: GramMatrix, logarithms: Double) {
        var gram = GramMatrix(width: columns.width)
        var logarithms = 0.0
        var row = [Double](repeating: 0, count: columns.width)
        for day in days {
            let indices = indices(day, table, excluded)
            guard !indices.isEmpty else { continue }
            var rows = [SIMD8<Double>](repeating: .zero, count: indices.count * gram.vectors)
            for (place, index) in indices.enumerated() {
                columns.write(index, to: &row)
                for column in row.indices { rows[place * gram.vectors + column / 8][column % 8] = row[column] }
            }
            let noise = DayNoise(indices, table, columns, scale)
            noise.whiten(&rows, vectors: gram.vectors)
            logarithms += noise.diagonal.reduce(0) { $0 + log($1) }
            gram.add(rows)
        }
        return (gram, logarithms)
    }

    /// The noise under which the first weeks are likeliest, by steps of 3 and then of 1.7 in each part of it.
    private static func learn(
        _ days: Range<Int>, _ table: BranchTable, _ columns: BranchColumns, _ excluded: Set<Int>
    ) -> NoiseScale {
        func likelihood(_ scale: NoiseScale) -> Double {
            let (gram, logarithms) = sum(days, table, columns, scale, excluded)
            let fit = BranchFit(gram, columns)
            return -logarithms - fit.logarithms - fit.rest / 2
        }
        var best = NoiseScale()
        var most = likelihood(best)
        let parts = [\NoiseScale.clock, \.interval, \.day]
        for (part, step) in parts.map({ ($0, 3.0) }) + parts.map({ ($0, 1.7) }) {
            for factor in [step, 1 / step] {
                var improved = false
                while true {
                    var next = best
                    next[keyPath: part] = max(next[keyPath: part] * factor, NoiseScale.least[keyPath: part])
                    guard next != best else { break }
                    let value = likelihood(next)
                    guard value > most else { break }
                    (best, most, improved) = (next, value, true)
                }
                if improved { break }
            }
        }
        return best
    }

    /// How far each interval of a day is off, in its own deviations.
    private static func offsets(
        _ day: Int, _ table: BranchTable, _ columns: BranchColumns, _ scale: NoiseScale, _ fit: BranchFit
    ) -> [(index: Int, offset: Double)] {
        let indices = indices(day, table, [])
        var row = [Double](repeating: 0, count: columns.width)
        let deviations = DayNoise(indices, table, columns, scale).deviations
        return zip(indices, deviations).map { index, deviation in
            columns.write(index, to: &row)
            return (index, fit.difference(row) / deviation)
        }
    }

    private static func isolated(_ offsets: [(index: Int, offset: Double)], _ usual: Double) -> Set<Int> {
        var isolated: Set<Int> = []
        for (place, item) in offsets.enumerated() where abs(item.offset) > 12 * usual {
            let beside = [place - 1, place + 1].filter(offsets.indices.contains)
            if beside.allSatisfy({ abs(offsets[$0].offset) < 6 * usual }) { isolated.insert(item.index) }
        }
        return isolated
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 1 : max(sorted[sorted.count / 2], 1e-9)
    }

    /// The intervals of a day that have a total and are not left out.
    func indices(_ day: Int) -> [Int] { Self.indices(day, table, excluded) }

    /// What remains of the difference of some intervals together after what the first weeks taught, and its standard
    /// error, Wh.
    func learnedDifference(_ indices: [Int]) -> (difference: Double, error: Double) {
        var row = [Double](repeating: 0, count: columns.width)
        var sum = row
        var variance = 0.0
        for (_, indices) in Dictionary(grouping: indices, by: { $0 / table.grid.perDay }).sorted(by: { $0.key < $1.key }
        ) {
            for index in indices {
                columns.write(index, to: &row)
                for column in row.indices { sum[column] += row[column] }
            }
            variance += DayNoise(indices, table, columns, scale).varianceOfSum
        }
        let model = learned.error(sum)
        return (learned.difference(sum), (variance + model * model).squareRoot())
    }
}

/// The unknowns of a branch, given sums of products.
struct BranchFit: Sendable {
    let factor: CholeskyFactor
    /// L⁻¹·Xᵀ·y.
    let projection: [SIMD8<Double>]
    private let columns: BranchColumns
    private let unknowns: [Double]
    /// What of the squares of the differences is left.
    let rest: Double

    init(_ gram: GramMatrix, _ columns: BranchColumns) {
        self.columns = columns
        factor = CholeskyFactor(onePlus: gram, size: columns.count)
        projection = factor.solve(gram.column(columns.difference, first: columns.count))
        let solution = factor.solveTransposed(projection)
        unknowns = (0..<columns.count).map { solution[$0 / 8][$0 % 8] }
        rest = gram[columns.difference, columns.difference] - projection.dot(projection)
    }

    var logarithms: Double { factor.diagonalValues.reduce(0) { $0 + log($1) } }

    /// A row's difference less what its unknowns explain.
    func difference(_ row: [Double]) -> Double {
        var difference = row[columns.difference]
        for column in unknowns.indices { difference -= row[column] * unknowns[column] }
        return difference
    }

    /// The standard error of what a row's unknowns explain.
    func error(_ row: [Double]) -> Double {
        var right = [SIMD8<Double>](repeating: .zero, count: (columns.count + 7) / 8)
        for column in 0..<columns.count { right[column / 8][column % 8] = row[column] }
        let solution = factor.solve(right)
        return solution.dot(solution).squareRoot()
    }
}
