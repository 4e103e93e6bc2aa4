internal import ValueElement
internal import ValueProtocol

/// What a meter has charged by local dates and months: standing charges, and the use of months that are over, which go
/// on if the clock is set back to them (protocol §10). It changes once per date.
struct ChargeBook: Equatable {
    var standing = StandingCharges()
    /// In units of the meter's prices.
    var months = MonthlyUse()

    private static let version: UInt8 = 1

    init() {}

    /// Goes to another local month: its use begins at 0, or goes on where the clock was set back to it.
    ///
    /// - Parameters:
    ///   - month: the one that begins, counted from January of year 0.
    ///   - before: the one that ends; 0 for none.
    ///   - quantity: used in it.
    /// - Returns: what was used in the month that begins.
    mutating func begin(month: Int, after before: Int, quantity: UInt64) -> UInt64 {
        if before != 0 { months[before] = quantity }
        return months[month]
    }

    /// `version ‖ is the day known u8 ‖ day i64 ‖ 2 × (count u8 ‖ count × (first i64 ‖ last i64)) ‖ count u8 ‖ count × (month i64
    /// ‖ quantity u64)`
    func change(_ name: RecordName) -> RecordChange {
        var bytes: [UInt8] = [ChargeBook.version]
        bytes.append(standing.day == nil ? 0 : 1)
        bytes.append(number: standing.day ?? 0)
        for ranges in [standing.days, standing.months] {
            bytes.append(UInt8(ranges.count))
            for range in ranges {
                bytes.append(number: range.lowerBound)
                bytes.append(number: range.upperBound)
            }
        }
        bytes.append(UInt8(months.months.count))
        for month in months.months {
            bytes.append(number: month.number)
            bytes.append(bigEndian: month.quantity)
        }
        return RecordChange(name, bytes)
    }

    /// Nil if the record is damaged; a meter of an earlier version has none.
    init?(_ bytes: [UInt8]?) {
        guard let bytes, !bytes.isEmpty else { return }
        var reader = ByteReader(bytes.span)
        guard reader.readByte() == ChargeBook.version else { return nil }
        let isDayKnown = reader.readByte() == 1
        let day = reader.readNumber()
        var ranges: [[ClosedRange<Int>]] = [[], []]
        for index in ranges.indices {
            for _ in 0..<reader.readByte() {
                let (first, last) = (reader.readNumber(), reader.readNumber())
                guard first <= last else { return nil }
                ranges[index].append(first...last)
            }
        }
        standing = StandingCharges(day: isDayKnown ? day : nil, days: ranges[0], months: ranges[1])
        var kept: [MonthlyUse.Month] = []
        for _ in 0..<reader.readByte() {
            kept.append(MonthlyUse.Month(number: reader.readNumber(), quantity: reader.read()))
        }
        months = MonthlyUse(months: kept)
        guard reader.isFinished else { return nil }
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int) { append(bigEndian: UInt64(bitPattern: Int64(number))) }
}

extension ByteReader {
    fileprivate mutating func readNumber() -> Int { Int(Int64(bitPattern: read())) }
}
