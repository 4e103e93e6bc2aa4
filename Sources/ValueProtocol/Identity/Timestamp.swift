/// Seconds since 1970-01-01 UTC (protocol §1).
public struct Timestamp: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The seconds.
    public var description: String { String(rawValue) }
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.rawValue < b.rawValue }
}

extension Timestamp {
    /// Date and time of day, for display: `2026-01-01T00:00:00Z` (ISO 8601).
    public var dateTime: String {
        let (days, seconds) = Int(rawValue).quotientAndRemainder(dividingBy: 86_400)
        return "\(CivilDate(dayNumber: days))T"
            + "\((seconds / 3600).twoDigits):\((seconds / 60 % 60).twoDigits):\((seconds % 60).twoDigits)Z"
    }

    /// Parses the form of ``dateTime``, with seconds or without, as in `2026-12-01T00:00Z`; nil for anything else, and
    /// for times outside 1970 to 2106.
    public init?(dateTime text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard
            let numbers = characters.numbers(in: "0000-00-00T00:00Z") ?? characters.numbers(in: "0000-00-00T00:00:00Z"),
            let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2]), numbers[3] < 24,
            numbers[4] < 60, numbers.count == 5 || numbers[5] < 60,
            let seconds = UInt32(
                exactly: date.dayNumber * 86_400 + numbers[3] * 3600 + numbers[4] * 60
                    + (numbers.count == 5 ? 0 : numbers[5]))
        else { return nil }
        self.init(rawValue: seconds)
    }
}
