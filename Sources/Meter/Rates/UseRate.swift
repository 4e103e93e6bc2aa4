internal import ValueProtocol

/// The cost of use at one moment, in exact arithmetic: fractions of a micro-unit are carried over, never rounded away.
///
/// A unit of use costs price × percent × percent by angle ÷ `divisor` micro-units.
struct UseRate: Equatable {
    let price: Amount
    let percent: UInt16
    /// For electricity: by the angle between voltage and current.
    let anglePercent: UInt16
    private let divisor: UInt64

    /// For litres or Wh, with the price per thousand: 1,000 × 100 percent.
    init(price: Amount, percent: UInt16) {
        self.init(price: price, percent: percent, anglePercent: 1, divisor: 100_000)
    }

    /// For microjoules, with the price per kWh: 3.6 × 10¹² × 100 × 100 percent.
    static func ofEnergy(price: Amount, percent: UInt16, anglePercent: UInt16 = 100) -> UseRate {
        UseRate(price: price, percent: percent, anglePercent: anglePercent, divisor: 36_000_000_000_000_000)
    }

    private init(price: Amount, percent: UInt16, anglePercent: UInt16, divisor: UInt64) {
        self.price = price
        self.percent = percent
        self.anglePercent = anglePercent
        self.divisor = divisor
    }

    /// The cost of `quantity`, and the remainder to carry over.
    ///
    /// - Parameter remainder: the previous remainder, below the divisor.
    func cost(of quantity: UInt64, after remainder: UInt64) -> (amount: Amount, remainder: UInt64) {
        let product = quantity.multipliedFullWidth(by: perUnit)
        let (low, carry) = product.low.addingReportingOverflow(remainder)
        let sum = (high: product.high + (carry ? 1 : 0), low: low)
        guard sum.high < divisor else { return (.all, remainder) }
        let result = divisor.dividingFullWidth(sum)
        return (Amount(rawValue: result.quotient), result.remainder)
    }

    /// The maximum quantity that `balance` pays for.
    func affordable(_ balance: Amount, after remainder: UInt64) -> UInt64 {
        guard perUnit > 0 else { return .max }
        // The cost is at most `balance` as long as quantity × perUnit + remainder < (balance + 1) × divisor.
        let capacity = balance.rawValue.multipliedFullWidth(by: divisor)
        let (top, carry) = capacity.low.addingReportingOverflow(divisor - 1 - remainder)
        let sum = (high: capacity.high + (carry ? 1 : 0), low: top)
        guard sum.high < perUnit else { return .max }
        return perUnit.dividingFullWidth(sum).quotient
    }

    /// Whether use costs nothing.
    var isFree: Bool { perUnit == 0 }

    private var perUnit: UInt64 {
        let (product, overflow) = price.rawValue.multipliedReportingOverflow(by: UInt64(percent) * UInt64(anglePercent))
        return overflow ? .max : product
    }
}
