/// Why a card or its reader gave no answer, and what to do about it.
public struct CardError: DiagnosticError {
    public typealias Code = ErrorCode<CardError>

    /// What went wrong.
    public var code: Code
    /// The thing it went wrong with: a reader, a card, a command.
    public var subject: String
    /// What to do next.
    public var remedy: String
    /// The error beneath, where there is one.
    public var cause: (any Error)?

    public init(_ code: Code, subject: String, remedy: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.remedy = remedy ?? code.remedy
        self.cause = cause
    }
}

extension CardError.Code {
    /// No PC/SC service answers.
    public static var noService: Self {
        Self(
            "the PC/SC service is not running",
            remedy: "Start it: systemctl start pcscd, or pcscd --foreground where there is no systemd.")
    }
    /// The service does not let this user in.
    public static var notAllowed: Self {
        Self(
            "the PC/SC service refuses this user",
            remedy: "Allow org.debian.pcsc-lite.access_pcsc in polkit, or run as root.")
    }
    /// No reader is connected.
    public static var noReader: Self {
        Self("no reader is there", remedy: "Connect a reader; vstore reader list shows which are known.")
    }
    /// The reader named is not there.
    public static var unknownReader: Self {
        Self("no such reader", remedy: "Choose a reader that vstore reader list names.")
    }
    /// The reader is gone.
    public static var readerUnavailable: Self {
        Self("the reader is no longer there", remedy: "Connect it again and repeat.")
    }
    /// No card is in the reader.
    public static var noCard: Self { Self("no card is in the reader", remedy: "Put the card in and repeat.") }
    /// The card was taken out.
    public static var cardRemoved: Self {
        Self("the card was taken out", remedy: "Put it in again; whatever was in doubt is then recovered.")
    }
    /// The card was reset by another program or lost power.
    public static var cardReset: Self {
        Self("the card was reset by another program", remedy: "Repeat the whole transaction.")
    }
    /// The card does not answer.
    public static var cardUnresponsive: Self {
        Self("the card does not answer", remedy: "Take it out, check its contacts and put it in again.")
    }
    /// Another program has the card to itself.
    public static var sharingViolation: Self {
        Self("another program has the card to itself", remedy: "End the other program, or wait for it.")
    }
    /// None of the protocols asked for is the card's.
    public static var protocolMismatch: Self {
        Self("the card does not speak the protocol asked for", remedy: "Leave the choice of T=0 or T=1 open.")
    }
    /// The deadline passed.
    public static var deadlineExceeded: Self {
        Self("the deadline passed before an answer came", remedy: "Give it more time, or reset the card.")
    }
    /// The task was cancelled.
    public static var cancelled: Self {
        Self("the work was cancelled", remedy: "Repeat it where it is still wanted.")
    }
    /// The answer is no response APDU, or breaks the rules of response chaining.
    public static var malformedAnswer: Self {
        Self("the answer is no response APDU", remedy: "Reset the card; if it stays so, the card is broken.")
    }
    /// The reader or the service cannot do this.
    public static var unsupported: Self {
        Self("the reader does not support this", remedy: "Use another reader or do without it.")
    }
    /// Any other failure of communication.
    public static var communication: Self {
        Self("communication failed", remedy: "Repeat; if it stays so, reset the card or restart the service.")
    }
}
