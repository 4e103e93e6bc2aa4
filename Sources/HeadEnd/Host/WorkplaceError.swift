public import Diagnostics

/// Why a clerk's task cannot begin according to the host's own records; nothing was written.
public struct WorkplaceError: DiagnosticError {
    /// What is wrong, with a stable number.
    public enum Code: UInt16, DiagnosticCode {
        /// The records do not contain the element.
        case unknownElement = 1
        /// A card in use cannot be replaced.
        case inUse = 2
        /// Another card has its value now.
        case replaced = 3
        /// The element was issued at another desk.
        case notIssuedHere = 4
        /// The element refused BIND.
        case bindRefused = 5
        /// No purse for the service is on record, so its currency must be given.
        case unknownCurrency = 6
        /// It is not an issued meter in use of the same kind, with a purse in the same currency.
        case wrongSuccessor = 7
        /// It is not a meter.
        case notAMeter = 8

        public var description: String {
            switch self {
            case .unknownElement: "is not in the records"
            case .inUse: "is in use"
            case .replaced: "its value is on another card now"
            case .notIssuedHere: "was not issued at this desk"
            case .bindRefused: "refused BIND; nothing was changed"
            case .unknownCurrency: "the currency of this purse is not in the records"
            case .wrongSuccessor: "is not an issued meter in use of the same kind, with a purse in the same currency"
            case .notAMeter: "is not a meter"
            }
        }
    }

    public let code: Code
    /// The element, and the part concerned.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}
