public import ISO7816

/// Why work with a GlobalPlatform card failed. No key and no data of a command is ever in it.
public struct GlobalPlatformError: DiagnosticError {
    public typealias Code = ErrorCode<GlobalPlatformError>

    /// What went wrong.
    public var code: Code
    /// The command or the key concerned.
    public var subject: String
    /// What to do next.
    public var remedy: String
    /// The card's status word, where it answered.
    public var status: StatusWord?
    /// The error beneath, where there is one.
    public var cause: (any Error)?

    public init(
        _ code: Code, _ subject: String, status: StatusWord? = nil, remedy: String? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.subject = subject
        self.status = status
        self.remedy = remedy ?? code.remedy
        self.cause = cause
    }

    /// The status word and its meaning, or the cause.
    public var detail: String {
        if let status { return " (\(status): \(status.meaning))" }
        return cause.map { " (\($0))" } ?? ""
    }
}

extension GlobalPlatformError.Code {
    /// The card gave no answer.
    public static var noAnswer: Self { Self("the card gave no answer", remedy: "Reset the card and repeat.") }
    /// The card answered with a status word that is no success.
    public static var refused: Self { Self("the card refuses", remedy: "See what the status word says.") }
    /// The answer breaks the specification's rules.
    public static var malformedAnswer: Self {
        Self("the answer is not what GlobalPlatform says", remedy: "Look at it with a trace.")
    }
    /// The card's cryptogram is not the one that these keys make.
    public static var wrongKeys: Self {
        Self(
            "the card does not have these keys",
            remedy:
                "Stop: most cards block for good after some wrong tries. Check key version, keys and diversification.")
    }
    /// The card wants a protocol that is not here.
    public static var protocolUnknown: Self {
        Self("the card wants a secure channel protocol that is not here", remedy: "SCP02 and SCP03 are here.")
    }
    /// An argument is out of range.
    public static var outOfRange: Self {
        Self("an argument is out of range", remedy: "Give one that the command can carry.")
    }
    /// What came back is not authentic.
    public static var notAuthentic: Self {
        Self("the answer is not authentic", remedy: "Distrust what came; reset the card and open a new channel.")
    }
    /// The check value that the card gave for a key is another.
    public static var checkValueDiffers: Self {
        Self("the card's check value is another", remedy: "The key on the card is not the one sent: put it again.")
    }
    /// libcrypto lacks an algorithm, or has no random bytes.
    public static var noCryptography: Self {
        Self("libcrypto does not serve", remedy: "Install OpenSSL 3.0 or later with its default provider.")
    }
}

extension CardChannel {
    /// Sends a command and gives the answer, whatever its status word.
    func exchange(_ command: CommandAPDU, _ name: String) throws(GlobalPlatformError) -> ResponseAPDU {
        do throws(CardError) {
            return try transmit(command)
        } catch {
            throw GlobalPlatformError(error.code == .notAuthentic ? .notAuthentic : .noAnswer, name, cause: error)
        }
    }

    /// Sends a command and gives the answer where it is 9000.
    func perform(_ command: CommandAPDU, _ name: String) throws(GlobalPlatformError) -> ResponseAPDU {
        let response = try exchange(command, name)
        guard response.status == .success else {
            throw GlobalPlatformError(.refused, name, status: response.status)
        }
        return response
    }
}

/// Builds a command of class 80.
func command(
    _ name: String, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8], expecting length: Int? = 256
) throws(GlobalPlatformError) -> CommandAPDU {
    do throws(APDUError) {
        return try CommandAPDU(cla: 0x80, ins: ins, p1: p1, p2: p2, data: data, expectedLength: length)
    } catch {
        throw GlobalPlatformError(.outOfRange, name, cause: error)
    }
}
