public import Diagnostics

/// Why a bench cannot do what was requested.
public struct BenchError: DiagnosticError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// A line of text is not a command.
        case notACommand = 1
        /// A card should be inserted, but none was named.
        case noCardNamed = 2
        /// A meter should be made where something already exists.
        case exists = 3
        /// The folder of a meter could not be created.
        case folderNotMade = 4
        /// The description of a meter's environment could not be read.
        case unreadable = 5
        /// It could not be written.
        case notWritten = 6
        /// It does not describe a meter's environment.
        case notEnvironment = 7

        public var description: String {
            switch self {
            case .notACommand: "is not a command to a meter"
            case .noCardNamed: "no card is named"
            case .exists: "already exists"
            case .folderNotMade: "the folder cannot be made"
            case .unreadable: "cannot be read"
            case .notWritten: "cannot be written"
            case .notEnvironment: "does not describe a meter's surroundings"
            }
        }
    }

    public let code: Code
    /// The line, file or slot concerned.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}
