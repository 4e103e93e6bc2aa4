public import Diagnostics

/// Why rules are refused: which field, and what is wrong with it.
public struct SupplyRulesError: DiagnosticError, Hashable {
    public let code: Code
    public let field: SupplyRulesField
    /// What is allowed where a number is out of range; nil for other errors.
    public let allowed: ClosedRange<Int>?

    /// - Parameters:
    ///   - code: what is wrong.
    ///   - field: with which field.
    ///   - allowed: the numbers allowed there, where one is out of range.
    public init(_ code: Code, _ field: SupplyRulesField, allowed: ClosedRange<Int>? = nil) {
        self.code = code
        self.field = field
        self.allowed = allowed
    }

    /// The field, in words.
    public var subject: String { "\(field)" }
    public var detail: String { allowed.map { " (allowed: \($0.lowerBound) to \($0.upperBound))" } ?? "" }

    public static func == (a: Self, b: Self) -> Bool {
        a.code == b.code && a.field == b.field && a.allowed == b.allowed
    }
}

extension SupplyRulesError {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The encoded form is above 2,000 bytes.
        case tooLong = 1
        /// An object is cut off, or its length is not encoded in as few bytes as it can be.
        case malformed = 2
        /// An object that does not exist, or not at this place in the order.
        case unexpected = 3
        /// A field that must be present is not.
        case missing = 4
        /// A field has another number of bytes or entries than it must have.
        case wrongLength = 5
        /// A number is out of range.
        case outOfRange = 6
        /// A date that does not exist.
        case noSuchDate = 7
        /// Entries are not in ascending order.
        case notAscending = 8
        /// Two entries have the same number.
        case duplicate = 9
        /// A season names a day profile that does not exist.
        case noSuchProfile = 10
        /// A day profile names a rate that does not exist.
        case noSuchRate = 11
        /// Summer time begins and ends at the same moment.
        case sameMoment = 12
        /// The first entry of a day profile is not at minute 0.
        case notFromMidnight = 13
        /// A friendly time has no days.
        case noDays = 14

        public var description: String {
            switch self {
            case .tooLong: "the rules have more than 2,000 bytes"
            case .malformed: "the data object is cut off or has a wrong length"
            case .unexpected: "this data object is unknown, or not allowed at this place"
            case .missing: "it is missing"
            case .wrongLength: "it has too few or too many entries"
            case .outOfRange: "the number is out of range"
            case .noSuchDate: "the date does not exist"
            case .notAscending: "it must be later or greater than the entry before"
            case .duplicate: "another entry has the same number"
            case .noSuchProfile: "no day profile has this number"
            case .noSuchRate: "no rate has this number"
            case .sameMoment: "summer time must not end at the moment at which it begins"
            case .notFromMidnight: "the first entry of a day profile must be at 00:00"
            case .noDays: "at least one day is needed"
            }
        }
    }
}

/// A field of rules: an object, which of several, a part of it, and which entry of that part.
public struct SupplyRulesField: Sendable, Hashable {
    public let object: Object
    /// Which of several objects, or entries of an object, from 0; nil for one that occurs once.
    public let index: Int?
    /// The part of the object; nil: all of it.
    public let part: Part?
    /// Which entry of the part, from 0; nil: all of it.
    public let entry: Int?

    /// - Parameters:
    ///   - object: one of the rules.
    ///   - index: which of several, from 0.
    ///   - part: of the object.
    ///   - entry: of the part, from 0.
    public init(_ object: Object, _ index: Int? = nil, _ part: Part? = nil, entry: Int? = nil) {
        self.object = object
        self.index = index
        self.part = part
        self.entry = entry
    }

    /// An object of the rules (protocol §10), or what occurs several times in one; in their order.
    public enum Object: Sendable, Hashable, CaseIterable {
        case rules, id, effective, currency, zone, summerBegin, summerEnd, holiday, season, profile, rate, source
        case block, standingCharge, debtShare, credit, friendlyTime
    }

    /// A part of an object.
    public enum Part: Sendable, Hashable, CaseIterable {
        case offset, shift, year, date, profiles, number, entries, minute, rate, percent
        case channel, price, priceGivenBack, above, amount, period, emergency, warningBelow, friendlyTimes
        case returnsByKey, limit, days, from, to, month, week, weekday
    }
}

extension SupplyRulesField: CustomStringConvertible {
    /// In words, counted from 1: `season 2, day profiles, entry 3`.
    public var description: String {
        var words = [index.map { "\(object) \($0 + 1)" } ?? "\(object)"]
        if let part { words.append("\(part)") }
        if let entry { words.append("entry \(entry + 1)") }
        return words.joined(separator: ", ")
    }
}

extension SupplyRulesField.Object: CustomStringConvertible {
    /// In words.
    public var description: String {
        switch self {
        case .rules: "rules"
        case .id: "id"
        case .effective: "effective time"
        case .currency: "currency"
        case .zone: "time zone"
        case .summerBegin: "beginning of summer time"
        case .summerEnd: "end of summer time"
        case .holiday: "holiday"
        case .season: "season"
        case .profile: "day profile"
        case .rate: "rate"
        case .source: "source"
        case .block: "block"
        case .standingCharge: "standing charge"
        case .debtShare: "share of credit that repays debt"
        case .credit: "credit terms"
        case .friendlyTime: "friendly time"
        }
    }
}

extension SupplyRulesField.Part: CustomStringConvertible {
    /// In words.
    public var description: String {
        switch self {
        case .offset: "offset from UTC"
        case .shift: "shift of summer time"
        case .year: "year"
        case .date: "date"
        case .profiles: "day profiles"
        case .number: "number"
        case .entries: "entries"
        case .minute: "minute"
        case .rate: "rate"
        case .percent: "percent"
        case .channel: "channel"
        case .price: "price"
        case .priceGivenBack: "price of energy given back"
        case .above: "bound"
        case .amount: "amount"
        case .period: "period"
        case .emergency: "emergency credit"
        case .warningBelow: "bound of the warning"
        case .friendlyTimes: "friendly times"
        case .returnsByKey: "return by key"
        case .limit: "limit"
        case .days: "days"
        case .from: "beginning"
        case .to: "end"
        case .month: "month"
        case .week: "week"
        case .weekday: "weekday"
        }
    }
}
