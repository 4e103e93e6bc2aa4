public import Diagnostics

/// Why a trunk does not exist any more, or did not come to be. What it carried is not lost: see the engines.
public struct TrunkError: DiagnosticError {
    public let code: Code
    /// The message, the peer or the file concerned.
    public let subject: String
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension TrunkError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The other side speaks no version that this side knows.
        case unsupportedVersion = 1
        /// A message that the other side may not send, or may not send at that point.
        case outOfTurn = 2
        /// A message that does not parse, or that has a value without a meaning.
        case malformed = 3
        /// More exchanges than this side has given credit for.
        case beyondCredit = 4
        /// More items or bytes in a message than this side takes.
        case tooLarge = 5
        /// The id of an exchange that is another one.
        case reusedID = 6
        /// The certificate names no unit, or not the one that may be at this end.
        case wrongIdentity = 7
        /// The certificate is revoked.
        case revoked = 8
        /// TLS failed, or is older than version 1.3: no certificate, or not one that this side accepts.
        case notAuthenticated = 9
        /// The peer does not answer at its address.
        case connectFailed = 10
        /// The connection was interrupted.
        case interrupted = 11
        /// The unit has opened another connection, which replaces this one.
        case replaced = 12
        /// This side's certificate, key or list of revoked ones cannot be used.
        case credentialsUnusable = 13
        /// The address to listen on is not available.
        case bindFailed = 14

        public var description: String {
            switch self {
            case .unsupportedVersion: "is of a version that is not supported"
            case .outOfTurn: "is out of turn"
            case .malformed: "is malformed"
            case .beyondCredit: "exceeds the credit"
            case .tooLarge: "is larger than announced"
            case .reusedID: "repeats the id of another exchange"
            case .wrongIdentity: "is not a peer that may be at this end"
            case .revoked: "has a revoked certificate"
            case .notAuthenticated: "did not authenticate"
            case .connectFailed: "does not answer"
            case .interrupted: "was interrupted"
            case .replaced: "has connected again"
            case .credentialsUnusable: "cannot be used as credentials"
            case .bindFailed: "cannot be listened on"
            }
        }
    }
}
