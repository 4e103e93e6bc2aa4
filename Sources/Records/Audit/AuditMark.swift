internal import ValueProtocol

/// A position in the audit trail: its writer, its number and the first eight bytes of its hash.
///
/// Marks noted elsewhere, on receipts or on paper, show whether the trail before them was changed or truncated.
public struct AuditMark: Sendable, Hashable, CustomStringConvertible {
    /// Whose chain it is in: 0 of a store that one process writes at a time.
    public let writer: UInt32
    /// From 1.
    public let number: Int64
    /// Eight bytes.
    public let hash: UInt64

    public init(writer: UInt32 = 0, number: Int64, hash: UInt64) {
        self.writer = writer
        self.number = number
        self.hash = hash
    }

    /// `12-0123456789ABCDEF`; of a writer other than 0 `3/12-0123456789ABCDEF`.
    public var description: String { "\(writer == 0 ? "" : "\(writer)/")\(number)-\(hexadecimal(hash, 16))" }

    /// Parses the form of `description`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[halves.count - 1].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]), number > 0, parts[1].utf8.count == 16,
            parts[1].allSatisfy(\.isHexDigit), let hash = UInt64(parts[1], radix: 16)
        else { return nil }
        var writer: UInt32 = 0
        if halves.count == 2 {
            guard let given = UInt32(halves[0]), given > 0 else { return nil }
            writer = given
        }
        self.init(writer: writer, number: number, hash: hash)
    }
}
