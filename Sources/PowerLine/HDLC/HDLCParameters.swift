/// What two ends agree on in SNRM and UA (IEC 62056-46, 6.4.4.4.3.2), seen from one of them.
public struct HDLCParameters: Sendable, Hashable {
    /// The longest information field that it sends, in bytes.
    public var transmitLength: Int
    /// The longest that it receives.
    public var receiveLength: Int
    /// The most frames that it sends before one of them has to be confirmed, 1 to 7.
    public var transmitWindow: Int
    /// The most that it receives so.
    public var receiveWindow: Int

    /// - Precondition: lengths of 1 to 2,030, windows of 1 to 7.
    public init(
        transmitLength: Int = 128, receiveLength: Int = 128, transmitWindow: Int = 1, receiveWindow: Int = 1
    ) {
        for length in [transmitLength, receiveLength] {
            precondition(1...HDLCFrame.maxInformationLength ~= length, "a length is 1 to 2,030 bytes")
        }
        for window in [transmitWindow, receiveWindow] { precondition(1...7 ~= window, "a window is 1 to 7 frames") }
        self.transmitLength = transmitLength
        self.receiveLength = receiveLength
        self.transmitWindow = transmitWindow
        self.receiveWindow = receiveWindow
    }

    /// The same in both directions.
    public init(length: Int, window: Int) {
        self.init(transmitLength: length, receiveLength: length, transmitWindow: window, receiveWindow: window)
    }

    /// What holds where nothing is said: 128 bytes, window 1.
    public static let standard = HDLCParameters()
    /// What our ends offer. Longer fields than that are worse on a line that is not free of errors, and with them a
    /// reader is in step again later.
    public static let offered = HDLCParameters(length: 257, window: 7)

    /// What both ends keep to: of each, the smaller of one end's own and what the other end says of its side.
    public func negotiated(with other: HDLCParameters) -> HDLCParameters {
        HDLCParameters(
            transmitLength: min(transmitLength, other.receiveLength),
            receiveLength: min(receiveLength, other.transmitLength),
            transmitWindow: min(transmitWindow, other.receiveWindow),
            receiveWindow: min(receiveWindow, other.transmitWindow))
    }

    private static let format: UInt8 = 0x81
    private static let group: UInt8 = 0x80

    /// The information field of SNRM or UA: what differs from what holds where nothing is said; none if nothing does.
    public var bytes: [UInt8] {
        var values: [UInt8] = []
        let lengths: [(UInt8, Int, Int)] = [
            (0x05, transmitLength, Self.standard.transmitLength), (0x06, receiveLength, Self.standard.receiveLength),
        ]
        for (name, length, standard) in lengths where length != standard {
            let (high, low) = (UInt8(length >> 8), UInt8(length & 0xFF))
            values += high == 0 ? [name, 1, low] : [name, 2, high, low]
        }
        for (name, window) in [(0x07, transmitWindow), (0x08, receiveWindow)] as [(UInt8, Int)] where window != 1 {
            values += [name, 4, 0, 0, 0, UInt8(window)]
        }
        return values.isEmpty ? [] : [Self.format, Self.group, UInt8(values.count)] + values
    }

    /// Parses the information field of SNRM or UA; what it does not name is as where nothing is said.
    ///
    /// Values have one to four bytes; more than 2,030 bytes or 7 frames mean those. Other groups and parameters are passed
    /// over. Nil where it is malformed, or a value is 0.
    public init?(_ information: [UInt8]) {
        self = .standard
        guard let first = information.first else { return }
        guard first == Self.format else { return nil }
        var rest = information.dropFirst()
        while let group = rest.popFirst() {
            guard let count = rest.popFirst(), rest.count >= Int(count) else { return nil }
            if group == Self.group, !read(rest.prefix(Int(count))) { return nil }
            rest = rest.dropFirst(Int(count))
        }
    }

    private mutating func read(_ values: ArraySlice<UInt8>) -> Bool {
        var rest = values
        while let name = rest.popFirst() {
            guard let count = rest.popFirst(), rest.count >= Int(count) else { return false }
            let value = rest.prefix(Int(count))
            rest = rest.dropFirst(Int(count))
            guard 0x05...0x08 ~= name else { continue }
            guard 1...4 ~= count else { return false }
            let number = Int(value.reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            guard number > 0 else { return false }
            switch name {
            case 0x05: transmitLength = min(number, HDLCFrame.maxInformationLength)
            case 0x06: receiveLength = min(number, HDLCFrame.maxInformationLength)
            case 0x07: transmitWindow = min(number, 7)
            default: receiveWindow = min(number, 7)
            }
        }
        return true
    }
}
