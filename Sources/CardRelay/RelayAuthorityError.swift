public import Diagnostics
import ISO7816

/// Why certificates of a relay cannot be created.
public struct RelayAuthorityError: DiagnosticError {
    public let code: Code
    /// The file or name concerned.
    public let subject: String
    /// The system's reason, if any.
    public let detail: String

    init(_ code: Code, _ subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }
}

extension RelayAuthorityError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The file already exists.
        case exists = 1
        /// The file cannot be written.
        case unwritable = 2
        /// The file is not a certificate or key in PEM, or its counterpart is missing.
        case unreadable = 3
        /// A name that a certificate cannot have.
        case badName = 4
        /// The certificate or key could not be created.
        case cryptography = 5

        public var description: String {
            switch self {
            case .exists: "is there already"
            case .unwritable: "cannot be written"
            case .unreadable: "is not a certificate or key in PEM"
            case .badName: "is not a valid name for a certificate"
            case .cryptography: "could not be made"
            }
        }
    }
}
