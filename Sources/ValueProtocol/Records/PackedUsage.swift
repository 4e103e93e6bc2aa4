/// A page of usage records that follow one another without a gap (protocol §6, "Packed"):
/// `start u32 ‖ count u8 ‖ count × (quantity ‖ spent)`, both in LEB128.
///
/// A quarter hour of a household takes 4 bytes in place of 16. An element returns it, and a host stores it as it came.
public struct PackedUsage: Sendable, Hashable {
    /// Of the first record, by the meter's clock.
    public let start: Timestamp
    /// Seconds from the start of a record to that of the next.
    public let interval: UInt32
    public private(set) var count: Int
    /// The encoded page.
    public private(set) var bytes: [UInt8]

    public static let maxCount = 255

    /// A page with one record.
    ///
    /// - Parameters:
    ///   - first: the first record.
    ///   - interval: seconds from the start of a record to that of the next.
    public init(_ first: UsageRecord, interval: UInt32) {
        start = first.start
        self.interval = interval
        count = 1
        bytes = []
        bytes.append(bigEndian: start.rawValue)
        bytes.append(1)
        bytes += PackedUsage.fields(first)
    }

    /// Adds a record if it follows the last one and the page has room.
    ///
    /// - Parameters:
    ///   - record: the record.
    ///   - room: the bytes that the page may have.
    /// - Returns: whether it was added.
    public mutating func append(_ record: UsageRecord, room: Int) -> Bool {
        let fields = PackedUsage.fields(record)
        let next = UInt64(start.rawValue) + UInt64(count) * UInt64(interval)
        guard count < PackedUsage.maxCount, UInt64(record.start.rawValue) == next, bytes.count + fields.count <= room
        else { return false }
        bytes += fields
        count += 1
        bytes[4] = UInt8(count)
        return true
    }

    /// Parses a page that an element returned, or a host stored.
    ///
    /// - Parameters:
    ///   - bytes: a page with at least one record.
    ///   - interval: seconds from the start of a record to that of the next.
    /// - Returns: nil if it is malformed: no record, a number that is longer than needed or above its field, bytes that
    ///   are missing or left, or a start beyond 32 bits.
    public init?(_ bytes: [UInt8], interval: UInt32) {
        var reader = ByteReader(bytes.span)
        guard let records = PackedUsage.parse(&reader, interval), reader.isFinished else { return nil }
        start = records[0].start
        self.interval = interval
        count = records.count
        self.bytes = bytes
    }

    /// The records of the page.
    public var records: [UsageRecord] { PackedUsage.records(ofPages: bytes, interval: interval) ?? [] }

    /// The records of pages that follow one another.
    ///
    /// - Parameters:
    ///   - bytes: the pages.
    ///   - interval: seconds from the start of a record to that of the next in its page.
    /// - Returns: nil if one of them is malformed.
    public static func records(ofPages bytes: [UInt8], interval: UInt32) -> [UsageRecord]? {
        var reader = ByteReader(bytes.span)
        var records: [UsageRecord] = []
        while reader.remaining > 0 {
            guard let page = parse(&reader, interval) else { return nil }
            records += page
        }
        return records
    }

    private static func parse(_ reader: inout ByteReader, _ interval: UInt32) -> [UsageRecord]? {
        let start: UInt32 = reader.read()
        let count = reader.readByte()
        guard count > 0 else { return nil }
        var records: [UsageRecord] = []
        records.reserveCapacity(Int(count))
        for index in 0..<UInt64(count) {
            guard let begin = UInt32(exactly: UInt64(start) + index * UInt64(interval)),
                let quantity = reader.readLEB128(UInt32.self), let spent = reader.readLEB128(UInt64.self)
            else { return nil }
            records.append(
                UsageRecord(
                    start: Timestamp(rawValue: begin), quantity: quantity, spent: Amount(rawValue: spent)))
        }
        return reader.failed ? nil : records
    }

    private static func fields(_ record: UsageRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(leb128: record.quantity)
        bytes.append(leb128: record.spent.rawValue)
        return bytes
    }
}
