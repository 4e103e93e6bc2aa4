public import ISO7816

/// Why a session could not be opened or an operation in it has no known outcome.
public struct SessionError: DiagnosticError {
    public typealias Code = ErrorCode<SessionError>

    public let code: Code
    /// The element, key or command concerned.
    public let subject: String
    /// The status word that the card gave instead of an answer, where it gave one. Anybody can forge it.
    public let status: StatusWord?
    /// The error beneath, where there is one.
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

extension SessionError.Code {
    /// No session is open.
    public static var noSession: Self { Self("no session is open", remedy: "Open one first.") }
    /// The carrier gave no answer.
    public static var noAnswer: Self {
        Self("no answer came", remedy: "What was sent may have been done; it is found out at the next contact.")
    }
    /// The card refused by a status word.
    public static var refused: Self {
        Self("the card refused", remedy: "See the status word in the command reference.")
    }
    /// The card does not carry the application.
    public static var noApplication: Self {
        Self("the card does not carry this application", remedy: "Put in a card of this system.")
    }
    /// The element has no key of that name.
    public static var noSuchKey: Self {
        Self("the element holds no such key", remedy: "Use the version that it holds: vstore card info lists them.")
    }
    /// The element is blank, terminated or has used up its sessions.
    public static var wrongState: Self {
        Self("the element's state does not allow this", remedy: "See its state with vstore card info.")
    }
    /// An answer that is not laid out as it must be.
    public static var malformedAnswer: Self { Self("the answer is malformed", remedy: "Repeat in a new session.") }
    /// Another element answered.
    public static var otherElement: Self {
        Self("another element answered", remedy: "Put in the card that was meant, and repeat.")
    }
    /// S2 is wrong.
    public static var elementNotGenuine: Self {
        Self("the element could not prove itself", remedy: "Keep the card: it is not of this issuer, or a forgery.")
    }
    /// S4 is wrong.
    public static var answerNotGenuine: Self {
        Self(
            "the answer is not the element's", remedy: "What was sent is in doubt; it is found out at the next contact."
        )
    }
    /// NT is not above the last one seen.
    public static var staleElement: Self {
        Self("the element's session counter went back", remedy: "Keep the card: it may be a copy of an older state.")
    }
    /// A key version below one that was used before.
    public static var oldKey: Self {
        Self("a newer key of this purpose was used before", remedy: "Use the newest version that the element holds.")
    }
    /// The authority holds no master key of that name.
    public static var noMasterKey: Self {
        Self("the authority holds no such master key", remedy: "Load its components in a key ceremony first.")
    }
    /// The authority may not do this.
    public static var notAuthorized: Self {
        Self("the authority may not do this", remedy: "Give the PINs that are missing, or have its rules set.")
    }
    /// Another text was sealed and its answer is not there yet.
    public static var answerOutstanding: Self {
        Self("the answer to the command before is outstanding", remedy: "Open a new session.")
    }
    /// 256 EXECUTEs were sent.
    public static var sessionExhausted: Self { Self("the session has come to its end", remedy: "Open a new session.") }
    /// libcrypto or the authority's own records failed.
    public static var authorityFailed: Self {
        Self("the authority itself failed", remedy: "Mend the cause and repeat.")
    }
}
