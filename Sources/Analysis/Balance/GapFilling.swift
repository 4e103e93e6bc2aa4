/// Gaps that were filled within a day: how far off each may be.
struct FilledGap: Sendable {
    /// Intervals of one day, in order.
    var indices: [Int]
    /// Wh², of each for itself.
    var variances: [Double]
    /// Whether their sum is known, from the meter's record of the day.
    var isSumKnown: Bool
}

/// What a meter probably used where its record is missing.
///
/// A missing interval is estimated from those beside it and from the same time of earlier days; then the gaps of a day are
/// corrected by what the day's record leaves for them, in proportion to their variances.
struct GapFilling {
    private(set) var values: [Double]
    private(set) var gaps: [FilledGap] = []
    private let perDay: Int
    private let known: [Double]

    /// - Parameters:
    ///   - values: Wh per interval from the start of a day; NaN is a gap.
    ///   - perDay: intervals per day.
    ///   - window: intervals while the meter was installed; there is no gap outside.
    ///   - dayTotals: by day, Wh; nil where there is no record of it.
    ///   - shape: what is usual at each interval up to a factor, such as the sun's share for photovoltaic systems; NaN
    ///     where unknown.
    init(_ values: [Double], perDay: Int, window: Range<Int>, dayTotals: [Double?], shape: [Double]? = nil) {
        self.values = values
        self.perDay = perDay
        known = values
        for index in values.indices where !window.contains(index) { self.values[index] = 0 }
        let missing = window.filter { values[$0].isNaN }
        guard !missing.isEmpty else { return }
        let scale = shape.map { shape in
            let pairs = window.filter { !values[$0].isNaN && !shape[$0].isNaN }
            let sum = pairs.reduce(0) { $0 + shape[$1] }
            return sum > 0 ? pairs.reduce(0) { $0 + values[$1] } / sum : 0
        }
        func estimate(_ index: Int) -> Double {
            if let shape, let scale, !shape[index].isNaN { return scale * shape[index] }
            return Self.usual(values, perDay, index, window)
        }
        // Errors grow with what is used: a variance per Wh, from every seventh interval that is known.
        var (errors, sums) = (0.0, 0.0)
        for index in stride(from: window.lowerBound, to: window.upperBound, by: 7) where !values[index].isNaN {
            let guess = estimate(index)
            errors += (values[index] - guess) * (values[index] - guess)
            sums += guess + 1
        }
        let perWattHour = sums > 0 ? errors / sums : 1
        var index = missing.startIndex
        while index < missing.endIndex {
            let day = missing[index] / perDay
            let end = missing[index...].firstIndex { $0 / perDay != day } ?? missing.endIndex
            fill(Array(missing[index..<end]), day, window, dayTotals[day], estimate, perWattHour)
            index = end
        }
    }

    private mutating func fill(
        _ indices: [Int], _ day: Int, _ window: Range<Int>, _ total: Double?, _ estimate: (Int) -> Double,
        _ perWattHour: Double
    ) {
        var guesses = indices.map(estimate)
        let variances = guesses.map { max(1, perWattHour * ($0 + 1)) }
        let isWhole = window.lowerBound <= day * perDay && window.upperBound >= (day + 1) * perDay
        if let total, isWhole {
            let read = (day * perDay..<(day + 1) * perDay).reduce(0.0) { $0 + (known[$1].isNaN ? 0 : known[$1]) }
            let rest = max(0, total - read)
            let (sum, spread) = (guesses.reduce(0, +), variances.reduce(0, +))
            for index in guesses.indices {
                guesses[index] = max(0, guesses[index] + variances[index] / spread * (rest - sum))
            }
            let made = guesses.reduce(0, +)
            if made > 0 { for index in guesses.indices { guesses[index] *= rest / made } }
        }
        for (index, guess) in zip(indices, guesses) { values[index] = guess }
        gaps.append(FilledGap(indices: indices, variances: variances, isSumKnown: total != nil && isWhole))
    }

    /// Half from the intervals beside it, half from the same time of up to fourteen days before, or after at the start.
    private static func usual(_ known: [Double], _ perDay: Int, _ index: Int, _ window: Range<Int>) -> Double {
        func mean(_ indices: some Sequence<Int>) -> Double? {
            var (sum, count) = (0.0, 0.0)
            for index in indices where window.contains(index) && !known[index].isNaN {
                sum += known[index]
                count += 1
            }
            return count == 0 ? nil : sum / count
        }
        let earlier = mean((1...14).lazy.map { index - $0 * perDay })
        let sameTime = earlier ?? mean((1...14).lazy.map { index + $0 * perDay })
        let beside = mean([index - 1, index + 1])
        switch (sameTime, beside) {
        case (let a?, let b?): return (a + b) / 2
        case (let a?, nil): return a
        case (nil, let b?): return b
        case (nil, nil): return 0
        }
    }
}
