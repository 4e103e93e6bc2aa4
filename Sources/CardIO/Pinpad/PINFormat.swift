/// How a reader inserts the typed digits into the command (PC/SC specification, part 10, 2.5.2: bmFormatString,
/// bmPINBlockString and bmPINLengthFormat).
public struct PINFormat: Sendable, Hashable {
    /// How a digit is coded.
    public enum Encoding: UInt8, Sendable, Hashable {
        case binary = 0
        /// Half a byte per digit.
        case bcd = 1
        /// A byte per digit, 30 to 39.
        case ascii = 2
    }

    /// A position after Lc, 0 to 15 bits or bytes.
    public struct Position: Sendable, Hashable {
        let isInBytes: Bool
        let count: UInt8

        /// - Precondition: `count` is at most 15.
        public static func bytes(_ count: UInt8) -> Position { Position(isInBytes: true, count: count) }
        /// - Precondition: `count` is at most 15.
        public static func bits(_ count: UInt8) -> Position { Position(isInBytes: false, count: count) }

        private init(isInBytes: Bool, count: UInt8) {
            precondition(count <= 15, "a position is 0 to 15 bits or bytes")
            self.isInBytes = isInBytes
            self.count = count
        }
    }

    public let encoding: Encoding
    /// Whether the digits are right justified in their block, else left.
    public let isRightJustified: Bool
    /// Where the digits start.
    public let position: Position
    /// The size of the PIN block in bytes, 0 to 15; 0 where the command grows with the digits.
    public let blockSize: UInt8
    /// The size of the PIN length in bits, 0 to 15; 0 where it is not inserted.
    public let lengthSize: UInt8
    /// Where the PIN length is inserted.
    public let lengthPosition: Position

    /// - Precondition: `blockSize` and `lengthSize` are at most 15.
    public init(
        _ encoding: Encoding, isRightJustified: Bool = false, position: Position = .bytes(0), blockSize: UInt8,
        lengthSize: UInt8 = 0, lengthPosition: Position = .bits(0)
    ) {
        precondition(blockSize <= 15 && lengthSize <= 15, "sizes of a PIN block are 0 to 15")
        self.encoding = encoding
        self.isRightJustified = isRightJustified
        self.position = position
        self.blockSize = blockSize
        self.lengthSize = lengthSize
        self.lengthPosition = lengthPosition
    }

    /// Format 2 of ISO 9564-1: `2 ‖ number of digits ‖ digits in BCD ‖ F…`, 8 bytes. The command holds ``format2Data``.
    public static let format2 = PINFormat(
        .bcd, position: .bytes(1), blockSize: 7, lengthSize: 4, lengthPosition: .bits(4))
    /// The data field template into which the reader inserts a PIN of format 2.
    public static let format2Data: [UInt8] = [0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]

    /// ASCII, left justified in a block of `size` bytes, the rest as in the command; with 0, as long as typed.
    public static func ascii(blockSize size: UInt8) -> PINFormat { PINFormat(.ascii, blockSize: size) }

    /// BCD, left justified in a block of `size` bytes, the rest as in the command.
    public static func bcd(blockSize size: UInt8) -> PINFormat { PINFormat(.bcd, blockSize: size) }

    /// bmFormatString, bmPINBlockString, bmPINLengthFormat.
    var bytes: [UInt8] {
        [
            (position.isInBytes ? 0x80 : 0) | position.count << 3 | (isRightJustified ? 0x04 : 0) | encoding.rawValue,
            lengthSize << 4 | blockSize,
            (lengthPosition.isInBytes ? 0x10 : 0) | lengthPosition.count,
        ]
    }
}
