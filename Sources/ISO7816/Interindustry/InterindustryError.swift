public import Diagnostics

/// Why an interindustry command failed.
public struct InterindustryError: StatusError {
    /// What went wrong.
    public var code: Code
    /// The command or the file concerned. Never the data.
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

extension InterindustryError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The card gave no answer.
        case noAnswer = 1
        /// The card returned an error status word.
        case refused = 2
        /// The answer violates the standard.
        case malformedAnswer = 3
        /// An argument is out of the command's range.
        case outOfRange = 4
        /// The file has no end within the limit.
        case tooLong = 5
        /// No logical channel is free.
        case noChannel = 6

        public var description: String {
            switch self {
            case .noAnswer: "the card gave no answer"
            case .refused: "the card refuses"
            case .malformedAnswer: "the answer is not what the standard says"
            case .outOfRange: "an argument is out of range"
            case .tooLong: "there is more than the limit given"
            case .noChannel: "the card opens no further logical channel"
            }
        }
    }
}

extension CommandAPDU {
    /// Builds an interindustry command of class 00.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange` for lengths that a command cannot carry.
    static func interindustry(
        _ name: String, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, data: some Collection<UInt8> = EmptyCollection(),
        expecting length: Int? = nil
    ) throws(InterindustryError) -> CommandAPDU {
        do throws(APDUError) {
            return try CommandAPDU(cla: 0x00, ins: ins, p1: p1, p2: p2, data: data, expectedLength: length)
        } catch {
            throw InterindustryError(.outOfRange, name, cause: error)
        }
    }

    /// The same command with another class byte.
    func withClass(_ cla: ClassByte) -> CommandAPDU {
        var bytes = bytes
        bytes[0] = cla.rawValue
        return CommandAPDU(checked: bytes, layout: layout)
    }
}

extension CardChannel {
    /// Sends a command and returns the answer where `accepts` is true for its status word.
    ///
    /// - Throws: `InterindustryError` with code `.noAnswer` or `.refused`.
    public func perform(
        _ command: CommandAPDU, _ name: String, accepts: (StatusWord) -> Bool = { $0 == .success }
    ) throws(InterindustryError) -> ResponseAPDU {
        let response = try exchange(command, name)
        guard accepts(response.status) else { throw InterindustryError(.refused, name, status: response.status) }
        return response
    }

    /// Sends a command and returns the answer, whatever its status word.
    func exchange(_ command: CommandAPDU, _ name: String) throws(InterindustryError) -> ResponseAPDU {
        do throws(CardError) {
            return try transmit(command)
        } catch {
            throw InterindustryError(.noAnswer, name, cause: error)
        }
    }
}
