import ISO7816

/// A status word pattern, some of whose digits may be free, and its text: `63Cx`, "wrong, {x} tries left".
struct StatusPattern: Sendable, Hashable, Decodable {
    let value: UInt16
    let mask: UInt16
    private let text: String
    private let hasNumber: Bool

    private enum Key: String, CodingKey { case match, text }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let digits = try container.decode(String.self, forKey: .match)
        text = try container.decode(String.self, forKey: .text)
        hasNumber = text.contains("{x}")
        var (value, mask): (UInt16, UInt16) = (0, 0)
        for digit in digits {
            let isFree = digit == "x"
            guard digits.count == 4, let number = isFree ? 0 : digit.hexDigitValue else {
                throw DecodingError.dataCorruptedError(
                    forKey: .match, in: container,
                    debugDescription: "\(digits) is not a status word such as 9000 or 63Cx")
            }
            value = value << 4 | UInt16(number)
            mask = mask << 4 | (isFree ? 0 : 0xF)
        }
        (self.value, self.mask) = (value, mask)
    }

    /// The text for `status`, or nil where the pattern does not match.
    func text(for status: StatusWord) -> String? {
        guard status.rawValue & mask == value else { return nil }
        guard hasNumber else { return text }
        let free = status.rawValue & ~mask
        // 6100 and 6C00 mean 256
        let number = mask == 0xFF00 && free == 0 ? 256 : Int(free)
        let parts = text.split(separator: "{x}", omittingEmptySubsequences: false)
        return parts.joined(separator: String(number))
    }
}
