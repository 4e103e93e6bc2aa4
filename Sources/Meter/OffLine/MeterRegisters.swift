internal import ValueElement
internal import ValueProtocol

/// The counters of an off-line meter, stored in one record with its element, so that both change in one write.
struct MeterRegisters: Equatable {
    /// Litres of gas or water, or Wh of heat, delivered since manufacture.
    var counter: UInt64 = 0
    /// Micro-units spent on it.
    var spent = Amount.zero
    /// Delivered quantity of less than a whole micro-unit: in 1/100,000 of one.
    var remainder: UInt64 = 0
    /// Micro-units per m³ or kWh until a tariff table is loaded.
    var price: Amount
    /// Minutes by which local time is ahead of UTC.
    var localOffset: Int16 = 0
    /// Seconds by which the meter's clock is ahead of its crystal's count.
    var clockOffset: Int64 = 0
    /// The display warns below it.
    var lowCredit = Amount.zero

    static let record = RecordName(0x0201)
    private static let version: UInt8 = 1

    init(price: Amount, localOffset: Int16, lowCredit: Amount) {
        self.price = price
        self.localOffset = localOffset
        self.lowCredit = lowCredit
    }

    var change: RecordChange {
        var bytes: [UInt8] = [MeterRegisters.version]
        bytes.append(bigEndian: counter)
        bytes.append(bigEndian: spent.rawValue)
        bytes.append(bigEndian: remainder)
        bytes.append(bigEndian: price.rawValue)
        bytes.append(bigEndian: UInt16(bitPattern: localOffset))
        bytes.append(bigEndian: UInt64(bitPattern: clockOffset))
        bytes.append(bigEndian: lowCredit.rawValue)
        return RecordChange(MeterRegisters.record, bytes)
    }

    /// Nil if the record is missing or damaged.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        var reader = ByteReader(bytes.span)
        guard reader.readByte() == MeterRegisters.version else { return nil }
        counter = reader.read()
        spent = Amount(rawValue: reader.read())
        remainder = reader.read()
        price = Amount(rawValue: reader.read())
        localOffset = Int16(bitPattern: reader.read())
        clockOffset = Int64(bitPattern: reader.read())
        lowCredit = Amount(rawValue: reader.read())
        guard reader.isFinished else { return nil }
    }
}
