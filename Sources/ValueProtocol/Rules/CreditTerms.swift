extension SupplyRules {
    /// Supply near and beyond the end of value (object `AC`).
    public struct CreditTerms: Sendable, Hashable {
        /// What may be used without value once somebody has asked for it.
        public var emergency: Amount
        /// The meter warns while it holds less.
        public var warningBelow: Amount
        /// When supply goes on without value.
        public var friendlyTimes: [FriendlyTime]
        /// Whether supply returns only when a person presses a key.
        public var returnsByKey: Bool
        /// Watts above which supply is cut until less is drawn for a minute; nil: no limit.
        public var limit: UInt32?

        /// - Parameters:
        ///   - emergency: what may be used without value on request.
        ///   - warningBelow: the meter warns while it holds less.
        ///   - friendlyTimes: when supply goes on without value, as debt.
        ///   - returnsByKey: whether supply returns only when a person presses a key.
        ///   - limit: watts above which supply is cut.
        public init(
            emergency: Amount, warningBelow: Amount, friendlyTimes: [FriendlyTime] = [], returnsByKey: Bool = false,
            limit: UInt32? = nil
        ) {
            self.emergency = emergency
            self.warningBelow = warningBelow
            self.friendlyTimes = friendlyTimes
            self.returnsByKey = returnsByKey
            self.limit = limit
        }
    }

    /// A time at which supply goes on without value, as debt: from one minute of some days until another.
    public struct FriendlyTime: Sendable, Hashable {
        /// One bit per weekday, Monday lowest; bit 7 is holidays, which then are no weekday. At least one.
        public var days: UInt8
        /// Of the local day on which it begins, 0 to 1439.
        public var from: UInt16
        /// The first minute after it, 0 to 1440; where it is not above `from`, on the next day.
        public var to: UInt16

        /// The bit of holidays in `days`.
        public static let holidays: UInt8 = 1 << 7

        /// - Parameters:
        ///   - days: one bit per weekday, Monday lowest, and bit 7 for holidays; at least one.
        ///   - from: the minute of the local day on which it begins, 0 to 1439.
        ///   - to: the first minute after it, 0 to 1440; where it is not above `from`, on the next day.
        public init(days: UInt8, from: UInt16, to: UInt16) {
            self.days = days
            self.from = from
            self.to = to
        }
    }
}
