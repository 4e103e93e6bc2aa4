public import Diagnostics

/// A place where a card's data do not have the form that the specification gives them.
///
/// What a card holds is read as far as possible; each decoder lists its faults beside what it read. Two are equal when
/// code, name and offset are.
public struct DataFault: DiagnosticError, Hashable {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The length field announces more bytes than follow.
        case truncated = 1
        /// The bytes are neither a tag nor a length field.
        case unreadable = 2
        /// The length field is not that of the content.
        case wrongLength = 3
        /// The bytes end before the last field.
        case tooShort = 4
        /// More bytes follow than there are fields.
        case tooLong = 5
        /// Another data object stands here.
        case unexpected = 6
        /// A data object without which the others have no meaning is missing.
        case missing = 7
        /// The value is not an object identifier.
        case notIdentifier = 8
        /// The value is not an application identifier, or not the selected one.
        case notAID = 9

        public var description: String {
            switch self {
            case .truncated: "the length announces more bytes than follow"
            case .unreadable: "no data object can be read here"
            case .wrongLength: "the length is not that of the content"
            case .tooShort: "the bytes end before the last field"
            case .tooLong: "more bytes follow than there are fields"
            case .unexpected: "an unexpected data object"
            case .missing: "a required data object is missing"
            case .notIdentifier: "the value is not an object identifier"
            case .notAID: "the value is not the application identifier"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// What was read, such as "card data".
    public let name: String
    /// The offset of the fault from the start of the answer.
    public let offset: Int
    /// What else is known, such as the field in which the bytes end.
    public let circumstance: String?

    public init(_ code: Code, _ name: String, offset: Int, _ circumstance: String? = nil) {
        self.code = code
        self.name = name
        self.offset = offset
        self.circumstance = circumstance
    }

    public var subject: String { "\(name), byte \(offset)" }
    public var detail: String { circumstance.map { " (\($0))" } ?? "" }

    public static func == (a: Self, b: Self) -> Bool {
        a.code == b.code && a.name == b.name && a.offset == b.offset
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(name)
        hasher.combine(offset)
    }
}
