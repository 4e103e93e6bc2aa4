/// An error that names the thing concerned, says what is wrong with it, and what to do next.
///
/// Two are equal when their codes are. The codes of one error are an open set: whoever finds a new case adds it in an
/// extension of its `Code`.
///
///     extension ReaderError.Code {
///         /// The lid is open.
///         public static var lidOpen: Self { Self("the lid is open", remedy: "Close it and repeat.") }
///     }
public protocol DiagnosticError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    var code: ErrorCode<Self> { get }
    /// The thing it went wrong with.
    var subject: String { get }
    /// What to do next; the code's unless something better is known.
    var remedy: String { get }
    /// The error beneath, where there is one.
    var cause: (any Error)? { get }
    /// What else is known, to be put behind the code; the cause in brackets unless there is more.
    var detail: String { get }
}

/// What went wrong, in words, and what to do next; one of the codes of `Owner`.
public struct ErrorCode<Owner>: Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; two codes of the same words are one.
    public let description: String
    /// What to do next.
    public let remedy: String

    public init(_ description: String, remedy: String) {
        self.description = description
        self.remedy = remedy
    }

    public static func == (a: Self, b: Self) -> Bool { a.description == b.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension DiagnosticError {
    public var remedy: String { code.remedy }
    public var cause: (any Error)? { nil }
    public var detail: String { cause.map { " (\($0))" } ?? "" }

    /// `subject: what is wrong (what else is known). What to do.`
    public var description: String { "\(subject): \(code)\(detail). \(remedy)" }

    public static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}
