public import Diagnostics
import DurableFiles

/// Why a certificate cannot be created, or a list of revoked ones not used.
public struct IdentityError: DiagnosticError {
    public let code: Code
    /// The file or name concerned.
    public let subject: String
    /// The underlying error, if any: a `FileError`, or an error of the certificate library.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    /// The subject names the file already.
    public var detail: String {
        cause.map { " (\(($0 as? FileError)?.explanation ?? "\($0)"))" } ?? ""
    }
}

extension IdentityError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The file already exists.
        case exists = 1
        /// The file cannot be written.
        case unwritable = 2
        /// The file is not a certificate or key in PEM.
        case unreadable = 3
        /// A name that a certificate cannot have.
        case badName = 4
        /// The certificate or key could not be created.
        case cryptography = 5
        /// The key of the authority's certificate does not exist.
        case keyMissing = 6
        /// The file is not a list of serial numbers.
        case notSerials = 7
        /// The file does not exist.
        case missing = 8

        public var description: String {
            switch self {
            case .exists: "already exists"
            case .unwritable: "cannot be written"
            case .unreadable: "is not a certificate or key in PEM"
            case .badName: "is not a valid name for a certificate"
            case .cryptography: "could not be made"
            case .keyMissing: "does not exist, though its certificate does"
            case .notSerials: "is not a list of serial numbers"
            case .missing: "does not exist"
            }
        }
    }
}
