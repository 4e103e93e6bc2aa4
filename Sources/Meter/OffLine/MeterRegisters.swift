internal import ValueElement
internal import ValueProtocol

/// The counters of an off-line meter, stored in one record with its element, so that both change in one write.
struct MeterRegisters: Equatable {
    /// Litres of gas or water, or Wh of heat, delivered since manufacture.
    var counter: UInt64 = 0
    /// Micro-units spent on it.
    var spent = Amount.zero
    /// Delivered quantity of less than a whole micro-unit: in 1/1,000 of one.
    var remainder: UInt64 = 0
    /// Micro-units per m³ or kWh until a tariff table is loaded.
    var price: Amount
    /// Minutes by which local time is ahead of UTC.
    var localOffset: Int16 = 0
    /// Seconds by which the meter's clock is ahead of its crystal's count.
    var clockOffset: Int64 = 0
    /// The display warns below it.
    var lowCredit = Amount.zero
    /// The local month, counted from January of year 0, and the quantity delivered in it so far; 0 before the first.
    var month = 0
    var monthQuantity: UInt64 = 0
    /// Whether the valve was open when that was decided last.
    var isOn = false
    var hasAskedForEmergency = false
    /// Lent since emergency credit was asked for.
    var emergencyUsed = Amount.zero

    static let record = RecordName(0x0201)
    private static let version: UInt8 = 2

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
        bytes.append(bigEndian: UInt32(clamping: month))
        bytes.append(bigEndian: monthQuantity)
        bytes.append((isOn ? 1 : 0) | (hasAskedForEmergency ? 2 : 0))
        bytes.append(bigEndian: emergencyUsed.rawValue)
        return RecordChange(MeterRegisters.record, bytes)
    }

    /// Nil if the record is missing or damaged.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        var reader = ByteReader(bytes.span)
        // Version 1 had one rate, and told the remainder in parts a hundred times smaller.
        let version = reader.readByte()
        guard (1...MeterRegisters.version).contains(version) else { return nil }
        counter = reader.read()
        spent = Amount(rawValue: reader.read())
        remainder = reader.read()
        price = Amount(rawValue: reader.read())
        localOffset = Int16(bitPattern: reader.read())
        clockOffset = Int64(bitPattern: reader.read())
        lowCredit = Amount(rawValue: reader.read())
        if version >= 2 {
            month = Int(reader.read(UInt32.self))
            monthQuantity = reader.read()
            let flags = reader.readByte()
            isOn = flags & 1 != 0
            hasAskedForEmergency = flags & 2 != 0
            emergencyUsed = Amount(rawValue: reader.read())
        } else {
            remainder /= 100
        }
        guard reader.isFinished else { return nil }
    }
}
