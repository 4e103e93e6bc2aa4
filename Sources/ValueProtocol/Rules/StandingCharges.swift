/// Which local dates and months were charged a standing charge (protocol §10): once each, also without power.
///
/// A date or month that returns is not charged again, and dates passed over by setting the clock are not charged. The
/// meter keeps this with its account, in the same write:
///
///     let due = charges.advance(to: period.dayNumber, under: rules.standingCharge)    with each new period
///     charges.setClock(to: schedule.period(at: now).dayNumber)                        after the clock was set
public struct StandingCharges: Sendable, Hashable {
    /// The local date reached, in days since 1970-01-01; nil before the clock is known.
    public private(set) var day: Int?
    /// Charged by date: local days since 1970-01-01, in ascending ranges that do not touch.
    public private(set) var days: [ClosedRange<Int>]
    /// Charged by month: counted from January of year 0, likewise.
    public private(set) var months: [ClosedRange<Int>]

    /// How many ranges are kept of each; they multiply only where the clock is set on.
    public static let maxRangeCount = 16

    /// What has to be charged.
    public struct Due: Sendable, Hashable {
        /// Of dates, or of months.
        public let count: Int
        /// For all of them; the greatest there is where that is beyond 64 bits.
        public let amount: Amount

        static let nothing = Due(count: 0, amount: .zero)
    }

    /// - Parameters:
    ///   - day: the local date reached; nil if the clock was never known.
    ///   - days: charged by date, as kept before.
    ///   - months: charged by month, as kept before.
    public init(day: Int? = nil, days: [ClosedRange<Int>] = [], months: [ClosedRange<Int>] = []) {
        self.day = day
        self.days = []
        self.months = []
        for range in days { _ = self.days.insert(range) }
        for range in months { _ = self.months.insert(range) }
    }

    /// Goes on to a local date, and charges those that began meanwhile.
    ///
    /// The first call only says which date it is: that had begun before. Call it with what was in force then: where rules changed in between, once for each, up to their last moment. A
    /// date from before, as after a change of the time zone, only returns.
    ///
    /// - Parameters:
    ///   - newDay: the local date now, in days since 1970-01-01.
    ///   - charge: of the rules in force; nil charges nothing.
    public mutating func advance(to newDay: Int, under charge: SupplyRules.StandingCharge?) -> Due {
        guard let oldDay = day else {
            day = newDay
            return .nothing
        }
        day = newDay
        guard newDay > oldDay, let charge else { return .nothing }
        let count: Int
        switch charge.period {
        case .day: count = days.insert(oldDay + 1...newDay)
        case .month:
            let (old, new) = (CivilDate(dayNumber: oldDay).monthNumber, CivilDate(dayNumber: newDay).monthNumber)
            count = old < new ? months.insert(old + 1...new) : 0
        }
        let (product, overflow) = charge.amount.rawValue.multipliedReportingOverflow(by: UInt64(count))
        return Due(count: count, amount: overflow ? .all : Amount(rawValue: product))
    }

    /// Goes to a local date because the clock was set: no date begins, not even that one, which goes on from its middle.
    public mutating func setClock(to newDay: Int) { day = newDay }
}

extension [ClosedRange<Int>] {
    /// Adds a range.
    ///
    /// - Returns: how many numbers of it were in none before.
    fileprivate mutating func insert(_ range: ClosedRange<Int>) -> Int {
        var merged = range
        var known = 0
        var others: Self = []
        for other in self {
            if other.overlaps(range) { known += other.clamped(to: range).count }
            if other.lowerBound <= merged.upperBound + 1, merged.lowerBound <= other.upperBound + 1 {
                merged = Swift.min(merged.lowerBound, other.lowerBound)...Swift.max(merged.upperBound, other.upperBound)
            } else {
                others.append(other)
            }
        }
        others.append(merged)
        self = others.sorted { $0.lowerBound < $1.lowerBound }
        if count > StandingCharges.maxRangeCount { closeNarrowestGap() }
        return range.count - known
    }

    /// Takes the dates of one gap as charged, so that none is ever charged twice.
    private mutating func closeNarrowestGap() {
        guard let gap = indices.dropLast().min(by: { width(after: $0) < width(after: $1) }) else { return }
        self[gap] = self[gap].lowerBound...self[gap + 1].upperBound
        remove(at: gap + 1)
    }

    private func width(after index: Int) -> Int { self[index + 1].lowerBound - self[index].upperBound }
}
