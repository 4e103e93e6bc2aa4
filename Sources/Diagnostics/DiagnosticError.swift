/// What went wrong, as a stable number within one kind of error.
///
/// Numbers are sent in frames and stored in files, so none is ever reused. The text is for people and may be improved
/// at any time: nothing compares it.
public protocol DiagnosticCode: RawRepresentable<UInt16>, CaseIterable, Hashable, Sendable, CustomStringConvertible {}

/// An error as every module here throws it: a code, the thing concerned, and the underlying error.
///
/// Two are equal when their codes are. What the user should do next is said by the program that talks to the user.
///
///     struct ReaderError: DiagnosticError {
///         enum Code: UInt16, DiagnosticCode {
///             case lidOpen = 1
///             var description: String { "the lid is open" }
///         }
///         let code: Code
///         let subject: String
///     }
public protocol DiagnosticError: Error, Equatable, CustomStringConvertible {
    /// The kind of code.
    associatedtype Code: DiagnosticCode
    /// What went wrong.
    var code: Code { get }
    /// What it went wrong with.
    var subject: String { get }
    /// The underlying error, if any.
    var cause: (any Error)? { get }
    /// What else is known, appended to the code; by default the cause in brackets.
    var detail: String { get }
}

extension DiagnosticError {
    public var cause: (any Error)? { nil }
    public var detail: String { cause.map { " (\($0))" } ?? "" }

    /// `subject: what is wrong (what else is known)`
    public var description: String { "\(subject): \(code)\(detail)" }

    public static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}

/// What is known of a failure beyond its code, where there is no underlying error: the cause in words.
public struct Circumstance: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
