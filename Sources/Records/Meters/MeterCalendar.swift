internal import ValueProtocol

/// A meter's local time, as the host knows it: how far it is ahead of UTC, and its holidays.
public struct MeterCalendar: Sendable, Hashable {
    /// Minutes, −840 to 840.
    public let offset: Int16
    /// At most 65,535.
    public let holidays: Set<Holiday>

    /// A date, of one year or of every year.
    public struct Holiday: Sendable, Hashable, Comparable {
        /// Nil for every year.
        public let year: UInt16?
        public let month: UInt8
        public let day: UInt8

        public init(year: UInt16?, month: UInt8, day: UInt8) {
            self.year = year
            self.month = month
            self.day = day
        }

        public static func < (a: Holiday, b: Holiday) -> Bool {
            (a.year ?? 0, a.month, a.day) < (b.year ?? 0, b.month, b.day)
        }
    }

    public init(offset: Int16, holidays: Set<Holiday> = []) {
        self.offset = offset
        self.holidays = holidays
    }
}

extension MeterCalendar: CustomStringConvertible {
    /// For display; do not compare it.
    public var description: String {
        "local time is \(offset) minutes ahead of UTC, \(holidays.count) holidays"
    }
}

extension MeterCalendar {
    /// `offset i16 ‖ count u16 ‖ (month u8 ‖ day u8 ‖ year u16, 0 for every year)*`, ascending.
    func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: UInt16(bitPattern: offset))
        bytes.append(bigEndian: UInt16(holidays.count))
        for holiday in holidays.sorted() {
            bytes.append(holiday.month)
            bytes.append(holiday.day)
            bytes.append(bigEndian: holiday.year ?? 0)
        }
    }

    /// Parses what `append` makes; nil for anything else.
    @_lifetime(reader: copy reader)
    init?(from reader: inout ByteReader) {
        offset = Int16(bitPattern: reader.read())
        var holidays: [Holiday] = []
        for _ in 0..<reader.read(UInt16.self) {
            let (month, day, year) = (reader.readByte(), reader.readByte(), reader.read(UInt16.self))
            let holiday = Holiday(year: year == 0 ? nil : year, month: month, day: day)
            guard reader.isGood, holidays.last.map({ $0 < holiday }) ?? true else { return nil }
            holidays.append(holiday)
        }
        self.holidays = Set(holidays)
    }
}
