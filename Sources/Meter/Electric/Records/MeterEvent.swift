public import ValueProtocol

/// What happened to a meter: `time u32 ‖ code u16 ‖ value u32` (protocol §6).
public struct MeterEvent: Sendable, Hashable {
    public let time: Timestamp
    public let code: Code
    /// What the code says it is; 0 where it says nothing.
    public let value: UInt32

    /// - Parameters:
    ///   - time: of the meter's clock.
    ///   - code: what happened.
    ///   - value: what goes with it.
    public init(time: Timestamp, code: Code, value: UInt32 = 0) {
        self.time = time
        self.code = code
        self.value = value
    }

    /// What happened.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        // 01xx: supply; the value is the place of the decision's reason.
        public static let supplyOn = Code(rawValue: 0x0101)
        public static let supplyOff = Code(rawValue: 0x0102)
        /// Supply goes on for another reason than before.
        public static let supplyReason = Code(rawValue: 0x0103)
        // The value is the channel, counted from 1.
        public static let channelOff = Code(rawValue: 0x0104)
        public static let channelOn = Code(rawValue: 0x0105)
        public static let channelOverloaded = Code(rawValue: 0x0106)
        // 02xx: power; the value is micro-units that the cut took, or the most that 32 bits hold.
        public static let powerUp = Code(rawValue: 0x0201)
        public static let lastGasp = Code(rawValue: 0x0202)
        // 03xx: value.
        /// The last token left the tank.
        public static let lastToken = Code(rawValue: 0x0301)
        public static let emergencyAsked = Code(rawValue: 0x0302)
        /// Micro-units, or the most that 32 bits hold.
        public static let debtRepaid = Code(rawValue: 0x0303)
        /// Value came from a card in the slot: micro-units, or the most that 32 bits hold.
        public static let cardRedeemed = Code(rawValue: 0x0304)
        // 04xx: the clock; the value is the time before, as far as it was known.
        public static let clockSet = Code(rawValue: 0x0401)
        /// The crystal stood still: what follows is the last time known, and is not the time.
        public static let clockLost = Code(rawValue: 0x0402)
        // 05xx: tampering.
        public static let bypassBegins = Code(rawValue: 0x0501)
        public static let bypassEnds = Code(rawValue: 0x0502)
        public static let coverOpened = Code(rawValue: 0x0503)
        public static let coverClosed = Code(rawValue: 0x0504)
        public static let magnetBegins = Code(rawValue: 0x0505)
        public static let magnetEnds = Code(rawValue: 0x0506)
        public static let sealBroken = Code(rawValue: 0x0507)
        public static let sealed = Code(rawValue: 0x0508)
        // 06xx: faults; of a relay the value is its channel, counted from 1, of a surge how many there were.
        public static let relayWelded = Code(rawValue: 0x0601)
        public static let relayNotSwitching = Code(rawValue: 0x0602)
        public static let relayWorks = Code(rawValue: 0x0603)
        public static let surge = Code(rawValue: 0x0604)
        public static let arresterWorn = Code(rawValue: 0x0605)
    }

    static let count = 10

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: time.rawValue)
        bytes.append(bigEndian: code.rawValue)
        bytes.append(bigEndian: value)
        return bytes
    }

    /// Nil where the bytes are no event.
    public init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        self.init(
            time: Timestamp(rawValue: reader.read()), code: Code(rawValue: reader.read()), value: reader.read())
        guard reader.isFinished else { return nil }
    }
}
