public import Diagnostics
import ISO7816

/// Why a journal or a result file cannot be used.
public struct JournalError: DiagnosticError {
    public let code: Code
    /// The file, and the line if one is concerned.
    public let subject: String
    /// The system's error for the file, an `Errno` or a `FileError`.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension JournalError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The file cannot be opened or read.
        case unreadable = 1
        /// Another program has it open.
        case inUse = 2
        /// It could not be written to stable storage.
        case notWritten = 3
        /// A complete line is invalid, so the file was altered.
        case damaged = 4
        /// It was written by a newer version, or is another file.
        case wrongKind = 5

        public var description: String {
            switch self {
            case .unreadable: "cannot be opened"
            case .inUse: "another program is using it"
            case .notWritten: "cannot be written"
            case .damaged: "the line is damaged"
            case .wrongKind: "is not a file of this kind and version"
            }
        }
    }
}
