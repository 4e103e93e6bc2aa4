/// Local time and holidays of a supplier.
public struct SupplyCalendar: Sendable, Hashable {
    private let zone: SupplyRules.Zone
    /// Month and day.
    private let everyYear: Set<UInt16>
    private let once: Set<CivilDate>

    /// Of rules.
    public init(_ rules: SupplyRules) { self.init(zone: rules.zone, holidays: rules.holidays) }

    /// - Parameters:
    ///   - zone: nil for UTC.
    ///   - holidays: dates that do not exist are ignored.
    public init(zone: SupplyRules.Zone?, holidays: [SupplyRules.Holiday]) {
        self.zone = zone ?? .utc
        everyYear = Set(holidays.filter { $0.year == nil }.map { Self.key($0.month, $0.day) })
        once = Set(
            holidays.compactMap { holiday in
                holiday.year.flatMap { CivilDate(year: Int($0), month: Int(holiday.month), day: Int(holiday.day)) }
            })
    }

    /// Local time at a moment.
    public func localTime(at time: Timestamp) -> SupplyRules.LocalTime { stretch(at: time).localTime(at: time) }

    /// - Parameter dayNumber: local days since 1970-01-01.
    public func isHoliday(dayNumber: Int) -> Bool {
        guard !everyYear.isEmpty || !once.isEmpty else { return false }
        let date = CivilDate(dayNumber: dayNumber)
        return everyYear.contains(Self.key(UInt8(date.month), UInt8(date.day))) || once.contains(date)
    }

    func stretch(at time: Timestamp) -> LocalStretch { zone.stretch(at: time) }

    private static func key(_ month: UInt8, _ day: UInt8) -> UInt16 { UInt16(month) << 8 | UInt16(day) }
}
