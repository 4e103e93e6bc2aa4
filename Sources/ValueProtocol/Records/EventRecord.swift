/// An event of a meter: `time u32 ‖ code u16 ‖ value u32` (protocol §6), as the meter keeps it, as READ USAGE gives it and
/// as a host keeps it.
public struct EventRecord: Sendable, Hashable {
    /// By the meter's clock.
    public let time: Timestamp
    /// What happened, as a number: a meter newer than this program may have events that have no ``EventCode`` here.
    public let codeNumber: UInt16
    /// What the code says it is; 0 where it says nothing.
    public let value: UInt32

    /// Bytes of a record.
    public static let byteCount = 10

    /// - Parameters:
    ///   - time: of the meter's clock.
    ///   - code: what happened.
    ///   - value: what goes with it.
    public init(time: Timestamp, code: EventCode, value: UInt32 = 0) {
        self.init(time: time, codeNumber: code.rawValue, value: value)
    }

    /// - Parameters:
    ///   - time: of the meter's clock.
    ///   - codeNumber: what happened, also where no code is known for it.
    ///   - value: what goes with it.
    public init(time: Timestamp, codeNumber: UInt16, value: UInt32) {
        self.time = time
        self.codeNumber = codeNumber
        self.value = value
    }

    /// What happened; nil where the number is not known here.
    public var code: EventCode? { EventCode(rawValue: codeNumber) }

    /// Whether somebody was at the meter: 05xx, also where the code itself is not known.
    public var isTamper: Bool { codeNumber >> 8 == 5 }

    /// What happened in words; the number where it is not known here.
    public var name: String { code.map { "\($0)" } ?? "event " + hexadecimal(UInt64(codeNumber), 4) }

    /// The record as it is sent and kept.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(EventRecord.byteCount)
        bytes.append(bigEndian: time.rawValue)
        bytes.append(bigEndian: codeNumber)
        bytes.append(bigEndian: value)
        return bytes
    }

    /// Nil where the bytes are not one event.
    public init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        self.init(from: &reader)
        guard reader.isFinished else { return nil }
    }

    @_lifetime(reader: copy reader)
    private init(from reader: inout ByteReader) {
        self.init(time: Timestamp(rawValue: reader.read()), codeNumber: reader.read(), value: reader.read())
    }

    /// Takes the records of a READ USAGE answer.
    ///
    /// - Returns: nil where they are not whole.
    public static func records(_ bytes: [UInt8]) -> [EventRecord]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        var reader = ByteReader(bytes.span)
        var records: [EventRecord] = []
        records.reserveCapacity(bytes.count / byteCount)
        while reader.remaining > 0 { records.append(EventRecord(from: &reader)) }
        return records
    }
}
