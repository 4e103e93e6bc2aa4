public import ISO7816

/// Why a memory card did not do what it was asked.
public struct MemoryCardError: DiagnosticError {
    public typealias Code = ErrorCode<MemoryCardError>

    /// What went wrong.
    public var code: Code
    /// The card or the addresses concerned. Never a code.
    public var subject: String
    /// What to do next.
    public var remedy: String
    /// The error beneath, where there is one.
    public var cause: (any Error)?

    public init(_ code: Code, _ subject: String, remedy: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.remedy = remedy ?? code.remedy
        self.cause = cause
    }
}

extension MemoryCardError.Code {
    /// The card or its reader gave no answer.
    public static var noAnswer: Self {
        Self("the card does not answer as a card of this kind", remedy: "Check which card is in, and put it in again.")
    }
    /// A synchronous card whose answer to reset is that of another kind.
    public static var unknownKind: Self {
        Self("the card is a synchronous one of another kind", remedy: "Use a card of two wires or with an I²C bus.")
    }
    /// Addresses that the card has not.
    public static var outOfRange: Self {
        Self("the card has no such addresses", remedy: "Stay within the card's memory.")
    }
    /// The code was wrong; one try fewer is left.
    public static var codeWrong: Self {
        Self(
            "the code is wrong",
            remedy: "Find out the right code before another try: after the last one the card is locked for good.")
    }
    /// No try is left.
    public static var codeLocked: Self {
        Self("the card is locked: no try is left", remedy: "It can be read and never be written again; replace it.")
    }
    /// One try is left, and the caller did not say that it may be spent.
    public static var lastTry: Self {
        Self(
            "one try is left, and it was not used",
            remedy: "Make sure of the code, then allow the last try; a wrong code locks the card for good.")
    }
    /// The card holds something else than what was written.
    public static var notWritten: Self {
        Self(
            "the card did not take what was written",
            remedy: "Present the code first; a byte that is protected cannot be changed at all.")
    }
    /// Bytes that were to be protected are not what the caller says they are.
    public static var notAsExpected: Self {
        Self(
            "the bytes to be protected are others than expected", remedy: "Read and check them: protection is for good."
        )
    }
}
