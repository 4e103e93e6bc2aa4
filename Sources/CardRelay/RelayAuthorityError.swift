public import Diagnostics
import ISO7816

/// Why certificates of a relay cannot be made.
public struct RelayAuthorityError: DiagnosticError {
    public let code: Code
    /// The file or name concerned.
    public let subject: String
    /// What the system says, where it says something.
    public let detail: String

    init(_ code: Code, _ subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }
}

extension RelayAuthorityError {
    /// What went wrong; a number stays what it is.
    public enum Code: UInt16, DiagnosticCode {
        /// There is a file of that name already.
        case exists = 1
        /// The file cannot be written.
        case unwritable = 2
        /// The file is no certificate or key in PEM, or its partner is missing.
        case unreadable = 3
        /// A name that no certificate can have.
        case badName = 4
        /// The certificate or key could not be made.
        case cryptography = 5

        public var description: String {
            switch self {
            case .exists: "is there already"
            case .unwritable: "cannot be written"
            case .unreadable: "is no certificate or key in PEM"
            case .badName: "is no name for a certificate"
            case .cryptography: "could not be made"
            }
        }
    }
}
