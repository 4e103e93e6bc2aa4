extension SupplyRules {
    /// A source (object `A8`): what is measured by one channel of the meter, such as mains or a generator.
    public struct Source: Sendable, Hashable {
        public var channel: UInt8
        /// Micro-units per kWh or m³, at most ``SupplyRules/maxPrice``.
        public var price: Amount
        /// What is paid for energy given back, likewise. Nil: it is charged like energy used, and is an event.
        public var priceGivenBack: Amount?

        /// - Parameters:
        ///   - channel: of the meter, from 0; that no other source has.
        ///   - price: micro-units per kWh or m³, at most 10¹².
        ///   - priceGivenBack: what is paid for a kWh given back, at most 10¹²; nil if nothing is.
        public init(channel: UInt8, price: Amount, priceGivenBack: Amount? = nil) {
            self.channel = channel
            self.price = price
            self.priceGivenBack = priceGivenBack
        }
    }

    /// A block (object `A9`): what the month's use above a bound costs.
    public struct Block: Sendable, Hashable {
        /// Wh or litres of all sources in this calendar month of local time.
        public var above: UInt32
        /// Of the price, 0 to 1000.
        public var percent: UInt16

        /// - Parameters:
        ///   - above: Wh or litres in the month.
        ///   - percent: of the price for what exceeds them, 0 to 1000.
        public init(above: UInt32, percent: UInt16) {
            self.above = above
            self.percent = percent
        }
    }

    /// A standing charge (object `8A`), taken also without use or power.
    public struct StandingCharge: Sendable, Hashable {
        public var amount: Amount
        public var period: Period

        /// How often it is taken; the numbers are the protocol's.
        public enum Period: UInt8, Sendable, Hashable, CaseIterable {
            /// Once for each local date that begins.
            case day = 1
            /// Once for each local month that begins.
            case month = 2
        }

        /// - Parameters:
        ///   - amount: for each date or month.
        ///   - period: whether for dates or for months.
        public init(amount: Amount, period: Period) {
            self.amount = amount
            self.period = period
        }
    }
}
