/// A BER-TLV tag: class, primitive or constructed, and number (ISO/IEC 7816-4, 5.2.2.1; ISO/IEC 8825-1, 8.1.2).
///
/// The value is the encoded tag, read as one big-endian number: `0x6F`, `0x9F38`, `0xDF8101`.
public struct TLVTag: RawRepresentable, Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral,
    CustomStringConvertible
{
    /// The four classes of tags.
    public enum Class: UInt8, Sendable, Hashable, CaseIterable {
        case universal = 0
        case application = 1
        case contextSpecific = 2
        case `private` = 3
    }

    /// The tag's 1 to 4 bytes, big-endian.
    public let rawValue: UInt32

    /// From an encoded tag; nil where it is not valid: see ``isValid(_:)``.
    public init?(rawValue: UInt32) {
        guard TLVTag.isValid(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// A tag literal.
    ///
    /// - Precondition: `value` is a valid tag: see ``isValid(_:)``.
    @inlinable
    public init(integerLiteral value: UInt32) {
        precondition(TLVTag.isValid(value), "not a BER-TLV tag")
        self.rawValue = value
    }

    @inlinable
    init(known value: UInt32) { self.rawValue = value }

    /// How many bytes the tag takes, 1 to 4.
    @inlinable
    public var byteCount: Int {
        if rawValue < 0x100 { return 1 }
        if rawValue < 0x1_0000 { return 2 }
        return rawValue < 0x100_0000 ? 3 : 4
    }

    /// The first byte, which carries class and form.
    @inlinable
    var leadingByte: UInt8 {
        if rawValue < 0x100 { return UInt8(truncatingIfNeeded: rawValue) }
        if rawValue < 0x1_0000 { return UInt8(truncatingIfNeeded: rawValue &>> 8) }
        return UInt8(truncatingIfNeeded: rawValue < 0x100_0000 ? rawValue &>> 16 : rawValue &>> 24)
    }

    /// Whether the value consists of data objects.
    @inlinable
    public var isConstructed: Bool { leadingByte & 0x20 != 0 }

    /// The class of the tag.
    public var tagClass: Class {
        switch leadingByte >> 6 {
        case 0: .universal
        case 1: .application
        case 2: .contextSpecific
        default: .private
        }
    }

    /// The tag number, up to 21 bits.
    @inlinable
    public var number: UInt32 {
        if rawValue < 0x100 { return rawValue & 0x1F }
        var sum = rawValue & 0x7F
        if rawValue >= 0x1_0000 { sum |= (rawValue &>> 8 & 0x7F) &<< 7 }
        if rawValue >= 0x100_0000 { sum |= (rawValue &>> 16 & 0x7F) &<< 14 }
        return sum
    }

    /// Whether `value`, big-endian, is exactly one valid tag.
    ///
    /// Refused are 0 (padding), further bytes where the first holds the number, a last byte that announces another one,
    /// and a number with leading zeros (second byte 80). Numbers below 31 in two bytes are accepted, although ISO/IEC
    /// 7816-4 does not use them: EMV has tags 9F01 to 9F1E.
    @inlinable
    public static func isValid(_ value: UInt32) -> Bool {
        guard value != 0 else { return false }
        let count = 4 - value.leadingZeroBitCount / 8
        let leading = value >> (8 * UInt32(count - 1))
        guard leading & 0x1F == 0x1F else { return count == 1 }
        guard count > 1, value & 0x80 == 0 else { return false }
        for index in 1..<UInt32(max(count - 1, 1)) where value >> (8 * index) & 0x80 == 0 { return false }
        return value >> (8 * UInt32(count - 2)) & 0xFF != 0x80
    }

    /// How many bytes a data object with this tag and a value of `count` bytes takes.
    @inlinable
    public func encodedCount(valueCount count: Int) -> Int {
        byteCount + TLVLength.byteCount(of: count) + count
    }

    /// The tag in hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return digits.count % 2 == 0 ? digits : "0" + digits
    }

    public static func < (a: TLVTag, b: TLVTag) -> Bool { a.rawValue < b.rawValue }
}
