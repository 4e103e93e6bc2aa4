internal import CPCSC

/// An attribute of a reader (PC/SC specification, part 3, 3.1.2).
public struct ReaderAttribute: Sendable, Hashable, RawRepresentable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The vendor's name, ASCII.
    public static let vendorName = ReaderAttribute(rawValue: 0x0001_0100)
    /// The reader's model, ASCII.
    public static let model = ReaderAttribute(rawValue: 0x0001_0101)
    /// The reader's version, a 32-bit number in host byte order: major, minor, build (16 bits).
    public static let version = ReaderAttribute(rawValue: 0x0001_0102)
    /// The reader's serial number.
    public static let serialNumber = ReaderAttribute(rawValue: 0x0001_0103)
    /// The name under which PC/SC lists the reader, zero-terminated.
    public static let friendlyName = ReaderAttribute(rawValue: 0x7FFF_0003)
    /// The card's answer to reset.
    public static let answerToReset = ReaderAttribute(rawValue: 0x0009_0303)
    /// The maximum command length in bytes, a 32-bit number in host byte order.
    public static let maxInput = ReaderAttribute(rawValue: 0x7FFF_A007)
}

/// A function of a reader beyond PC/SC's own calls.
public struct ControlCode: Sendable, Hashable, RawRepresentable {
    /// The code as passed to the service.
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The code of a function number on this system.
    public static func function(_ number: UInt32) -> ControlCode { ControlCode(rawValue: vs_control_code(number)) }

    /// Requests the reader's features (PC/SC specification, part 10, 2.2): the answer has `tag ‖ 04 ‖ code` per
    /// feature.
    public static let features = ControlCode.function(3400)
}
