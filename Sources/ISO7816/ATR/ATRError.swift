public import Diagnostics

/// Why bytes cannot be read as an answer to reset, or why one cannot be built.
///
/// Two errors are equal when their codes and offsets are.
public struct ATRError: DiagnosticError, Hashable {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// TS is neither 3B nor 3F.
        case unknownInitialCharacter = 1
        /// The bytes end too soon.
        case truncated = 2
        /// No protocol to offer, or one other than T=0 and T=1.
        case unknownProtocol = 3
        /// More than 15 historical bytes.
        case tooManyHistoricalBytes = 4
        /// A value outside its range.
        case valueOutOfRange = 5

        public var description: String {
            switch self {
            case .unknownInitialCharacter:
                "TS is neither 3B nor 3F: not an answer to reset of an asynchronous card"
            case .truncated: "the bytes end before the last byte that they announce"
            case .unknownProtocol: "an answer to reset is built for T=0, T=1 or both"
            case .tooManyHistoricalBytes: "at most 15 historical bytes are possible"
            case .valueOutOfRange: "a value is outside the range of its interface byte"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The index of the wrong byte; when building, the wrong count or value.
    public let offset: Int

    public init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    public var subject: String { "answer to reset (\(offset))" }

    public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.offset == b.offset }
}

/// A rule violation in an answer to reset that can still be read.
public enum ATRProblem: Sendable, Hashable, CustomStringConvertible {
    /// The exclusive or of T0 to TCK is not zero.
    case wrongCheckByte(found: UInt8, expected: UInt8)
    /// A protocol other than T=0 is named and TCK is missing.
    case missingCheckByte
    /// More bytes than announced, like a TCK where only T=0 is named.
    case trailingBytes(count: Int)
    /// Fewer historical bytes than announced, and no TCK; only where an incomplete answer is read.
    case missingHistoricalBytes(count: Int)
    /// More than TS and 32 bytes.
    case tooLong(count: Int)

    public var description: String {
        switch self {
        case .wrongCheckByte(let found, let expected):
            "TCK is \(hexadecimal(found)) and should be \(hexadecimal(expected))"
        case .missingCheckByte: "TCK is missing"
        case .trailingBytes(let count): "\(count) more bytes than announced"
        case .missingHistoricalBytes(let count): "\(count) fewer historical bytes than announced"
        case .tooLong(let count): "\(count) bytes, where 33 are the most"
        }
    }
}
