/// A currency by its numeric code (ISO 4217).
public struct Currency: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    private static let letters: [UInt16: String] = [
        36: "AUD", 124: "CAD", 156: "CNY", 344: "HKD", 356: "INR", 360: "IDR", 392: "JPY", 404: "KES", 410: "KRW",
        458: "MYR", 554: "NZD", 566: "NGN", 578: "NOK", 586: "PKR", 608: "PHP", 646: "RWF", 702: "SGD", 704: "VND",
        710: "ZAR", 752: "SEK", 756: "CHF", 764: "THB", 800: "UGX", 826: "GBP", 834: "TZS", 840: "USD", 936: "GHS",
        949: "TRY", 967: "ZMW", 978: "EUR", 985: "PLN", 986: "BRL",
    ]

    /// Parses the three letters of a known currency or the numeric code, 1 to 999; nil for anything else.
    public init?(_ text: String) {
        if let number = UInt16(text) {
            guard (1...999).contains(number) else { return nil }
            rawValue = number
        } else {
            guard let entry = Currency.letters.first(where: { $0.value == text.uppercased() }) else { return nil }
            rawValue = entry.key
        }
    }
}

extension Currency: CustomStringConvertible {
    /// Three letters if known, otherwise three digits.
    public var description: String {
        if let letters = Currency.letters[rawValue] { return letters }
        let digits = String(rawValue)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
