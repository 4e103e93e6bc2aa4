public import Diagnostics

/// Why a bench cannot do what it was asked for.
public struct BenchError: DiagnosticError {
    /// What went wrong; a number stays what it is.
    public enum Code: UInt16, DiagnosticCode {
        /// A line of text is not a command.
        case notACommand = 1
        /// A card is to be put in, and none was named.
        case noCardNamed = 2
        /// A meter is to be made where there is something already.
        case exists = 3
        /// The folder of a meter could not be made.
        case folderNotMade = 4
        /// The description of a meter's surroundings could not be read.
        case unreadable = 5
        /// It could not be written.
        case notWritten = 6
        /// It does not describe a meter's surroundings.
        case notSurroundings = 7

        public var description: String {
            switch self {
            case .notACommand: "is not a command to a meter"
            case .noCardNamed: "no card is named"
            case .exists: "there is something already"
            case .folderNotMade: "the folder cannot be made"
            case .unreadable: "cannot be read"
            case .notWritten: "cannot be written"
            case .notSurroundings: "does not describe a meter's surroundings"
            }
        }
    }

    public let code: Code
    /// The line, file or slot concerned.
    public let subject: String
    /// The error beneath, where there is one.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}
