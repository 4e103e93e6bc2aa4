public import ISO7816

/// Why an element was not issued, blocked or given new keys.
public struct IssueError: DiagnosticError {
    public typealias Code = ErrorCode<IssueError>

    public let code: Code
    /// The element, and what of it.
    public let subject: String
    /// The error beneath, where there is one: `SessionError`, `JournalError`.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension IssueError.Code {
    /// The plan asks for what this element cannot be.
    public static var planWrong: Self {
        Self("this cannot be planned", remedy: "Correct the plan; nothing was written.")
    }
    /// Another element is in the reader.
    public static var otherElement: Self {
        Self("another element is in the reader", remedy: "Put in the one that was planned; nothing was written.")
    }
    /// The element is not blank, and this desk has no unfinished issue of it.
    public static var alreadyIssued: Self {
        Self("it was issued before", remedy: "Take a blank one; nothing was written.")
    }
    /// The journal says issued, the element says blank: a copy, or an older state.
    public static var issuedBefore: Self {
        Self("it says blank, but was issued before", remedy: "Keep it: it may be a copy. Nothing was written.")
    }
    /// An issue by another plan was begun.
    public static var otherPlanUnfinished: Self {
        Self("an issue by another plan is unfinished", remedy: "Resume that plan, or give it up first.")
    }
    /// It is terminated, or was never issued.
    public static var wrongState: Self { Self("its state does not allow this", remedy: "Take another one.") }
    /// Nothing is left to give up.
    public static var nothingUnfinished: Self {
        Self("no issue of it is unfinished", remedy: "There is nothing to do.")
    }
    /// A newer key is held than is to be put.
    public static var olderThanHeld: Self {
        Self("it holds a newer key of this purpose", remedy: "Plan a version above the one that it holds.")
    }
    /// The element decided against an operation.
    public static var elementRefused: Self { Self("the element refused", remedy: "Correct the plan, and repeat.") }
    /// What the element holds at the end is not what was planned.
    public static var notAsPlanned: Self {
        Self("it does not hold what was planned", remedy: "Repeat; if it stays so, terminate this element.")
    }
    /// A session could not be opened or was cut off; what was done is found out when the issue is resumed.
    public static var session: Self {
        Self("the session failed", remedy: "Mend the cause and resume: nothing is done twice.")
    }
    /// The journal cannot be read or written.
    public static var journal: Self {
        Self("the journal failed", remedy: "Mend the cause and resume: nothing is done twice.")
    }
    /// The host's card records cannot be read or written.
    public static var records: Self { Self("the host's card records failed", remedy: "Mend the cause and repeat.") }
}
