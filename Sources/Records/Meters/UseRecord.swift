public import ValueProtocol

/// What a meter measured in one hour, day, week or month, as the meter itself proved it.
public struct UseRecord: Sendable, Hashable {
    /// By the meter's clock.
    public let start: Timestamp
    /// Wh of an electric or heat meter, else litres.
    public let quantity: UInt32
    /// What it cost.
    public let spent: Amount

    public init(start: Timestamp, quantity: UInt32, spent: Amount) {
        self.start = start
        self.quantity = quantity
        self.spent = spent
    }

    package static let count = 16

    /// The records one after the other in an answer (protocol §6); nil where they are not whole.
    package static func records(_ bytes: [UInt8]) -> [UseRecord]? {
        guard bytes.count % count == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: count).map { place in
            func number(_ range: Range<Int>) -> UInt64 {
                bytes[(place + range.lowerBound)..<(place + range.upperBound)].reduce(0) { $0 << 8 | UInt64($1) }
            }
            return UseRecord(
                start: Timestamp(rawValue: UInt32(number(0..<4))), quantity: UInt32(number(4..<8)),
                spent: Amount(rawValue: number(8..<16)))
        }
    }
}
