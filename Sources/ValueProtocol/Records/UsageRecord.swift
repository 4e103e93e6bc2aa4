/// What a meter measured in one hour, day, week or month: `start u32 ‖ quantity u32 ‖ spent u64` (protocol §6), as the
/// meter stores it, READ USAGE returns it and a host stores it.
public struct UsageRecord: Sendable, Hashable {
    /// By the meter's clock.
    public let start: Timestamp
    /// Wh for an electric or heat meter, otherwise litres.
    public let quantity: UInt32
    /// What it cost.
    public let spent: Amount

    /// Bytes per record.
    public static let byteCount = 16

    /// - Parameters:
    ///   - start: start of the period, by the meter's clock.
    ///   - quantity: Wh, or litres.
    ///   - spent: what it cost.
    public init(start: Timestamp, quantity: UInt32, spent: Amount) {
        self.start = start
        self.quantity = quantity
        self.spent = spent
    }

    /// The encoded record.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(UsageRecord.byteCount)
        bytes.append(bigEndian: start.rawValue)
        bytes.append(bigEndian: quantity)
        bytes.append(bigEndian: spent.rawValue)
        return bytes
    }

    /// Nil if the bytes are not exactly one record.
    public init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        self.init(from: &reader)
        guard reader.isFinished else { return nil }
    }

    @_lifetime(reader: copy reader)
    package init(from reader: inout ByteReader) {
        self.init(
            start: Timestamp(rawValue: reader.read()), quantity: reader.read(), spent: Amount(rawValue: reader.read()))
    }

    /// Parses the records of a READ USAGE answer.
    ///
    /// - Returns: nil if the last record is incomplete.
    public static func records(_ bytes: [UInt8]) -> [UsageRecord]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        var reader = ByteReader(bytes.span)
        var records: [UsageRecord] = []
        records.reserveCapacity(bytes.count / byteCount)
        while reader.remaining > 0 { records.append(UsageRecord(from: &reader)) }
        return records
    }
}
