internal import ValueProtocol

/// What use costs at one moment, in exact arithmetic: what is less than a micro-unit is carried on, never rounded away.
///
/// A litre or Wh costs price × percent ÷ 100,000 micro-units: price is of a thousand of them, and a hundred percent.
struct UseRate: Equatable {
    let price: Amount
    let percent: UInt16

    private static let divisor: UInt64 = 100_000

    /// The cost of `quantity`, and the remainder to carry on.
    ///
    /// - Parameter remainder: carried from before, below 100,000.
    func cost(of quantity: UInt64, after remainder: UInt64) -> (amount: Amount, remainder: UInt64) {
        let product = quantity.multipliedFullWidth(by: perUnit)
        let (low, carry) = product.low.addingReportingOverflow(remainder)
        let sum = (high: product.high + (carry ? 1 : 0), low: low)
        guard sum.high < UseRate.divisor else { return (.all, remainder) }
        let result = UseRate.divisor.dividingFullWidth(sum)
        return (Amount(rawValue: result.quotient), result.remainder)
    }

    /// The most that `balance` pays for.
    func affordable(_ balance: Amount, after remainder: UInt64) -> UInt64 {
        guard perUnit > 0 else { return .max }
        // The cost is at most `balance` as long as quantity × perUnit + remainder < (balance + 1) × 100,000.
        let room = balance.rawValue.multipliedFullWidth(by: UseRate.divisor)
        let (top, carry) = room.low.addingReportingOverflow(UseRate.divisor - 1 - remainder)
        let sum = (high: room.high + (carry ? 1 : 0), low: top)
        guard sum.high < perUnit else { return .max }
        return perUnit.dividingFullWidth(sum).quotient
    }

    private var perUnit: UInt64 {
        let (product, overflow) = price.rawValue.multipliedReportingOverflow(by: UInt64(percent))
        return overflow ? .max : product
    }
}
