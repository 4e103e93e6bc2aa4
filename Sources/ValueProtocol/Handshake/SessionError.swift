public import Diagnostics
public import ISO7816

/// Why a session could not be opened, or why the outcome of an operation is unknown.
public struct SessionError: DiagnosticError {
    public let code: Code
    /// The element, key or command concerned.
    public let subject: String
    /// The status word that the card returned instead of an answer, if any. It is not authenticated.
    public let status: StatusWord?
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, status: StatusWord? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.status = status
        self.cause = cause
    }

    public var detail: String {
        let status = status.map { " (status word \($0))" } ?? ""
        let beneath = cause.map { " (\($0))" } ?? ""
        return status + beneath
    }
}

extension SessionError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// No PIN was verified since the master-key card was selected or reset.
        case masterKeyCardLocked = 1
        /// The master-key card does not open such a session.
        case outsideRules = 2
        /// TRANSFER: a master-key card opens no session under this key.
        case noSessionsUnderKey = 3
        /// The rules or the session do not allow the operation.
        case operationNotInRules = 4
        /// Another text awaits its answer, the float is insufficient, or the card is blocked.
        case sealRefused = 5
        /// No session is open.
        case noSession = 6
        /// The channel returned no answer.
        case noAnswer = 7
        /// The card refused with a status word.
        case refused = 8
        /// The card does not carry the application.
        case noApplication = 9
        /// The element has no key of that name.
        case noSuchKey = 10
        /// The element is blank, terminated or has used up its sessions.
        case wrongState = 11
        /// An answer with the wrong layout.
        case malformedAnswer = 12
        /// Another element answered.
        case otherElement = 13
        /// S2 is wrong.
        case elementNotGenuine = 14
        /// S4 is wrong.
        case answerNotGenuine = 15
        /// NT is not above the last one seen.
        case staleElement = 16
        /// The key version is lower than one used before.
        case oldKey = 17
        /// The authority holds no master key of that name.
        case noMasterKey = 18
        /// The authority is not allowed to do this.
        case notAuthorized = 19
        /// Another text was sealed and its answer has not arrived yet.
        case answerOutstanding = 20
        /// 256 EXECUTEs were sent.
        case sessionExhausted = 21
        /// libcrypto or the authority's own records failed.
        case authorityFailed = 22

        public var description: String {
            switch self {
            case .masterKeyCardLocked: "the master-key card wants a PIN"
            case .outsideRules: "the master-key card opens no session with this element"
            case .noSessionsUnderKey: "the master-key card opens no session under this key"
            case .operationNotInRules: "the master-key card does not seal this operation in this session"
            case .sealRefused: "the master-key card does not seal this"
            case .noSession: "no session is open"
            case .noAnswer: "no answer came"
            case .refused: "the card refused"
            case .noApplication: "the card does not carry this application"
            case .noSuchKey: "the element holds no such key"
            case .wrongState: "the element's state does not allow this"
            case .malformedAnswer: "the answer is malformed"
            case .otherElement: "another element answered"
            case .elementNotGenuine: "the element could not prove itself"
            case .answerNotGenuine: "the answer is not the element's"
            case .staleElement: "the element's session counter went back"
            case .oldKey: "a newer key of this purpose was used before"
            case .noMasterKey: "the authority holds no such master key"
            case .notAuthorized: "the authority may not do this"
            case .answerOutstanding: "the answer to the command before is outstanding"
            case .sessionExhausted: "the session has come to its end"
            case .authorityFailed: "the authority itself failed"
            }
        }
    }
}
