/// Why bytes cannot be read as an answer to reset, or why one cannot be built.
///
/// Two errors are equal when their codes and offsets are.
public struct ATRError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong; new codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, in words.
        public let description: String

        /// TS is neither 3B nor 3F.
        public static let unknownInitialCharacter = Code(
            description: "TS is neither 3B nor 3F: this is no answer to reset of an asynchronous card")
        /// The bytes end too soon.
        public static let truncated = Code(description: "the bytes end before the last byte that they announce")
        /// No protocol to offer, or one other than T=0 and T=1.
        public static let unknownProtocol = Code(description: "an answer to reset is built for T=0, T=1 or both")
        /// More than 15 historical bytes.
        public static let tooManyHistoricalBytes = Code(description: "there is room for at most 15 historical bytes")
        /// A value outside its range.
        public static let valueOutOfRange = Code(description: "a value is outside the range of its interface byte")
    }

    /// What is wrong.
    public let code: Code
    /// The byte at which it is wrong; in building, the number of bytes or the value that is wrong.
    public let offset: Int

    public init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    public var description: String { "answer to reset (\(offset)): \(code)" }
}

/// What breaks the rules in an answer to reset that can be read all the same.
public enum ATRProblem: Sendable, Hashable, CustomStringConvertible {
    /// The exclusive or of T0 to TCK is not zero.
    case wrongCheckByte(found: UInt8, expected: UInt8)
    /// A protocol other than T=0 is named and TCK is not there.
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
