public import Diagnostics

/// Why bytes are not a valid APDU, or why an APDU cannot be built.
public struct APDUError: DiagnosticError, Hashable {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// A command has at least a header of 4 bytes, a response a status word of 2.
        case tooShort = 1
        /// Lc, data and Le do not add up to the number of bytes.
        case lengthMismatch = 2
        /// The command data field is above 65,535 bytes.
        case dataTooLong = 3
        /// Ne is not in 1 to 65,536.
        case expectedLengthOutOfRange = 4
        /// A response has more than 65,536 bytes of data.
        case responseTooLong = 5
        /// The buffer is too small for what is to be written.
        case bufferTooSmall = 6

        public var description: String {
            switch self {
            case .tooShort: "is too short: a command has at least 4 bytes, a response 2"
            case .lengthMismatch: "has an Lc or Le that does not fit its bytes"
            case .dataTooLong: "has more than 65,535 bytes of data: chain several commands"
            case .expectedLengthOutOfRange: "asks for a length outside 1 to 65,536"
            case .responseTooLong: "has more than 65,536 bytes of data"
            case .bufferTooSmall: "does not fit the buffer"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The length that is wrong, in bytes.
    public let count: Int

    public init(_ code: Code, count: Int) {
        self.code = code
        self.count = count
    }

    public var subject: String { "APDU" }
    public var description: String { "APDU \(code) (\(count))" }
    public static func == (a: APDUError, b: APDUError) -> Bool { a.code == b.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
