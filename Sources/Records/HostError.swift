public import Diagnostics

/// Why the host could not do what was requested.
///
/// A refusal by an element or by the host's own rules is not an error but a `CreditOutcome`. Two errors are equal if
/// their codes are.
public struct HostError: DiagnosticError {
    public let code: Code
    /// The file, element or transaction concerned.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension HostError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The file does not exist.
        case noFile = 1
        /// An existing file must not be overwritten.
        case fileExists = 2
        /// The file cannot be reached, read or written.
        case fileUnreachable = 3
        /// The disk is full.
        case diskFull = 4
        /// The file is not a record file.
        case notARecordFile = 5
        /// The file was written by a newer program.
        case fileNewer = 6
        /// Another process is writing.
        case locked = 7
        /// Its pages or entries are damaged.
        case corrupt = 8
        /// The audit key is wrong.
        case wrongAuditKey = 9
        /// The audit trail was rewritten, or the records differ from it.
        case auditBroken = 10
        /// The file is not a key file.
        case notAKeyFile = 11
        /// A sealed file could not be authenticated.
        case notAuthentic = 12
        /// A cryptographic primitive of libcrypto failed.
        case cipherFailed = 13
        /// No session could be opened; nothing was written or sent.
        case noSession = 14
        /// The authority did not seal the order, so nothing was sent.
        case notSealed = 15
        /// EXECUTE may have been sent, but no valid answer arrived.
        case inDoubt = 16
        /// STATUS got no answer.
        case stillInDoubt = 17
        /// A transaction is in doubt, and no other can be started meanwhile.
        case openTransaction = 18
        /// The transaction does not exist.
        case noSuchTransaction = 19
        /// The transaction's state does not allow it.
        case notResolvable = 20
        /// The reference belongs to another order.
        case otherOrder = 21
        /// The HTXN range is exhausted.
        case numbersUsedUp = 22
        /// Sums exceed 64 bits, or a purse would have spent more than it received.
        case booksBroken = 23
        /// The element's status does not allow it.
        case wrongStatus = 24
        /// The host has no keys.
        case noKeys = 25
        /// The element proved another outcome of a transaction than the records hold.
        case contradicted = 26
        /// The server of the database cannot be reached, or the connection to it was lost.
        case databaseUnreachable = 27
        /// The element has applied orders that the records do not know: they were lost, or are old.
        case recordsBehind = 28
        /// The records that were kept here are gone.
        case recordsMissing = 29
        /// The records are not those that were kept here last: they are older, or others.
        case recordsChanged = 30
        /// The records are kept in another place than the one that was named.
        case recordsElsewhere = 31
        /// The ledger refuses it; nothing was written or sent.
        case booksRefuse = 32
        /// Another process has the lease of the element's shard; nothing was written.
        case shardHeld = 33
        /// Elements between which value would move are on different servers; nothing was written.
        case onOtherServers = 34
        /// A configuration of servers is not valid.
        case spreadInvalid = 35
        /// The database has other shards than the configuration says, or belongs to other servers.
        case otherSpread = 36

        public var description: String {
            switch self {
            case .noFile: "no such file exists"
            case .fileExists: "the file already exists"
            case .fileUnreachable: "the file cannot be reached"
            case .diskFull: "the disk is full"
            case .notARecordFile: "is not a record file"
            case .fileNewer: "a newer version of this program wrote the file"
            case .locked: "another process holds the file locked"
            case .corrupt: "the file is damaged"
            case .wrongAuditKey: "the audit trail is kept under another key"
            case .auditBroken: "the audit trail does not hold"
            case .notAKeyFile: "is not a sealed key file"
            case .notAuthentic: "the file does not open"
            case .cipherFailed: "libcrypto failed"
            case .noSession: "its session could not be opened or carried through"
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
            case .noKeys: "there are no keys yet"
            case .recordsBehind: "the element has applied more than these records know"
            case .recordsMissing: "the records are missing"
            case .recordsChanged: "the records are older than they were, or others"
            case .recordsElsewhere: "the records are kept elsewhere"
            case .booksRefuse: "the books refuse it"
            case .onOtherServers: "these elements are on different servers"
            case .spreadInvalid: "the servers' configuration is not valid"
            case .otherSpread: "the database is one of several servers, with other shards"
            case .shardHeld: "another process works on these elements"
            case .databaseUnreachable: "the database cannot be reached"
            case .contradicted: "the element proved another outcome than the one recorded"
            }
        }
    }
}
