internal import ValueProtocol

/// The intervals of a branch's records: from the start of a day of its meters to the end of the last whole one.
struct UseGrid {
    /// The Unix time of the first interval.
    let start: Int
    let interval: BalanceInterval
    let days: Int

    var perDay: Int { interval.perDay }
    var count: Int { days * perDay }

    /// Nil where the records do not cover a day.
    init?(_ records: BranchRecords) {
        interval = records.interval
        let step = Int(interval.rawValue)
        // Days begin where the meters' days do: most of them in one time zone.
        var begins: [Int: Int] = [:]
        for meter in records.meters {
            if let day = meter.days.first { begins[Int(day.start.rawValue) % 86_400 / step * step, default: 0] += 1 }
        }
        let begin = begins.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
        let times = (records.total + records.totalGivenBack).map { Int($0.start.rawValue) }
        guard let first = times.min(), let last = times.max(), first >= begin else { return nil }
        start = (first - begin) / 86_400 * 86_400 + begin
        days = (last + step - start) / 86_400
        guard days > 0 else { return nil }
    }

    func index(_ time: Timestamp) -> Int {
        Int((Double(Int(time.rawValue) - start) / Double(interval.rawValue)).rounded(.down))
    }

    func time(_ index: Int) -> Timestamp {
        Timestamp(rawValue: UInt32(clamping: start + index * Int(interval.rawValue)))
    }

    /// Wh per interval; NaN where there is no record, or more than can be.
    ///
    /// A start that comes again, after a clock was set, adds to the one before.
    func values(_ records: [UsageRecord], upTo most: Double) -> (values: [Double], implausible: Int) {
        var values = [Double](repeating: .nan, count: count)
        var implausible: [Int] = []
        for record in records {
            let index = index(record.start)
            guard values.indices.contains(index) else { continue }
            values[index] = (values[index].isNaN ? 0 : values[index]) + Double(record.quantity)
            if Double(record.quantity) > most { implausible.append(index) }
        }
        for index in implausible { values[index] = .nan }
        return (values, implausible.count)
    }
}
