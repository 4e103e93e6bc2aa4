import Records
import ValueProtocol

/// Seconds of a day of a meter's clock.
private let day: UInt32 = 86_400

extension Trial {
    func checkUsage() throws {
        let store = try opened()
        try checkMerged(in: store)
        try checkUsageLife(in: store)
        try keeps(store)
    }

    private func use(_ start: UInt32, _ quantity: UInt32, _ spent: UInt64 = 0) -> UsageRecord {
        UsageRecord(start: at(start), quantity: quantity, spent: micro(spent))
    }

    private func checkMerged(in store: any RecordStore) throws {
        let meter = meter(1)
        let first = 20_000 * day - 2 * 3_600
        // Hours over a day's border, with one left out.
        let hours = [0, 1, 2, 3, 5].map { use(first + $0 * 3_600, 100 + $0, UInt64($0)) }
        func record(_ records: [UsageRecord], _ series: UsageSeries = .hours, new: Int, _ what: String) throws {
            let count = try store.record(records, series, of: meter, at: at(1_000))
            try equal(count, new, "the number of new records: \(what)")
        }
        try record([hours[3], hours[0], hours[4]], new: 3, "three hours that are not in order")
        try record(Array(hours[0...3]), new: 2, "four hours, of which two are known")
        try equal(try store.use(of: meter, .hours), hours, "hours, oldest first")
        let closed = use(first + 3_600, 250, 9)
        try record([closed], new: 0, "an hour that was still open")
        try record([], new: 0, "none")
        let updated = [hours[0], closed] + hours[2...]
        try record([use(first, 1), use(first + 3_600, 2)], .hoursGivenBack, new: 2, "another series")
        try record([use(first, 7)], .days, new: 1, "a series without a fixed length")
        for store in [store, try opened()] {
            try equal(try store.use(of: meter, .hours), updated, "hours after one was read anew")
            for (from, to) in [(0, 2), (1, 3), (2, 2), (3, 5), (4, 4), (3, 1)] as [(UInt32, UInt32)] {
                let (from, to) = (at(first + from * 3_600), at(first + to * 3_600))
                let expected = updated.filter { from <= $0.start && $0.start <= to }
                try equal(try store.use(of: meter, .hours, from: from, to: to), expected, "hours from \(from) to \(to)")
            }
            let inside = try store.use(of: meter, .hours, from: at(first + 1), to: at(first + 3_600))
            try equal(inside, [updated[1]], "hours from a second after the first to the second")
            try equal(
                try store.use(of: meter, .hoursGivenBack), [use(first, 1), use(first + 3_600, 2)], "another series")
            try equal(try store.use(of: self.meter(2), .hours), [], "hours of another meter")
        }
    }

    /// A random life of three meters, beside plain dictionaries.
    private func checkUsageLife(in store: any RecordStore) throws {
        var random = SeededNumbers(seed: seed)
        let series: [UsageSeries] = [.hours, .quarterHours, .quarterHoursGivenBack, .months]
        var model: [PartyID: [UsageSeries: [Timestamp: UsageRecord]]] = [:]
        let again = try opened()
        let first = 15_000 * day
        for round in 0..<120 {
            let (meter, kind) = (meter(10 + UInt32(random.below(3))), series[random.below(series.count)])
            let step = kind.interval ?? 700_001
            var start = first + UInt32(random.below(300)) * step
            let records = (0..<random.below(130)).map { _ in
                defer { start += random.isOneIn(9) ? 3 * step : step }
                let spent = random.isOneIn(20) ? UInt64.max : UInt64(random.below(1_000_000))
                return use(start, random.isOneIn(20) ? .max : UInt32(random.below(5_000)), spent)
            }
            let known = model[meter]?[kind] ?? [:]
            let new = Set(records.map(\.start)).subtracting(known.keys).count
            let writer = round.isMultiple(of: 2) ? store : again
            let count = try writer.record(records, kind, of: meter, at: at(UInt32(round)))
            try equal(count, new, "the number of new records, round \(round)")
            model[meter, default: [:]][kind] = known.merging(records.map { ($0.start, $0) }) { $1 }
        }
        for (meter, kinds) in model {
            for (kind, expected) in kinds {
                let sorted = expected.values.sorted { $0.start < $1.start }
                try equal(
                    try store.use(of: meter, kind), sorted, "series \(kind.rawValue) of \(meter) after a random life")
            }
        }
        for kind in series {
            for number in 14_999...15_012 as ClosedRange<UInt32> {
                var found: [PartyID: [UsageRecord]] = [:]
                var calls = 0
                try store.forEachMeter(with: kind, onDay: number) { meter, records in
                    found[meter] = records
                    calls += 1
                }
                let expected = model.compactMapValues { kinds in
                    let records = (kinds[kind] ?? [:]).values.filter { $0.start.rawValue / day == number }
                    return records.isEmpty ? nil : records.sorted { $0.start < $1.start }
                }
                try equal(found, expected, "series \(kind.rawValue) of every meter on day \(number)")
                try equal(calls, expected.count, "the calls for series \(kind.rawValue) on day \(number)")
            }
        }
    }
}
