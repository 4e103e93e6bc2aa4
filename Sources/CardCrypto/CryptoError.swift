public import Diagnostics

/// Why a primitive could not be computed. It never contains a key or a text.
public struct CryptoError: DiagnosticError {
    /// What went wrong.
    public let code: Code
    /// The algorithm, or what was to be computed.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension CryptoError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// libcrypto does not offer the algorithm, or refused to compute it.
        case unavailable = 1
        /// The random generator is not seeded.
        case noRandomness = 2
        /// A key, an initial vector or a text has a length that the algorithm does not accept.
        case invalidLength = 3
        /// A sealed text does not open: another key, or the text was altered.
        case notAuthentic = 4

        public var description: String {
            switch self {
            case .unavailable: "libcrypto does not offer it"
            case .noRandomness: "the system gives no random bytes"
            case .invalidLength: "the algorithm does not take a key or text of this length"
            case .notAuthentic: "not authentic: the key is another, or the text was altered"
            }
        }
    }
}
