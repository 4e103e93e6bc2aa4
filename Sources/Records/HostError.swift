public import Diagnostics

/// Why the host could not do what it was asked for, and what to do about it.
///
/// What an element or the host's own rules refuse is no error but a `CreditOutcome`. Two errors are equal when their
/// codes are.
public struct HostError: DiagnosticError {
    public let code: Code
    /// The file, element or transaction concerned.
    public let subject: String
    /// The error beneath, where there is one.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension HostError {
    /// What went wrong; a number stays what it is.
    public enum Code: UInt16, DiagnosticCode {
        /// Nothing is there.
        case noFile = 1
        /// A file must not be written over.
        case fileExists = 2
        /// The file cannot be reached, read or written.
        case fileUnreachable = 3
        /// No room is left.
        case diskFull = 4
        /// Some other file.
        case notARecordFile = 5
        /// A later program wrote it.
        case fileNewer = 6
        /// Another process is writing.
        case locked = 7
        /// Its pages or entries are damaged.
        case corrupt = 8
        /// The audit key does not fit.
        case wrongAuditKey = 9
        /// The audit trail was rewritten, or the records differ from it.
        case auditBroken = 10
        /// Some other file.
        case notAKeyFile = 11
        /// A sealed file does not open.
        case notAuthentic = 12
        /// libcrypto cannot serve.
        case cipherFailed = 13
        /// No session could be had; nothing was written or sent.
        case noSession = 14
        /// The authority did not seal the order, so that nothing was sent.
        case notSealed = 15
        /// EXECUTE may have left and no good answer came.
        case inDoubt = 16
        /// STATUS could not be asked.
        case stillInDoubt = 17
        /// A transaction is in doubt, and none can be begun beside it.
        case openTransaction = 18
        /// No such transaction.
        case noSuchTransaction = 19
        /// The transaction's state does not allow it.
        case notResolvable = 20
        /// The reference means another order.
        case otherOrder = 21
        /// HTXN has come to its end.
        case numbersUsedUp = 22
        /// Sums leave what 64 bits hold, or a purse is said to spend more than it got.
        case booksBroken = 23
        /// Its status does not allow it.
        case wrongStatus = 24

        public var description: String {
            switch self {
            case .noFile: "there is no such file"
            case .fileExists: "a file is there already"
            case .fileUnreachable: "the file cannot be reached"
            case .diskFull: "the disk is full"
            case .notARecordFile: "this is no record file"
            case .fileNewer: "a newer version of this program wrote the file"
            case .locked: "another process holds the file locked"
            case .corrupt: "the file is damaged"
            case .wrongAuditKey: "the audit trail is kept under another key"
            case .auditBroken: "the audit trail does not hold"
            case .notAKeyFile: "this is no sealed key file"
            case .notAuthentic: "the file does not open"
            case .cipherFailed: "libcrypto failed"
            case .noSession: "no session could be opened"
            case .notSealed: "the authority did not seal the order; nothing was sent"
            case .inDoubt: "the outcome is in doubt"
            case .stillInDoubt: "what is in doubt could not be found out yet"
            case .openTransaction: "a transaction with this element is open"
            case .noSuchTransaction: "no such transaction is recorded"
            case .notResolvable: "only the element can settle this"
            case .otherOrder: "this reference was given to another order"
            case .numbersUsedUp: "no transaction number is left for this element"
            case .booksBroken: "the books do not add up"
            case .wrongStatus: "the status of the element does not allow this"
            }
        }
    }
}
