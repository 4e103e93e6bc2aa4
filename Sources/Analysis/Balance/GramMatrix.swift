/// A symmetric matrix of sums of products of rows, of which the lower triangle is kept in vectors of eight.
struct GramMatrix: Sendable {
    /// Columns.
    let width: Int
    /// Vectors per row.
    let vectors: Int
    private(set) var blocks: [SIMD8<Double>]

    init(width: Int) {
        self.width = width
        vectors = (width + 7) / 8
        blocks = [SIMD8<Double>](repeating: .zero, count: width * vectors)
    }

    subscript(_ row: Int, _ column: Int) -> Double {
        let (row, column) = row >= column ? (row, column) : (column, row)
        return blocks[row * vectors + column / 8][column % 8]
    }

    static func += (sum: inout Self, other: Self) {
        for index in sum.blocks.indices { sum.blocks[index] += other.blocks[index] }
    }

    /// Adds the products of all rows, `vectors` of these per row.
    mutating func add(_ rows: [SIMD8<Double>]) {
        let (vectors, width) = (vectors, width)
        let count = rows.count / vectors
        let rows = rows.span
        var sums = blocks.mutableSpan
        for i in 0..<width {
            let (block, lane) = (i / 8, i % 8)
            var row = 0
            while row < count {
                // Four rows at once: each sum is then fetched once for four products.
                let (a, b) = (row * vectors, min(row + 1, count - 1) * vectors)
                let (c, d) = (min(row + 2, count - 1) * vectors, min(row + 3, count - 1) * vectors)
                let x = rows[a + block][lane]
                let y = row + 1 < count ? rows[b + block][lane] : 0
                let z = row + 2 < count ? rows[c + block][lane] : 0
                let w = row + 3 < count ? rows[d + block][lane] : 0
                for k in 0...block {
                    var sum = sums[i * vectors + k]
                    sum += rows[a + k] * x
                    sum += rows[b + k] * y
                    sum += rows[c + k] * z
                    sum += rows[d + k] * w
                    sums[i * vectors + k] = sum
                }
                row += 4
            }
        }
    }

    /// Eight columns from a multiple of eight on, side by side: their first values.
    func columns(_ block: Int, first count: Int) -> [SIMD8<Double>] {
        (0..<count).map { row in
            if row >= block * 8 { return blocks[row * vectors + block] }
            var values = SIMD8<Double>.zero
            for lane in 0..<min(8, width - block * 8) { values[lane] = self[block * 8 + lane, row] }
            return values
        }
    }

    /// A column's first values, padded with zeros to whole vectors.
    func column(_ column: Int, first count: Int) -> [SIMD8<Double>] {
        var values = [SIMD8<Double>](repeating: .zero, count: (count + 7) / 8)
        for row in 0..<count { values[row / 8][row % 8] = self[row, column] }
        return values
    }
}

/// The lower triangle L with L·Lᵀ = 1 + G, for the first columns of a Gram matrix.
struct CholeskyFactor: Sendable {
    let size: Int
    private let vectors: Int
    private let rows: [SIMD8<Double>]
    private let diagonal: [Double]

    init(onePlus gram: GramMatrix, size: Int) {
        self.size = size
        vectors = (size + 7) / 8
        let vectors = vectors
        var rows = [SIMD8<Double>](repeating: .zero, count: size * vectors)
        var diagonal = [Double](repeating: 1, count: size)
        var lower = rows.mutableSpan
        for i in 0..<size {
            for j in 0...i {
                var sum = SIMD8<Double>.zero
                // Columns from j on are still 0 in row j's last vector of row i, so whole vectors may be multiplied.
                for k in 0..<(j + 7) / 8 { sum += lower[i * vectors + k] * lower[j * vectors + k] }
                let rest = gram[i, j] + (i == j ? 1 : 0) - sum.sum()
                if i == j {
                    // 1 + G is at least 1 in every direction, but for rounding.
                    diagonal[i] = max(rest, 1e-9).squareRoot()
                    lower[i * vectors + j / 8][j % 8] = diagonal[i]
                } else {
                    lower[i * vectors + j / 8][j % 8] = rest / diagonal[j]
                }
            }
        }
        self.rows = rows
        self.diagonal = diagonal
    }

    /// The logarithm's terms: the product of the diagonal is the root of the determinant.
    var diagonalValues: [Double] { diagonal }

    /// The x with L·x = b, in whole vectors.
    func solve(_ right: [SIMD8<Double>]) -> [SIMD8<Double>] {
        var solution = [SIMD8<Double>](repeating: .zero, count: vectors)
        let lower = rows.span
        var x = solution.mutableSpan
        for i in 0..<size {
            var sum = SIMD8<Double>.zero
            for k in 0...i / 8 { sum += lower[i * vectors + k] * x[k] }
            x[i / 8][i % 8] = (right[i / 8][i % 8] - sum.sum()) / diagonal[i]
        }
        return solution
    }

    /// The x with L·x = b of eight b side by side.
    func solveEach(_ right: [SIMD8<Double>]) -> [SIMD8<Double>] {
        var solutions = right
        let lower = rows.span
        var x = solutions.mutableSpan
        for i in 0..<size {
            var sum = x[i]
            for k in 0..<i / 8 {
                let row = lower[i * vectors + k]
                sum -= x[8 * k] * row[0]
                sum -= x[8 * k + 1] * row[1]
                sum -= x[8 * k + 2] * row[2]
                sum -= x[8 * k + 3] * row[3]
                sum -= x[8 * k + 4] * row[4]
                sum -= x[8 * k + 5] * row[5]
                sum -= x[8 * k + 6] * row[6]
                sum -= x[8 * k + 7] * row[7]
            }
            let last = lower[i * vectors + i / 8]
            for k in i / 8 * 8..<i { sum -= x[k] * last[k % 8] }
            x[i] = sum / diagonal[i]
        }
        return solutions
    }

    /// The x with Lᵀ·x = b.
    func solveTransposed(_ right: [SIMD8<Double>]) -> [SIMD8<Double>] {
        var rest = right
        for i in (0..<size).reversed() {
            let value = rest[i / 8][i % 8] / diagonal[i]
            for k in 0...i / 8 { rest[k] -= rows[i * vectors + k] * value }
            rest[i / 8][i % 8] = value
        }
        return rest
    }
}

extension [SIMD8<Double>] {
    func dot(_ other: Self) -> Double {
        var sum = SIMD8<Double>.zero
        for index in indices { sum += self[index] * other[index] }
        return sum.sum()
    }
}
