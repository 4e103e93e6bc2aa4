public import Diagnostics

/// Why other programs cannot be traced.
public struct SpyError: DiagnosticError {
    /// What is wrong, with a stable number.
    public enum Code: UInt16, DiagnosticCode {
        /// pcsc-lite's spy library is not installed.
        case noSpyLibrary = 1
        /// pcsc-lite's own library is not installed.
        case noLibrary = 2
        /// The environment has no HOME, which the spy library needs.
        case noHome = 3
        /// The folder for the libraries cannot be created.
        case noFolder = 4
        /// The FIFO exists: another spy is listening, or one was killed.
        case fifoExists = 5
        /// The FIFO cannot be created or opened.
        case noFIFO = 6

        public var description: String {
            switch self {
            case .noSpyLibrary, .noLibrary: "is not installed on this machine"
            case .noHome: "is not set; the spy library writes to $HOME/pcsc-spy"
            case .noFolder, .noFIFO: "cannot be made"
            case .fifoExists: "exists already"
            }
        }
    }

    public let code: Code
    /// The library, variable, folder or FIFO.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}
