public import Diagnostics

/// Why a clerk's work at a host cannot begin, by the host's own records; nothing was written.
public struct WorkplaceError: DiagnosticError {
    /// What is wrong, with a stable number.
    public enum Code: UInt16, DiagnosticCode {
        /// The records know nothing of the element.
        case unknownElement = 1
        /// A card that is in use is not replaced.
        case inUse = 2
        /// Another card has its value now.
        case replaced = 3
        /// The element was issued at another desk.
        case notIssuedHere = 4
        /// The element decided against BIND.
        case bindRefused = 5

        public var description: String {
            switch self {
            case .unknownElement: "is not in the records"
            case .inUse: "is in use"
            case .replaced: "its value is on another card now"
            case .notIssuedHere: "was not issued at this desk"
            case .bindRefused: "refused BIND; nothing was changed"
            }
        }
    }

    public let code: Code
    /// The element, and what of it.
    public let subject: String
    /// The error beneath, where there is one.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}
