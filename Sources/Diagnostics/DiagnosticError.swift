/// What went wrong, as a number that stays what it is: of one kind of error.
///
/// Numbers travel in frames and stand in files, so none is ever given to anything else. Words are for people and may be
/// mended at any time: nothing compares them.
public protocol DiagnosticCode: RawRepresentable<UInt16>, CaseIterable, Hashable, Sendable, CustomStringConvertible {}

/// An error as everything here throws it: a code, the thing concerned, and the error beneath.
///
/// Two are equal when their codes are. What a person should do next is said by the program that talks to the person.
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
    /// The thing it went wrong with.
    var subject: String { get }
    /// The error beneath, where there is one.
    var cause: (any Error)? { get }
    /// What else is known, to be put behind the code; the cause in brackets unless there is more.
    var detail: String { get }
}

extension DiagnosticError {
    public var cause: (any Error)? { nil }
    public var detail: String { cause.map { " (\($0))" } ?? "" }

    /// `subject: what is wrong (what else is known)`
    public var description: String { "\(subject): \(code)\(detail)" }

    public static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}

/// What is known of a failure beyond its code, where no other error tells: the cause in words.
public struct Circumstance: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
