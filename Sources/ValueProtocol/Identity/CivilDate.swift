/// A date of the Gregorian calendar.
public struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// - Parameter dayNumber: days since 1970-01-01.
    public init(dayNumber: Int) {
        // Years start in March, so that the leap day is the last of its year; an era of 400 years has 146,097 days.
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    /// Nil if the date does not exist.
    ///
    /// - Parameters:
    ///   - year: of the Gregorian calendar.
    ///   - month: 1 to 12.
    ///   - day: 1 to 31.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let number = CivilDate.dayNumber(year, month, day)
        self.init(dayNumber: number)
        guard self.month == month, self.day == day else { return nil }
    }

    /// Parses the form of `description`, with a year of four digits; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let numbers = Array(text.utf8).numbers(in: "0000-00-00") else { return nil }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// Days since 1970-01-01.
    public var dayNumber: Int { CivilDate.dayNumber(year, month, day) }

    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// `2026-11-23` (ISO 8601).
    public var description: String { "\(year)-\(month.twoDigits)-\(day.twoDigits)" }

    public static func < (a: Self, b: Self) -> Bool { a.dayNumber < b.dayNumber }
}

extension Int {
    /// With a leading 0 below 10.
    var twoDigits: String { self < 10 ? "0\(self)" : "\(self)" }
}

extension [UInt8] {
    /// The numbers of a text of ASCII characters in which each 0 of `form` stands for a digit, and every other
    /// character for itself; nil for another text.
    func numbers(in form: StaticString) -> [Int]? {
        let form = Array(form.description.utf8)
        guard count == form.count else { return nil }
        var numbers: [Int] = []
        var isInNumber = false
        for (character, expected) in zip(self, form) {
            if expected == UInt8(ascii: "0") {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
                if !isInNumber { numbers.append(0) }
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(character - UInt8(ascii: "0"))
                isInNumber = true
            } else {
                guard character == expected else { return nil }
                isInNumber = false
            }
        }
        return numbers
    }
}
