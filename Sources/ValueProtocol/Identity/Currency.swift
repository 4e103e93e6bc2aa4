/// A currency by its numeric code (ISO 4217).
public struct Currency: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Parses the three letters of a currency in ISO 4217's list, or the numeric code, 1 to 999; nil for anything else.
    public init?(_ text: String) {
        if let number = UInt16(text) {
            guard (1...999).contains(number) else { return nil }
            rawValue = number
        } else {
            guard let entry = Currency.entriesByLetters[text.uppercased()] else { return nil }
            rawValue = entry.number
        }
    }

    /// Decimals of an amount that can be paid, 0 to 4; 2 if the list has none.
    public var decimals: Int { Currency.entriesByNumber[rawValue]?.decimals ?? 2 }
}

extension Currency: CustomStringConvertible {
    /// Three letters if the list has them, otherwise three digits.
    public var description: String {
        if let entry = Currency.entriesByNumber[rawValue] { return entry.letters }
        let digits = String(rawValue)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
