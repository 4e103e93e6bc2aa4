/// A request or response of protocol and parameters selection (ISO/IEC 7816-3, 9).
public struct PPSMessage: Sendable, Hashable {
    /// PPSS, the first byte of every message.
    static let initialByte: UInt8 = 0xFF

    /// T, 0 to 14.
    public var protocolNumber: UInt8
    /// PPS1: indices of F and D, as in TA1; nil for Fd and Dd, which are already in use.
    public var speed: UInt8?
    /// PPS2: use of the contact SPU.
    public var standardUse: UInt8?
    /// PPS3, reserved for future use.
    public var reserved: UInt8?

    public init(protocolNumber: UInt8, speed: UInt8? = nil, standardUse: UInt8? = nil, reserved: UInt8? = nil) {
        self.protocolNumber = protocolNumber & 0x0F
        self.speed = speed
        self.standardUse = standardUse
        self.reserved = reserved
    }

    /// The encoded message, PCK last.
    public var bytes: [UInt8] {
        let presence: UInt8 =
            (speed == nil ? 0 : 0x10) | (standardUse == nil ? 0 : 0x20) | (reserved == nil ? 0 : 0x40)
        let body = [Self.initialByte, presence | protocolNumber] + [speed, standardUse, reserved].compactMap(\.self)
        return body + [body.reduce(0, ^)]
    }

    /// The length of the message that begins with `beginning`; nil before PPS0 was received.
    static func count(_ beginning: [UInt8]) -> Int? {
        guard beginning.count >= 2 else { return nil }
        return 3 + (beginning[1] & 0x70).nonzeroBitCount
    }

    /// Parses a whole message; nil where PPSS, the length, PCK or bit 8 of PPS0 is wrong.
    public init?(_ bytes: [UInt8]) {
        guard bytes.first == Self.initialByte, Self.count(bytes) == bytes.count, bytes.reduce(0, ^) == 0,
            bytes[1] & 0x80 == 0
        else { return nil }
        var rest = bytes.dropFirst(2)
        protocolNumber = bytes[1] & 0x0F
        speed = bytes[1] & 0x10 == 0 ? nil : rest.popFirst()
        standardUse = bytes[1] & 0x20 == 0 ? nil : rest.popFirst()
        reserved = bytes[1] & 0x40 == 0 ? nil : rest.popFirst()
    }

    /// Whether `response` is permitted for this request (9.3): the same T; PPS1 and PPS2 as requested or absent; PPS3
    /// as requested.
    public func permits(_ response: PPSMessage) -> Bool {
        response.protocolNumber == protocolNumber
            && (response.speed == nil || response.speed == speed)
            && (response.standardUse == nil || response.standardUse == standardUse)
            && response.reserved == reserved
    }
}
