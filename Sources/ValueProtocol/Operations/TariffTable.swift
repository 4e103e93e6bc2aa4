/// Prices by weekday and minute (protocol §5).
///
/// `id u16 ‖ price u64 ‖ currency u16 ‖ count u8 ‖ count × (days u8 ‖ minute u16 ‖ percent u16)`
public struct TariffTable: Sendable, Hashable {
    public let id: UInt16
    /// Micro-units per kWh, or per m³ for gas and water.
    public let price: Amount
    public let currency: Currency
    /// At most 40; none means a flat 100 %.
    public let entries: [Entry]

    /// From `minute` of each of `days` on, the rate is `percent` of the price.
    public struct Entry: Sendable, Hashable {
        /// One bit per weekday, Monday lowest: 1 to 127.
        public let days: UInt8
        /// Of the day, 0 to 1439.
        public let minute: UInt16
        /// 0 to 1000.
        public let percent: UInt16

        /// Nil if a value is out of range.
        public init?(days: UInt8, minute: UInt16, percent: UInt16) {
            guard (1...127).contains(days), minute < 1440, percent <= 1000 else { return nil }
            self.days = days
            self.minute = minute
            self.percent = percent
        }
    }

    public static let maxEntryCount = 40

    /// Nil for more than 40 entries.
    public init?(id: UInt16, price: Amount, currency: Currency, entries: [Entry] = []) {
        guard entries.count <= TariffTable.maxEntryCount else { return nil }
        self.id = id
        self.price = price
        self.currency = currency
        self.entries = entries
    }

    /// Nil if the bytes are not exactly one table.
    public init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        self.init(from: &reader)
        guard reader.isFinished else { return nil }
    }

    @_lifetime(reader: copy reader)
    init?(from reader: inout ByteReader) {
        id = reader.read()
        price = Amount(rawValue: reader.read())
        currency = Currency(rawValue: reader.read())
        let count = Int(reader.readByte())
        guard reader.isGood, count <= TariffTable.maxEntryCount else { return nil }
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            guard let entry = Entry(days: reader.readByte(), minute: reader.read(), percent: reader.read()) else {
                return nil
            }
            entries.append(entry)
        }
        self.entries = entries
    }

    /// The encoded form.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(13 + 5 * entries.count)
        bytes.append(bigEndian: id)
        bytes.append(bigEndian: price.rawValue)
        bytes.append(bigEndian: currency.rawValue)
        bytes.append(UInt8(entries.count))
        for entry in entries {
            bytes.append(entry.days)
            bytes.append(bigEndian: entry.minute)
            bytes.append(bigEndian: entry.percent)
        }
        return bytes
    }
}
