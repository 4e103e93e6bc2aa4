/// An amount of value in micro-units, 10⁻⁶ of its currency (protocol §1).
///
/// Arithmetic is checked: `adding` and `subtracting` give nil if the exact result is not a valid amount.
public struct Amount: RawRepresentable, Sendable, Hashable, Comparable {
    /// Micro-units.
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Whole units of the currency; nil on overflow.
    public init?(units: UInt64) {
        let (product, overflow) = units.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return nil }
        rawValue = product
    }

    public static let zero = Amount(rawValue: 0)
    /// In a DEBIT: the whole balance.
    public static let all = Amount(rawValue: .max)

    public func adding(_ other: Amount) -> Amount? {
        let (sum, overflow) = rawValue.addingReportingOverflow(other.rawValue)
        return overflow ? nil : Amount(rawValue: sum)
    }

    public func subtracting(_ other: Amount) -> Amount? {
        rawValue < other.rawValue ? nil : Amount(rawValue: rawValue - other.rawValue)
    }

    /// The sum; a life total that has reached the most that 64 bits hold stays there.
    package func addingUpToMost(_ other: Amount) -> Amount { adding(other) ?? .all }

    public static func < (a: Amount, b: Amount) -> Bool { a.rawValue < b.rawValue }
}

extension Amount: CustomStringConvertible {
    /// Units with all decimals up to the last non-zero one, at least two: `12.00`, `0.345678`.
    public var description: String { text(decimals: 2) }

    /// Units as the currency has them, with more decimals only if they are not zero: `12.00` EUR, `12` KRW, `12.000` BHD.
    public func text(in currency: Currency) -> String { text(decimals: currency.decimals) }

    /// Units and currency: `12.00 EUR`, `12 KRW`.
    public func money(in currency: Currency) -> String { "\(text(in: currency)) \(currency)" }

    private func text(decimals: Int) -> String {
        var fraction = String(rawValue % 1_000_000)
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.count > decimals, fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? "\(rawValue / 1_000_000)" : "\(rawValue / 1_000_000).\(fraction)"
    }

    /// Parses units with at most six decimals, as in `50` or `12.345678`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let units = UInt64(parts[0]), let whole = Amount(units: units)
        else { return nil }
        guard parts.count == 2 else {
            self = whole
            return
        }
        guard parts[1].count <= 6,
            let fraction = UInt64(parts[1] + String(repeating: "0", count: 6 - parts[1].count)),
            let sum = whole.adding(Amount(rawValue: fraction))
        else { return nil }
        self = sum
    }
}
