/// The use of each calendar month of local time, by which blocks are told (protocol §10).
///
/// A month that returns, as when the clock is set back, goes on where it was.
public struct MonthlyUse: Sendable, Hashable {
    /// The months kept, ascending.
    public private(set) var months: [Month]

    /// A month's use.
    public struct Month: Sendable, Hashable {
        /// Counted from January of year 0, as in ``RatePeriod/monthNumber``.
        public let number: Int
        /// Of all sources, in the unit in which it was added.
        public var quantity: UInt64

        /// - Parameters:
        ///   - number: counted from January of year 0.
        ///   - quantity: of all sources.
        public init(number: Int, quantity: UInt64) {
            self.number = number
            self.quantity = quantity
        }
    }

    /// How many months are kept; the earliest makes way.
    public static let maxMonthCount = 24

    /// - Parameter months: as kept before; of two with one number the last counts.
    public init(months: [Month] = []) {
        self.months = []
        for month in months { self[month.number] = month.quantity }
    }

    /// The use of a month so far; 0 for one that is not kept.
    public subscript(number: Int) -> UInt64 {
        get { months.first { $0.number == number }?.quantity ?? 0 }
        set {
            if let index = months.firstIndex(where: { $0.number >= number }) {
                if months[index].number == number {
                    months[index].quantity = newValue
                } else {
                    months.insert(Month(number: number, quantity: newValue), at: index)
                }
            } else {
                months.append(Month(number: number, quantity: newValue))
            }
            // The month just written stays, even if it is the earliest.
            if months.count > MonthlyUse.maxMonthCount { months.remove(at: months[0].number == number ? 1 : 0) }
        }
    }

    /// Adds use to a month; it stays at the most that 64 bits hold.
    ///
    /// - Parameters:
    ///   - quantity: of any source.
    ///   - number: of the month, counted from January of year 0.
    public mutating func add(_ quantity: UInt64, toMonth number: Int) {
        guard quantity > 0 else { return }
        let (sum, overflow) = self[number].addingReportingOverflow(quantity)
        self[number] = overflow ? .max : sum
    }
}
