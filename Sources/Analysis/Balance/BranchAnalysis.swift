public import ValueProtocol

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The watch over a branch: its first weeks are learned from, then each day is taken in and searched for energy that went
/// missing since.
///
/// ```
/// guard var analysis = BranchAnalysis(records, settings) else { return }
/// while analysis.advance() { print(analysis.suspicions) }
/// ```
public struct BranchAnalysis: Sendable {
    public let records: BranchRecords
    public let settings: BranchSettings
    /// The days taken in: from the first day of the records on.
    public private(set) var days: Int

    var model: BranchModel
    private var sum: GramMatrix
    /// Of the last days, newest last.
    private var recent: [GramMatrix] = []
    /// Days before the end on which something may have begun.
    private static let onsets = [1, 2, 3, 4, 6, 8, 11, 14, 21]

    /// - Returns: nil where the records of the transformer do not last for the days to learn from.
    public init?(_ records: BranchRecords, _ settings: BranchSettings) {
        precondition(settings.learningDays >= 7, "a week has to be learned")
        guard let model = BranchModel(records, settings) else { return nil }
        self.records = records
        self.settings = settings
        self.model = model
        sum = model.learnedSum
        days = model.learningDays
    }

    /// The start of a day of the records, counted from 0.
    public func start(ofDay day: Int) -> Timestamp { model.table.grid.time(day * model.table.grid.perDay) }

    /// Takes in the next day.
    ///
    /// - Returns: false where there is none.
    public mutating func advance() -> Bool {
        guard days < model.table.grid.days else { return false }
        let day = model.day(days)
        sum += day
        recent.append(day)
        if let most = Self.onsets.last, recent.count > most { recent.removeFirst() }
        days += 1
        return true
    }

    /// What the days taken in make suspect, the strongest evidence first; at most three.
    ///
    /// An estimate counts from where it is more than honest branches drift.
    public var suspicions: [Suspicion] { search(3, settings.suspicionEvidence, isSuspicion: true) }

    /// What may be missing since one of the last days, the strongest evidence first, each with those before it taken into
    /// account: also what honest branches have, such as drifts.
    ///
    /// - Parameters:
    ///   - count: of suspicions at most.
    ///   - evidence: of the last one at least.
    public func ranking(atMost count: Int, evidence: Double) -> [Suspicion] {
        search(count, evidence, isSuspicion: false)
    }

    private func search(_ most: Int, _ least: Double, isSuspicion: Bool) -> [Suspicion] {
        BranchSearch(
            fit: BranchFit(sum, model.columns), onsets: suffixes, columns: model.columns, settings: settings,
            least: least, isSuspicion: isSuspicion, most: most
        ).found.map { suspicion($0) }
    }

    /// The sums over the last days, for each number of them.
    private var suffixes: [(days: Int, sum: GramMatrix)] {
        guard let last = recent.last else { return [] }
        var suffixes: [(days: Int, sum: GramMatrix)] = []
        var sum = GramMatrix(width: last.width)
        for (index, day) in recent.reversed().enumerated() {
            sum += day
            if Self.onsets.contains(index + 1) { suffixes.append((index + 1, sum)) }
        }
        return suffixes
    }
}

extension BranchAnalysis {
    private func suspicion(_ finding: BranchSearch.Finding) -> Suspicion {
        let grid = model.table.grid
        let from = (days - finding.days) * grid.perDay
        let range = from..<days * grid.perDay
        let taken = range.reduce(0) { $0 + (model.table.total[$1].isNaN ? 0 : abs(model.table.total[$1])) }
        let (amount, error) = (finding.coefficient, finding.error)
        switch finding.cause {
        case .tap(let shape):
            var row = 0.0
            for index in range { row += model.columns.value(of: shape, at: index) }
            let energy = amount * row
            let share = energy / max(1, taken)
            return make(
                finding, .tap, energy: energy, error: error * row, share: share,
                reasons: [.draws(TapTime(shape))] + falls(range)
                    + (share * 100 < settings.transformerClass.percent
                        ? [.withinTransformerClass(percent: settings.transformerClass.percent, share: share)] : []))
        case .bypass(let index):
            let meter = records.meters[index].meter
            let gain = model.columns.gain(index)
            let measured = range.reduce(0) { $0 + model.table.net[index][$1] }
            let ratio = amount * gain
            let share = ratio / (1 + ratio)
            // The share's slope is 1 / (1 + ratio)².
            let shareError = error * gain / ((1 + ratio) * (1 + ratio))
            let filled = model.table.filled(index, in: range)
            return make(
                finding, .bypass(meter), energy: ratio * measured, error: abs(error * gain * measured), share: share,
                reasons: [.follows(meter, share: share, error: shareError)] + fall(of: index, range, below: 0.9)
                    + (filled > 0 ? [.filled(meter, share: filled)] : []))
        }
    }

    private func make(
        _ finding: BranchSearch.Finding, _ kind: Suspicion.Kind, energy: Double, error: Double, share: Double,
        reasons: [SuspicionReason]
    ) -> Suspicion {
        let days = Double(finding.days)
        var all: [SuspicionReason] = [
            .unexplained(perDay: energy / 1000 / days, error: error / 1000 / days, days: finding.days)
        ]
        all += reasons
        if let next = finding.next { all.append(.nextBest(self.kind(next.cause), behind: next.behind)) }
        return Suspicion(
            kind: kind, since: start(ofDay: self.days - finding.days), energy: energy / 1000,
            energyError: error / 1000, share: share, deviations: finding.deviations, evidence: finding.evidence,
            reasons: all)
    }

    private func kind(_ cause: BranchSearch.Cause) -> Suspicion.Kind {
        switch cause {
        case .tap: .tap
        case .bypass(let index): .bypass(records.meters[index].meter)
        }
    }

    /// Meters that measure less than half of what they did: one that is bypassed as a whole looks like a tap.
    private func falls(_ range: Range<Int>) -> [SuspicionReason] {
        records.meters.indices.flatMap { fall(of: $0, range, below: 0.5) }
    }

    private func fall(of meter: Int, _ range: Range<Int>, below share: Double) -> [SuspicionReason] {
        let net = model.table.net[meter]
        let hours = model.table.grid.interval.hours
        let isRemoved = records.meters[meter].removed.map { $0 < model.table.grid.time(range.upperBound) } ?? false
        guard !isRemoved, range.lowerBound > 0 else { return [] }
        let before = net[0..<range.lowerBound].reduce(0, +) / Double(range.lowerBound) / hours
        let after = net[range].reduce(0, +) / Double(range.count) / hours
        guard before > 20, after < share * before else { return [] }
        return [.fell(records.meters[meter].meter, before: before, after: after)]
    }
}

extension TapTime {
    init(_ shape: TapShape) {
        self =
            switch shape {
            case .steady: .always
            case .night: .night
            case .day: .day
            }
    }
}
