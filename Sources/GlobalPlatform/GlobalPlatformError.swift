internal import CardCrypto
public import Diagnostics
public import ISO7816

/// Why an operation on a GlobalPlatform card failed. It never contains keys or command data.
public struct GlobalPlatformError: StatusError {
    /// What went wrong.
    public var code: Code
    /// The command or the key concerned.
    public var subject: String
    /// The card's status word, if it answered.
    public var status: StatusWord?
    /// The underlying error, if any.
    public var cause: (any Error)?

    public init(
        _ code: Code, _ subject: String, status: StatusWord? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.subject = subject
        self.status = status
        self.cause = cause
    }
}

extension GlobalPlatformError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The card gave no answer.
        case noAnswer = 1
        /// The card returned an error status word.
        case refused = 2
        /// The answer violates the specification.
        case malformedAnswer = 3
        /// The card's cryptogram does not match these keys.
        case wrongKeys = 4
        /// The card requires a protocol that is not supported.
        case protocolUnknown = 5
        /// An argument is out of range.
        case outOfRange = 6
        /// The authentication of an answer failed.
        case notAuthentic = 7
        /// The card's check value for a key differs.
        case checkValueDiffers = 8
        /// libcrypto lacks an algorithm, or cannot provide random bytes.
        case noCryptography = 9
        /// The valid answer to PUT KEY is missing: the card may have the new keys or not.
        case keyChangeInDoubt = 10
        /// The card's list ends before its last entry does, or before the end that it announced.
        case listIncomplete = 11
        /// The card announces more entries, and repeats those that it has sent.
        case listRepeats = 12
        /// The card gave data with a warning: they may be incomplete or wrong.
        case warned = 13

        public var description: String {
            switch self {
            case .noAnswer: "the card gave no answer"
            case .refused: "the card refuses"
            case .malformedAnswer: "the answer is not what GlobalPlatform says"
            case .wrongKeys: "the card does not have these keys"
            case .protocolUnknown: "the card wants a secure channel protocol that is not here"
            case .outOfRange: "an argument is out of range"
            case .notAuthentic: "the answer is not authentic"
            case .checkValueDiffers: "the card's check value is another"
            case .noCryptography: "libcrypto does not serve"
            case .keyChangeInDoubt: "it is unknown whether the card has the new keys"
            case .listIncomplete: "the list is incomplete"
            case .listRepeats: "the card announces more entries and repeats those that it has sent"
            case .warned: "the card warns of the data that it gives"
            }
        }
    }
}

extension CardChannel {
    /// Sends a command and returns the answer, whatever its status word.
    func exchange(_ command: CommandAPDU, _ name: String) throws(GlobalPlatformError) -> ResponseAPDU {
        do throws(CardError) {
            return try transmit(command)
        } catch {
            throw GlobalPlatformError(error.code == .notAuthentic ? .notAuthentic : .noAnswer, name, cause: error)
        }
    }

    /// Sends a command and returns the answer where its status is 9000.
    func perform(_ command: CommandAPDU, _ name: String) throws(GlobalPlatformError) -> ResponseAPDU {
        let response = try exchange(command, name)
        guard response.status == .success else {
            throw GlobalPlatformError(.refused, name, status: response.status)
        }
        return response
    }
}

/// Builds a command, of class 80 unless given.
func command(
    _ name: String, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8], expecting length: Int? = 256,
    cla: UInt8 = 0x80
) throws(GlobalPlatformError) -> CommandAPDU {
    do throws(APDUError) {
        return try CommandAPDU(cla: cla, ins: ins, p1: p1, p2: p2, data: data, expectedLength: length)
    } catch {
        throw GlobalPlatformError(.outOfRange, name, cause: error)
    }
}

/// Runs a primitive of `CardCrypto`; its failure is reported as this module's error.
func primitive<Result>(_ body: @autoclosure () throws(CryptoError) -> Result) throws(GlobalPlatformError) -> Result {
    do throws(CryptoError) {
        return try body()
    } catch {
        throw GlobalPlatformError(error.code == .invalidLength ? .outOfRange : .noCryptography, error.subject)
    }
}
