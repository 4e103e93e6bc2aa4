public import Diagnostics
import ISO7816

/// Why a memory could not be read or written.
public struct MemoryError: DiagnosticError {
    public let code: Code
    /// The memory concerned: a file's path, or a card's name.
    public let subject: String
    /// The system's error for the file, an `Errno` or a `FileError`.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension MemoryError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// Power was lost during a write.
        case powerLost = 1
        /// The write was refused; nothing was changed.
        case writeFailed = 2
        /// The file does not exist.
        case missing = 3
        /// The file cannot be opened or read.
        case unreadable = 4
        /// The file already exists.
        case exists = 5
        /// Another process uses it.
        case inUse = 6
        /// The file is not a memory file.
        case notMemory = 7
        /// The file is of a version that this program does not know.
        case unknownVersion = 8
        /// The content is damaged: it was not written like this.
        case corrupt = 9

        public var description: String {
            switch self {
            case .powerLost: "power was lost"
            case .writeFailed: "cannot be written"
            case .missing: "does not exist"
            case .unreadable: "cannot be read"
            case .exists: "already exists"
            case .inUse: "is in use by another program"
            case .notMemory: "is not a card memory"
            case .unknownVersion: "is of a newer version"
            case .corrupt: "is damaged"
            }
        }
    }
}
