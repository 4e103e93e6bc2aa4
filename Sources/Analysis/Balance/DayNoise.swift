/// How much of the noise there is, which a branch's first weeks tell.
struct NoiseScale: Sendable, Hashable {
    /// Of each interval for itself, as a share of the load.
    var interval = 3e-4
    /// Of a whole day, as a share of its load.
    var day = 2e-4
    /// Of the power at the edges of intervals, as a share of what the meters' records differ by there.
    var clock = 1.0

    static let least = NoiseScale(interval: 3e-5, day: 1e-4, clock: 0.03)
}

/// The covariance of a day's differences, and what makes independent values of equal variance out of them.
///
/// It is the sum of what rounding and each interval add alone, of what a clock moves from one interval into the next, of gaps
/// whose sum may be known, and of what a day has in common.
struct DayNoise {
    private let size: Int
    /// The lower triangle L of V = L·Lᵀ, by rows.
    private var factor: [Double]

    /// - Parameters:
    ///   - indices: the day's intervals with a total, in order.
    init(_ indices: [Int], _ table: BranchTable, _ columns: BranchColumns, _ scale: NoiseScale) {
        let size = indices.count
        self.size = size
        var matrix = [Double](repeating: 0, count: size * size)
        let places = Dictionary(uniqueKeysWithValues: indices.enumerated().map { ($1, $0) })
        let meters = columns.meterCount
        let loads = indices.map { max(columns.amounts[$0], 0.2 * columns.meanTotal) }
        let share = columns.clockShare * columns.clockShare * scale.clock
        for (place, index) in indices.enumerated() {
            let own = scale.interval * loads[place]
            // A record is rounded at both ends.
            matrix[place * size + place] += own * own + Double(meters + 1) / 6
            for edge in [index, index + 1] {
                let variance = share * columns.edges[min(edge, columns.edges.count - 1)]
                matrix[place * size + place] += variance
                if edge == index, let before = places[index - 1] {
                    matrix[place * size + before] -= variance
                    matrix[before * size + place] -= variance
                }
            }
        }
        if let first = indices.first {
            for gap in table.gaps[first / table.grid.perDay] { Self.add(gap, to: &matrix, size, places) }
        }
        for effect in columns.dayEffects(indices, loads) {
            for i in 0..<size {
                for j in 0..<size { matrix[i * size + j] += scale.day * scale.day * effect[i] * effect[j] }
            }
        }
        factor = Self.cholesky(matrix, size)
    }

    private static func add(_ gap: FilledGap, to matrix: inout [Double], _ size: Int, _ places: [Int: Int]) {
        let spread = gap.variances.reduce(0, +)
        for (a, variance) in zip(gap.indices, gap.variances) {
            guard let i = places[a] else { continue }
            matrix[i * size + i] += variance
            guard gap.isSumKnown else { continue }
            for (b, other) in zip(gap.indices, gap.variances) {
                if let j = places[b] { matrix[i * size + j] -= variance * other / spread }
            }
        }
    }

    /// Wh², of the sum of all intervals.
    var varianceOfSum: Double {
        (0..<size).reduce(0) { sum, column in
            let part = (column..<size).reduce(0) { $0 + factor[$1 * size + column] }
            return sum + part * part
        }
    }

    /// The standard deviation of each interval's difference, Wh.
    var deviations: [Double] {
        (0..<size).map { i in
            (0...i).reduce(0) { $0 + factor[i * size + $1] * factor[i * size + $1] }.squareRoot()
        }
    }

    private static func cholesky(_ matrix: [Double], _ size: Int) -> [Double] {
        var lower = matrix
        for i in 0..<size {
            for j in 0...i {
                var sum = lower[i * size + j]
                for k in 0..<j { sum -= lower[i * size + k] * lower[j * size + k] }
                lower[i * size + j] = i == j ? max(sum, 1e-6).squareRoot() : sum / lower[j * size + j]
            }
        }
        return lower
    }

    /// The sum of the logarithms' arguments: the roots of the factors of V's determinant.
    var diagonal: [Double] { (0..<size).map { factor[$0 * size + $0] } }

    /// Makes each row, of so many vectors, independent of the others with variance 1: L⁻¹ times the rows.
    func whiten(_ rows: inout [SIMD8<Double>], vectors: Int) {
        var rows = rows.mutableSpan
        for i in 0..<size {
            for j in 0..<i {
                let weight = factor[i * size + j]
                for k in 0..<vectors { rows[i * vectors + k] -= rows[j * vectors + k] * weight }
            }
            let scale = 1 / factor[i * size + i]
            for k in 0..<vectors { rows[i * vectors + k] *= scale }
        }
    }
}
