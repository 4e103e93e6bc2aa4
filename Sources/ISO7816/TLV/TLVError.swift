public import Diagnostics

/// Why bytes are not valid BER-TLV data objects, or why data objects cannot be written.
///
/// Two errors are equal when their codes and offsets are.
public struct TLVError: DiagnosticError, Hashable {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The bytes end within a tag field.
        case truncatedTag = 1
        /// The tag number begins with zeros.
        case overlongTag = 2
        /// The tag has more than 4 bytes.
        case tagTooLong = 3
        /// The bytes end before or within a length field.
        case truncatedLength = 4
        /// Length byte 80.
        case indefiniteLength = 5
        /// The length would fit into a shorter field.
        case overlongLength = 6
        /// The length field has more than 1 + 4 bytes.
        case lengthTooLong = 7
        /// The value would go beyond the end of the bytes.
        case truncatedValue = 8
        /// Data objects are nested deeper than allowed.
        case nestedTooDeep = 9
        /// A primitive data object has no children.
        case notConstructed = 10
        /// A primitive value was given for a constructed tag.
        case notPrimitive = 11
        /// A data object was expected but is missing.
        case missing = 12
        /// Bytes after the one expected data object.
        case trailingBytes = 13
        /// The buffer is too small for what is to be written.
        case bufferTooSmall = 14
        /// A value above 4,294,967,295 bytes.
        case valueTooLong = 15

        public var description: String {
            switch self {
            case .truncatedTag: "the bytes end within a tag"
            case .overlongTag: "the tag number begins with zeros (second byte 80)"
            case .tagTooLong: "the tag has more than 4 bytes"
            case .truncatedLength: "the bytes end within a length field"
            case .indefiniteLength: "the length is indefinite (80), which ISO/IEC 7816-4 does not allow"
            case .overlongLength: "the length is written in more bytes than it needs"
            case .lengthTooLong: "the length field has more than 4 further bytes"
            case .truncatedValue: "the value is longer than the bytes that are there"
            case .nestedTooDeep: "data objects are nested deeper than allowed"
            case .notConstructed: "the tag is primitive: its value holds no data objects"
            case .notPrimitive: "the tag is constructed: its value is data objects"
            case .missing: "the data object asked for is not there"
            case .trailingBytes: "more follows than the one data object asked for"
            case .bufferTooSmall: "the data object does not fit the buffer"
            case .valueTooLong: "the value is longer than a length field can say"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The offset of the error from the start of what was read or written.
    public let offset: Int

    public init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// The position is counted from 1 here.
    public var subject: String { "BER-TLV, byte \(offset + 1)" }

    public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.offset == b.offset }
}
