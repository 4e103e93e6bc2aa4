internal import ValueProtocol

/// A position in the audit trail: its number and the first eight bytes of its hash.
///
/// Marks noted elsewhere, on receipts or on paper, show whether the trail before them was changed or truncated.
public struct AuditMark: Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    public let number: Int64
    /// Eight bytes.
    public let hash: UInt64

    public init(number: Int64, hash: UInt64) {
        self.number = number
        self.hash = hash
    }

    /// `12-0123456789ABCDEF`
    public var description: String { "\(number)-\(hexadecimal(hash, 16))" }

    /// Parses the form of `description`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]), number > 0, parts[1].utf8.count == 16,
            parts[1].allSatisfy(\.isHexDigit), let hash = UInt64(parts[1], radix: 16)
        else { return nil }
        self.init(number: number, hash: hash)
    }
}
