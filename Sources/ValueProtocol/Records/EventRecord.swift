/// An event of a meter: `time u32 ‖ code u16 ‖ value u32` (protocol §6), as the meter stores it, READ USAGE returns it
/// and a host stores it.
public struct EventRecord: Sendable, Hashable {
    /// By the meter's clock.
    public let time: Timestamp
    /// What happened, as a number: a meter newer than this program may report events without an ``EventCode`` here.
    public let codeNumber: UInt16
    /// Its meaning depends on the code; 0 if it has none.
    public let value: UInt32

    /// Bytes per record.
    public static let byteCount = 10

    /// - Parameters:
    ///   - time: by the meter's clock.
    ///   - code: what happened.
    ///   - value: the event's value.
    public init(time: Timestamp, code: EventCode, value: UInt32 = 0) {
        self.init(time: time, codeNumber: code.rawValue, value: value)
    }

    /// - Parameters:
    ///   - time: by the meter's clock.
    ///   - codeNumber: what happened, including unknown codes.
    ///   - value: the event's value.
    public init(time: Timestamp, codeNumber: UInt16, value: UInt32) {
        self.time = time
        self.codeNumber = codeNumber
        self.value = value
    }

    /// What happened; nil if the number is unknown here.
    public var code: EventCode? { EventCode(rawValue: codeNumber) }

    /// Whether the meter was tampered with: 05xx, including unknown codes.
    public var isTamper: Bool { codeNumber >> 8 == 5 }

    /// What happened in words; the number if it is unknown here.
    public var name: String { code.map { "\($0)" } ?? "event " + hexadecimal(UInt64(codeNumber), 4) }

    /// The encoded record.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(EventRecord.byteCount)
        bytes.append(bigEndian: time.rawValue)
        bytes.append(bigEndian: codeNumber)
        bytes.append(bigEndian: value)
        return bytes
    }

    /// Nil if the bytes are not exactly one event.
    public init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        self.init(from: &reader)
        guard reader.isFinished else { return nil }
    }

    @_lifetime(reader: copy reader)
    private init(from reader: inout ByteReader) {
        self.init(time: Timestamp(rawValue: reader.read()), codeNumber: reader.read(), value: reader.read())
    }

    /// Parses the records of a READ USAGE answer.
    ///
    /// - Returns: nil if the last record is incomplete.
    public static func records(_ bytes: [UInt8]) -> [EventRecord]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        var reader = ByteReader(bytes.span)
        var records: [EventRecord] = []
        records.reserveCapacity(bytes.count / byteCount)
        while reader.remaining > 0 { records.append(EventRecord(from: &reader)) }
        return records
    }
}
