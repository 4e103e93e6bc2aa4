/// Why bytes are no BER-TLV data objects, or why data objects cannot be written.
///
/// Two errors are equal when their codes and offsets are.
public struct TLVError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong; new codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, in words.
        public let description: String

        /// The bytes end within a tag field.
        public static let truncatedTag = Code(description: "the bytes end within a tag")
        /// The tag number begins with zeros.
        public static let overlongTag = Code(description: "the tag number begins with zeros (second byte 80)")
        /// The tag has more than 4 bytes.
        public static let tagTooLong = Code(description: "the tag has more than 4 bytes")
        /// The bytes end before or within a length field.
        public static let truncatedLength = Code(description: "the bytes end within a length field")
        /// Length byte 80.
        public static let indefiniteLength = Code(
            description: "the length is indefinite (80), which ISO/IEC 7816-4 does not allow")
        /// The length would fit a shorter field.
        public static let overlongLength = Code(description: "the length is written in more bytes than it needs")
        /// The length field has more than 1 + 4 bytes.
        public static let lengthTooLong = Code(description: "the length field has more than 4 further bytes")
        /// The value would go beyond the end of the bytes.
        public static let truncatedValue = Code(description: "the value is longer than the bytes that are there")
        /// Data objects within data objects, deeper than allowed.
        public static let nestedTooDeep = Code(description: "data objects are nested deeper than allowed")
        /// Data objects were asked for within a primitive one.
        public static let notConstructed = Code(description: "the tag is primitive: its value holds no data objects")
        /// A primitive value was given for a constructed tag.
        public static let notPrimitive = Code(description: "the tag is constructed: its value is data objects")
        /// No data object, where one was asked for.
        public static let missing = Code(description: "the data object asked for is not there")
        /// More bytes than the one data object asked for.
        public static let trailingBytes = Code(description: "more follows than the one data object asked for")
        /// The room given is too small for what is to be written.
        public static let noRoom = Code(description: "the data object does not fit the room given for it")
        /// A value above 4,294,967,295 bytes.
        public static let valueTooLong = Code(description: "the value is longer than a length field can say")
    }

    /// What is wrong.
    public let code: Code
    /// The byte at which it is wrong, counted from the first byte of what was read or written.
    public let offset: Int

    public init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    public var description: String { "BER-TLV, byte \(offset): \(code)" }
}
