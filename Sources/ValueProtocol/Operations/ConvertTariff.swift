/// Gives a meter a tariff table: `HTXN u64 ‖ time u32 ‖ effective time u32 ‖ table`.
public struct ConvertTariff: ElementOperation {
    public static let code = OperationCode.convertTariff
    public let htxn: HostTransaction
    public let time: Timestamp
    public let effective: Timestamp
    public let table: TariffTable

    public init(htxn: HostTransaction, time: Timestamp, effective: Timestamp, table: TariffTable) {
        self.htxn = htxn
        self.time = time
        self.effective = effective
        self.table = table
    }

    public var request: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: htxn.rawValue)
        bytes.append(bigEndian: time.rawValue)
        bytes.append(bigEndian: effective.rawValue)
        bytes.append(contentsOf: table.bytes)
        return bytes
    }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        var reader = ByteReader(c3.span)
        htxn = HostTransaction(rawValue: reader.read())
        time = Timestamp(rawValue: reader.read())
        effective = Timestamp(rawValue: reader.read())
        guard htxn != .none, let table = TariffTable(from: &reader), reader.isFinished else { return nil }
        self.table = table
    }

    /// `table's id u16 ‖ HTXN u64`
    public struct Answer: Sendable, Hashable {
        public let table: UInt16
        public let htxn: HostTransaction
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Answer? {
        Answer(table: reader.read(), htxn: HostTransaction(rawValue: reader.read()))
    }
}

extension ConvertTariff: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        let table = TariffTable(
            id: UInt16(values.number(below: 256, default: 3)), price: values.amount(default: 77),
            currency: values.currency())
        guard let table else { return nil }
        self.init(
            htxn: values.transaction(), time: values.time(default: 9), effective: values.time(default: 500),
            table: table)
    }
}
