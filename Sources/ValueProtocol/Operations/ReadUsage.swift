/// Reads usage records: `time u32 ‖ series u8 ‖ from u32 ‖ to u32 ‖ cursor u16`.
public struct ReadUsage: ElementOperation {
    public static let code = OperationCode.readUsage
    public let time: Timestamp
    public let series: UsageSeries
    /// Inclusive.
    public let from: Timestamp
    /// Inclusive.
    public let to: Timestamp
    /// 0 in the first request, then the value that the element returned.
    public let cursor: UInt16

    /// The cursor that means no more records.
    public static let end: UInt16 = 0xFFFF
    /// Max. bytes of records in an answer: C4 ‖ S4 has at most 255.
    public static let maxRecordBytes = 255 - 16 - 16

    public init(time: Timestamp, series: UsageSeries, from: Timestamp, to: Timestamp, cursor: UInt16 = 0) {
        self.time = time
        self.series = series
        self.from = from
        self.to = to
        self.cursor = cursor
    }

    public var request: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: time.rawValue)
        bytes.append(series.rawValue)
        bytes.append(bigEndian: from.rawValue)
        bytes.append(bigEndian: to.rawValue)
        bytes.append(bigEndian: cursor)
        return bytes
    }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        var reader = ByteReader(c3.span)
        time = Timestamp(rawValue: reader.read())
        series = UsageSeries(rawValue: reader.readByte())
        from = Timestamp(rawValue: reader.read())
        to = Timestamp(rawValue: reader.read())
        cursor = reader.read()
        guard reader.isFinished else { return nil }
    }

    /// `the element's clock u32 ‖ next cursor u16 ‖ record*`
    public struct Answer: Sendable, Hashable {
        public let clock: Timestamp
        public let next: UInt16
        /// The concatenated records, in the layout of their series.
        public let records: [UInt8]
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Answer? {
        Answer(
            clock: Timestamp(rawValue: reader.read()), next: reader.read(), records: reader.readBytes(reader.remaining))
    }
}

extension ReadUsage: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        let usual = values.eid.kind.isMeter ? UsageSeries.hours : .meterStatus
        self.init(
            time: values.time(default: 0),
            series: UsageSeries(rawValue: UInt8(values.number(below: 8, default: Int(usual.rawValue)))),
            from: values.time(default: 0), to: Timestamp(rawValue: .max),
            cursor: UInt16(values.number(below: 256, default: 0)))
    }
}
