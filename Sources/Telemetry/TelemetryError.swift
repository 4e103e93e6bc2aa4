public import Diagnostics

/// Why a program's metrics are not served.
public struct TelemetryError: DiagnosticError {
    public enum Code: UInt16, DiagnosticCode {
        /// The address is not of this machine alone: metrics travel in clear.
        case notLoopback = 1
        /// The address is not available.
        case bindFailed = 2

        public var description: String {
            switch self {
            case .notLoopback: "is not a loopback address"
            case .bindFailed: "cannot be listened on"
            }
        }
    }

    public let code: Code
    /// The address.
    public let subject: String
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}
