public import Diagnostics
import ISO7816

/// Why a meter's line cannot be had, and what to do about it.
public struct LineError: DiagnosticError {
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

extension LineError {
    /// What went wrong; a number stays what it is.
    public enum Code: UInt16, DiagnosticCode {
        /// The address cannot be listened at.
        case notServed = 1
        /// Nobody answers at the address.
        case notReached = 2
        /// The device cannot be opened or set up.
        case noDevice = 3
        /// The line went away.
        case lost = 4
        /// No thread, descriptor or random number is left.
        case noResources = 5

        public var description: String {
            switch self {
            case .notServed: "nothing can listen there"
            case .notReached: "nobody answers there"
            case .noDevice: "the device cannot be used"
            case .lost: "the line was lost"
            case .noResources: "the system has nothing left for it"
            }
        }
    }
}
