/// Why bytes are no APDU, or why an APDU cannot be built.
public struct APDUError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, in words.
        public let description: String

        /// A command has at least a header of 4 bytes, a response a status word of 2.
        public static let tooShort = Code(description: "is too short: a command has at least 4 bytes, a response 2")
        /// Lc, data and Le do not add up to the bytes that are there.
        public static let lengthMismatch = Code(description: "has an Lc or Le that does not fit its bytes")
        /// The command data field is above 65,535 bytes.
        public static let dataTooLong = Code(description: "has more than 65,535 bytes of data: chain several commands")
        /// Ne is not in 1 to 65,536.
        public static let expectedLengthOutOfRange = Code(description: "asks for a length outside 1 to 65,536")
        /// A response has more than 65,536 bytes of data.
        public static let responseTooLong = Code(description: "has more than 65,536 bytes of data")
        /// The room given is too small for what is to be written.
        public static let noRoom = Code(description: "does not fit the room given for it")
    }

    /// What is wrong.
    public let code: Code
    /// The length that is wrong, in bytes.
    public let count: Int

    public init(_ code: Code, count: Int) {
        self.code = code
        self.count = count
    }

    public var description: String { "APDU \(code) (\(count))" }
    public static func == (a: APDUError, b: APDUError) -> Bool { a.code == b.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
