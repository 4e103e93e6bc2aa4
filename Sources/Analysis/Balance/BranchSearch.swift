#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The search for what began within the last days: each cause and each day is a column that is added to the regression, and
/// the likelihood that it gains is its evidence.
struct BranchSearch {
    enum Cause: Hashable {
        case tap(TapShape)
        /// By the meter's index.
        case bypass(Int)
    }

    struct Finding {
        let cause: Cause
        /// Days since it began.
        let days: Int
        /// Of its column.
        let coefficient: Double
        let error: Double
        let deviations: Double
        let evidence: Double
        /// The best other explanation.
        let next: (cause: Cause, behind: Double)?
    }

    /// In order of evidence, each with those before it taken into account.
    private(set) var found: [Finding] = []

    private struct Candidate {
        let cause: Cause
        let onset: Int
        let column: Int
        /// Its product with the differences, and with itself, after the unknowns took their part.
        var product: Double
        var square: Double
        /// Its products with what was found.
        var shares: [Double] = []

        var deviations: Double { square > 1e-9 ? product / square.squareRoot() : 0 }

        /// The logarithm of how much likelier its estimate is with a coefficient of about this size than with one of
        /// about the drift of an honest branch; 0 for none.
        func evidence(expecting size: Double, drift: Double) -> Double {
            guard product > 0, square > 1e-9 else { return -.infinity }
            let (estimate, variance) = (product / square, 1 / square)
            let (wide, narrow) = (variance + size * size, variance + drift * drift)
            return estimate * estimate / 2 * (1 / narrow - 1 / wide) - log(wide / narrow) / 2
        }
    }

    /// The days, of those tried for a tap, on which a bypass may have begun: a day more or less matters little there, and
    /// each costs a search through all meters.
    private static let bypassOnsets: Set<Int> = [2, 4, 8, 14, 21]

    init(
        fit: BranchFit, onsets: [(days: Int, sum: GramMatrix)], columns: BranchColumns,
        settings: BranchSettings, least: Double, isSuspicion: Bool, most: Int
    ) {
        let size = columns.count
        var candidates: [Candidate] = []
        let differences = (0..<size).map { fit.projection[$0 / 8][$0 % 8] }
        for (onset, item) in onsets.enumerated() {
            let blocks = Set((Array(0..<columns.meterCount) + Array(columns.firstShape..<columns.width)).map { $0 / 8 })
            for block in blocks.sorted() {
                guard block >= columns.firstShape / 8 || Self.bypassOnsets.contains(item.days) else { continue }
                // What the unknowns explain of eight columns at once.
                let projections = fit.factor.solveEach(item.sum.columns(block, first: size))
                var (products, squares) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
                for (projection, difference) in zip(projections, differences) {
                    products += projection * difference
                    squares += projection * projection
                }
                for lane in 0..<8 {
                    let column = block * 8 + lane
                    guard let cause = Self.cause(column, columns), item.sum[column, column] > 0 else { continue }
                    candidates.append(
                        Candidate(
                            cause: cause, onset: onset, column: column,
                            product: item.sum[column, columns.difference] - products[lane],
                            square: item.sum[column, column] - squares[lane]))
                }
            }
        }
        let manyMeters = log(Double(max(1, columns.meterCount)))
        let manyShapes = log(Double(BranchColumns.shapes.count))
        func evidence(_ candidate: Candidate, overDrift isOverDrift: Bool) -> Double {
            switch candidate.cause {
            case .tap(let shape):
                let unit = columns.meanTotal * shape.power
                return candidate.evidence(
                    expecting: settings.usualTap * unit, drift: isOverDrift ? settings.tapDrift * unit : 0) - manyShapes
            case .bypass(let meter):
                let unit = 1 / columns.gain(meter)
                return candidate.evidence(
                    expecting: settings.usualBypass * unit, drift: isOverDrift ? settings.bypassDrift * unit : 0)
                    - manyMeters
            }
        }
        var taken: [(candidate: Candidate, gain: Double)] = []
        while found.count < most {
            // The ranking is by likelihood; what the model may miss decides what is worth a suspicion.
            let ranked = candidates.map { (candidate: $0, evidence: evidence($0, overDrift: false)) }
            let able = ranked.filter { item in
                item.evidence >= least && (!isSuspicion || evidence(item.candidate, overDrift: true) >= least)
            }
            guard let best = able.max(by: { $0.evidence < $1.evidence }) else { break }
            let next = ranked.filter { $0.evidence.isFinite && !Self.isSame($0.candidate.cause, best.candidate.cause) }
                .max { $0.evidence < $1.evidence }
            found.append(
                Finding(
                    cause: best.candidate.cause, days: onsets[best.candidate.onset].days,
                    coefficient: best.candidate.product / best.candidate.square,
                    error: 1 / best.candidate.square.squareRoot(), deviations: best.candidate.deviations,
                    evidence: best.evidence,
                    next: next.map { ($0.candidate.cause, best.evidence - $0.evidence) }))
            guard found.count < most else { break }
            // What was found takes its part of all others.
            let chosen = best.candidate
            let own = onsets[chosen.onset].sum.column(chosen.column, first: size)
            let explained = fit.factor.solveTransposed(fit.factor.solve(own))
            for index in candidates.indices {
                let candidate = candidates[index]
                let common = min(candidate.onset, chosen.onset)
                var share = onsets[common].sum[candidate.column, chosen.column]
                share -= onsets[candidate.onset].sum.column(candidate.column, first: size).dot(explained)
                for (earlier, item) in taken.enumerated() {
                    share -= candidate.shares[earlier] * chosen.shares[earlier] / item.gain
                }
                candidates[index].product -= share * chosen.product / chosen.square
                candidates[index].square -= share * share / chosen.square
                candidates[index].shares.append(share)
            }
            taken.append((chosen, chosen.square))
            candidates = candidates.filter { !Self.isSame($0.cause, chosen.cause) && $0.square > 1e-6 }
        }
    }

    private static func cause(_ column: Int, _ columns: BranchColumns) -> Cause? {
        if column < columns.meterCount { return .bypass(column) }
        let shape = column - columns.firstShape
        return BranchColumns.shapes.indices.contains(shape) ? .tap(BranchColumns.shapes[shape]) : nil
    }

    private static func isSame(_ a: Cause, _ b: Cause) -> Bool {
        switch (a, b) {
        case (.tap, .tap): true
        case (.bypass(let a), .bypass(let b)): a == b
        default: false
        }
    }
}
