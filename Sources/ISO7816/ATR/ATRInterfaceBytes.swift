/// The interface bytes of one level: TAi, TBi, TCi and TDi (ISO/IEC 7816-3, 8.2.3).
public struct ATRInterfaceBytes: Sendable, Hashable {
    /// T of the previous TD, the protocol that the bytes belong to; nil on the first level, which is global.
    public let protocolNumber: UInt8?
    public internal(set) var ta: UInt8?
    public internal(set) var tb: UInt8?
    public internal(set) var tc: UInt8?
    public internal(set) var td: UInt8?

    init(protocolNumber: UInt8?, ta: UInt8? = nil, tb: UInt8? = nil, tc: UInt8? = nil, td: UInt8? = nil) {
        self.protocolNumber = protocolNumber
        self.ta = ta
        self.tb = tb
        self.tc = tc
        self.td = td
    }

    /// Y: which of the four are present, as the high half of T0 or TD.
    var presence: UInt8 {
        (ta == nil ? 0 : 0x10) | (tb == nil ? 0 : 0x20) | (tc == nil ? 0 : 0x40) | (td == nil ? 0 : 0x80)
    }

    /// Those that are present, in order.
    var bytes: [UInt8] { [ta, tb, tc, td].compactMap(\.self) }
}
