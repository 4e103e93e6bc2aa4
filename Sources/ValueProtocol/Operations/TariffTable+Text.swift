public import Diagnostics

extension TariffTable.Entry {
    /// Parses a switch of the rate: days, a time of day, and the percentage from then on: `mon-fri@07:00=150`,
    /// `sat,sun@00:00=75`, `daily@22:00=50`.
    ///
    /// - Throws: `TariffEntryError`, with the part of the text that is wrong.
    public init(parsing text: some StringProtocol) throws(TariffEntryError) {
        let parts = text.lowercased().split(separator: "@", omittingEmptySubsequences: false)
        let rate = parts.last?.split(separator: "=", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, rate.count == 2 else { throw TariffEntryError(.wrongForm, String(text)) }
        guard let days = Weekdays.bits(of: parts[0]) else { throw TariffEntryError(.wrongDays, String(parts[0])) }
        guard let minute = TimeOfDay.minute(of: rate[0]), minute < 1440 else {
            throw TariffEntryError(.wrongTime, String(rate[0]))
        }
        guard rate[1].allSatisfy(\.isASCIIDigit), let percent = UInt16(rate[1]),
            let entry = Self(days: days, minute: UInt16(minute), percent: percent)
        else { throw TariffEntryError(.wrongPercentage, String(rate[1])) }
        self = entry
    }
}

/// What is wrong with the text of a tariff table's entry.
public struct TariffEntryError: DiagnosticError, Hashable {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// Not days, `@`, time, `=` and percentage.
        case wrongForm = 1
        /// Other names of days, or days that do not follow each other.
        case wrongDays = 2
        /// Not a time of a day.
        case wrongTime = 3
        /// Not a percentage, or one above 1000.
        case wrongPercentage = 4

        public var description: String {
            switch self {
            case .wrongForm: "a switch of the rate is days@time=percentage, as in mon-fri@07:00=150"
            case .wrongDays: "these are not days of a week from mon to sun"
            case .wrongTime: "this is not a time from 00:00 to 23:59"
            case .wrongPercentage: "this is not a whole number from 0 to 1000"
            }
        }
    }

    public let code: Code
    /// The part of the text that is wrong.
    public let subject: String

    public init(_ code: Code, _ subject: String) {
        self.code = code
        self.subject = subject
    }
}
