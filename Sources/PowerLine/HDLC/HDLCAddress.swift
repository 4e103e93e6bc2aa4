/// A logical device of a meter, the upper part of its address on the line (IEC 62056-46, 6.4.2).
public struct HDLCDevice: RawRepresentable, Sendable, Hashable {
    /// At most `3FFF`; above `7F` only in addresses of four bytes.
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The management logical device: who is there; COSEM, for others.
    public static let management = HDLCDevice(rawValue: 0x01)
    /// The meter's element.
    public static let element = HDLCDevice(rawValue: 0x10)
    /// The card in the meter's slot.
    public static let cardSlot = HDLCDevice(rawValue: 0x11)
}

/// Whom a frame is for, or comes from, at a meter's end: a logical device at a station (IEC 62056-46, 6.4.2.2).
///
/// On the line it is two bytes, `device ‖ station`, or twice that, each part as two bytes; seven bits a byte, above the
/// bit that marks the last byte. The form of one byte is not used.
public struct HDLCServerAddress: Sendable, Hashable {
    /// The lower part: which physical device on the line.
    public enum Station: Sendable, Hashable {
        /// A station to which a number was assigned: `10` to `7D`, in addresses of four bytes up to `3FFD`.
        case number(UInt16)
        /// A meter to which none was assigned: `7E`, or `3FFE`.
        case unassigned
        /// All of them: `7F`, or `3FFF`.
        case all
    }

    public let device: HDLCDevice
    public let station: Station
    /// Whether it has four bytes on the line.
    public let isLong: Bool

    /// An address in the shortest form that holds it, or in that of four bytes.
    ///
    /// - Precondition: neither device nor station is above what four bytes hold.
    public init(_ device: HDLCDevice, at station: Station, isLong: Bool = false) {
        var isWide = device.rawValue > Self.maxShort
        if case .number(let number) = station {
            precondition(number < Self.maxLong - 1, "the highest station numbers have a meaning of their own")
            isWide = isWide || number >= Self.maxShort - 1
        }
        precondition(device.rawValue <= Self.maxLong, "a logical device has at most 14 bits")
        self.device = device
        self.station = station
        self.isLong = isLong || isWide
    }

    private static let maxShort: UInt16 = 0x7F
    private static let maxLong: UInt16 = 0x3FFF

    /// The bytes on the line: two or four.
    public var count: Int { isLong ? 4 : 2 }

    /// Whether it means the same as another, in whichever form.
    public func means(_ other: HDLCServerAddress) -> Bool { device == other.device && station == other.station }

    /// Parses `count` bytes, two or four, of which only the last is marked as the last.
    init(_ bytes: Span<UInt8>, at start: Int, count: Int) {
        func part(_ index: Int) -> UInt16 { UInt16(bytes[start + index] >> 1) }
        isLong = count == 4
        let number = isLong ? part(2) << 7 | part(3) : part(1)
        device = HDLCDevice(rawValue: isLong ? part(0) << 7 | part(1) : part(0))
        switch number {
        case isLong ? Self.maxLong : Self.maxShort: station = .all
        case (isLong ? Self.maxLong : Self.maxShort) - 1: station = .unassigned
        default: station = .number(number)
        }
    }

    func append(to bytes: inout [UInt8]) {
        let highest = isLong ? Self.maxLong : Self.maxShort
        let number =
            switch station {
            case .number(let number): number
            case .unassigned: highest - 1
            case .all: highest
            }
        func part(_ value: UInt16) -> UInt8 { UInt8(truncatingIfNeeded: value & 0x7F) << 1 }
        if isLong { bytes.append(part(device.rawValue >> 7)) }
        bytes.append(part(device.rawValue))
        if isLong { bytes.append(part(number >> 7)) }
        bytes.append(part(number) | 1)
    }
}
