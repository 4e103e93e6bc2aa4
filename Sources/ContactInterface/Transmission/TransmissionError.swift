public import ISO7816

/// Why an exchange over the contacts came to no end that can be trusted.
public struct TransmissionError: DiagnosticError {
    public typealias Code = ErrorCode<TransmissionError>

    /// What went wrong.
    public let code: Code
    /// What was being done: the answer to reset, a command by its header.
    public let subject: String
    /// More of what is known, for people.
    public let detail: String

    public init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail.isEmpty ? "" : " (\(detail))"
    }
}

extension TransmissionError.Code {
    /// No initial character came, or nothing at all after the beginning of a protocol.
    public static var mute: Self {
        Self("the card is mute", remedy: "Check that it lies the right way round, and that its supply is right.")
    }
    /// The answer to reset came with errors in every attempt, or cannot be read.
    public static var answerToReset: Self {
        Self("the answer to reset cannot be read", remedy: "Clean the contacts and put the card in again.")
    }
    /// Card and reader have no protocol or speed in common.
    public static var noCommonProtocol: Self {
        Self("card and reader have no protocol in common", remedy: "Allow T=0 and T=1, or use another reader.")
    }
    /// The card names classes of supply of which the one it has is none.
    public static var operatingClass: Self {
        Self("the card is not made for this supply", remedy: "Switch it off, and activate it in a class that it names.")
    }
    /// A node address with which T=1 cannot tell who sends from who receives.
    public static var nodeAddress: Self {
        Self(
            "no such pair of nodes", remedy: "Use two different nodes of 0 to 7, or 00 where nodes are not told apart.")
    }
    /// The waiting time passed in the middle of an exchange.
    public static var waitingTime: Self {
        Self("the waiting time passed", remedy: "Reset the card; what it did with the command is unknown.")
    }
    /// A character kept its wrong parity in every repetition.
    public static var parity: Self {
        Self("a character stayed unreadable", remedy: "Clean the contacts, reset the card and repeat at a lower speed.")
    }
    /// What came is against the protocol.
    public static var protocolViolation: Self {
        Self("what came is against the protocol", remedy: "Reset the card; what it did with the command is unknown.")
    }
    /// T=1 found its numbers again, but the command's fate was lost.
    public static var resynchronized: Self {
        Self("the answer was lost", remedy: "Find out by another command what the card did; no reset is needed.")
    }
    /// T=1 could not be recovered.
    public static var unrecoverable: Self {
        Self("T=1 could not be recovered", remedy: "Reset the card; what it did with the command is unknown.")
    }
    /// A chain of T=1 was aborted.
    public static var aborted: Self {
        Self("the chain of blocks was aborted", remedy: "Send less at once; no reset is needed.")
    }
    /// The card asks for time without end.
    public static var patience: Self {
        Self("the card asked for more time than allowed", remedy: "Allow more, or reset the card.")
    }
    /// The command cannot go over this protocol.
    public static var command: Self {
        Self("this protocol cannot carry the command", remedy: "Use T=1, or an instruction other than 6x and 9x.")
    }
    /// There was no successful reset, or a failure after it.
    public static var notReady: Self {
        Self("the card is not ready for commands", remedy: "Reset it first.")
    }
}
