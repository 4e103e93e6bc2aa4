/// Why a card or its reader gave no answer, and what to do about it.
///
/// Two errors are equal when their codes are.
public struct CardError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; new codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// What went wrong, in words.
        public let description: String
        /// What to do next, where nothing better is known.
        public let remedy: String

        public init(description: String, remedy: String) {
            self.description = description
            self.remedy = remedy
        }

        public static func == (a: Code, b: Code) -> Bool { a.description == b.description }
        public func hash(into hasher: inout Hasher) { hasher.combine(description) }
    }

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

    public var description: String {
        let beneath = cause.map { " (\($0))" } ?? ""
        return "\(subject): \(code)\(beneath). \(remedy)"
    }

    public static func == (a: CardError, b: CardError) -> Bool { a.code == b.code }
}

extension CardError.Code {
    /// No PC/SC service answers.
    public static let noService = Self(
        description: "the PC/SC service is not running", remedy: "Start it: systemctl start pcscd.")
    /// The service does not let this user in.
    public static let notAllowed = Self(
        description: "the PC/SC service refuses this user",
        remedy: "Allow org.debian.pcsc-lite.access_pcsc in polkit, or run as root.")
    /// No reader is connected.
    public static let noReader = Self(
        description: "no reader is there", remedy: "Connect a reader; vstore reader list shows which are known.")
    /// The reader named is not there.
    public static let unknownReader = Self(
        description: "no such reader", remedy: "Choose a reader that vstore reader list names.")
    /// The reader is gone.
    public static let readerUnavailable = Self(
        description: "the reader is no longer there", remedy: "Connect it again and repeat.")
    /// No card is in the reader.
    public static let noCard = Self(description: "no card is in the reader", remedy: "Put the card in and repeat.")
    /// The card was taken out.
    public static let cardRemoved = Self(
        description: "the card was taken out", remedy: "Put it in again; whatever was in doubt is then recovered.")
    /// The card was reset by another program or lost power.
    public static let cardReset = Self(
        description: "the card was reset by another program", remedy: "Repeat the whole transaction.")
    /// The card does not answer.
    public static let cardUnresponsive = Self(
        description: "the card does not answer", remedy: "Take it out, check its contacts and put it in again.")
    /// Another program has the card to itself.
    public static let sharingViolation = Self(
        description: "another program has the card to itself", remedy: "End the other program, or wait for it.")
    /// None of the protocols asked for is the card's.
    public static let protocolMismatch = Self(
        description: "the card does not speak the protocol asked for", remedy: "Leave the choice of T=0 or T=1 open.")
    /// The deadline passed.
    public static let deadlineExceeded = Self(
        description: "the deadline passed before an answer came", remedy: "Give it more time, or reset the card.")
    /// The task was cancelled.
    public static let cancelled = Self(
        description: "the work was cancelled", remedy: "Repeat it where it is still wanted.")
    /// The answer is no response APDU, or breaks the rules of response chaining.
    public static let malformedAnswer = Self(
        description: "the answer is no response APDU", remedy: "Reset the card; if it stays so, the card is broken.")
    /// The reader or the service cannot do this.
    public static let unsupported = Self(
        description: "the reader does not support this", remedy: "Use another reader or do without it.")
    /// Any other failure of communication.
    public static let communication = Self(
        description: "communication failed", remedy: "Repeat; if it stays so, reset the card or restart the service.")
}
