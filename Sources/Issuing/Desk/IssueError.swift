public import Diagnostics
import ISO7816

/// Why an element was not issued, blocked or given new keys.
public struct IssueError: DiagnosticError {
    public let code: Code
    /// The element, and the part concerned.
    public let subject: String
    /// The underlying error, if any: `SessionError`, `JournalError`.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension IssueError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The plan does not fit this element.
        case planWrong = 1
        /// Another element is in the reader.
        case otherElement = 2
        /// The element is not blank, and this desk has no unfinished issue of it.
        case alreadyIssued = 3
        /// The journal says issued but the element reports blank: a copy, or an older state.
        case issuedBefore = 4
        /// An issue with another plan was begun.
        case otherPlanUnfinished = 5
        /// It is terminated, or was never issued.
        case wrongState = 6
        /// There is no unfinished issue to abandon.
        case nothingUnfinished = 7
        /// The element holds a newer key than the one to load.
        case olderThanHeld = 8
        /// The element refused an operation.
        case elementRefused = 9
        /// The final content of the element is not what was planned.
        case notAsPlanned = 10
        /// A session could not be opened or was interrupted; resuming the issue determines what was done.
        case session = 11
        /// The journal cannot be read or written.
        case journal = 12
        /// The host's card records cannot be read or written.
        case records = 13
        /// A BIND of the same purse to another meter had no answer yet: what it leaves behind is not known.
        case bindUnanswered = 14
        /// The card's count of bindings went back: it was set back to an earlier state, or copied. It is blocked.
        case setBack = 15

        public var description: String {
            switch self {
            case .planWrong: "this cannot be planned"
            case .otherElement: "another element is in the reader"
            case .alreadyIssued: "it was issued before"
            case .issuedBefore: "it says blank, but was issued before"
            case .otherPlanUnfinished: "an issue by another plan is unfinished"
            case .wrongState: "its state does not allow this"
            case .nothingUnfinished: "no issue of it is unfinished"
            case .olderThanHeld: "it holds a newer key of this purpose"
            case .elementRefused: "the element refused"
            case .notAsPlanned: "it does not hold what was planned"
            case .session: "the session failed"
            case .journal: "the journal failed"
            case .records: "the host's card records failed"
            case .bindUnanswered: "a BIND of this purse had no answer yet"
            case .setBack: "it was set back to an earlier state, or copied, and is blocked"
            }
        }
    }
}
