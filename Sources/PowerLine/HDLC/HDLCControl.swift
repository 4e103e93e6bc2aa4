/// What a frame is: the control field without its poll or final bit (ISO/IEC 13239, 5.3; IEC 62056-46, 6.4.3).
///
/// Numbers count modulo 8.
public enum HDLCControl: Sendable, Hashable {
    /// I: a numbered information field, and the number of the one that is expected next from the other end.
    case information(send: UInt8, receive: UInt8)
    /// RR: ready, and the number expected next.
    case receiveReady(UInt8)
    /// RNR: not ready for information, and the number expected next.
    case receiveNotReady(UInt8)
    /// SNRM: begins a connection.
    case setNormalResponseMode
    /// DISC: ends it.
    case disconnect
    /// UA: confirms SNRM or DISC.
    case unnumberedAcknowledgement
    /// DM: there is no connection.
    case disconnectedMode
    /// FRMR: a frame was received without an error, but cannot be executed.
    case frameReject
    /// UI: an information field outside any connection.
    case unnumberedInformation
    /// Any other control field, with its poll or final bit 0.
    case other(UInt8)

    /// Where the poll or final bit is.
    static let final: UInt8 = 0x10

    /// Parses a control field; its poll or final bit does not matter.
    public init(_ byte: UInt8) {
        let (receive, kind) = (byte >> 5, byte & ~Self.final)
        if byte & 1 == 0 {
            self = .information(send: byte >> 1 & 7, receive: receive)
        } else {
            switch byte & 0x0F {
            case 0x01: self = .receiveReady(receive)
            case 0x05: self = .receiveNotReady(receive)
            default:
                switch kind {
                case 0x83: self = .setNormalResponseMode
                case 0x43: self = .disconnect
                case 0x63: self = .unnumberedAcknowledgement
                case 0x0F: self = .disconnectedMode
                case 0x87: self = .frameReject
                case 0x03: self = .unnumberedInformation
                default: self = .other(kind)
                }
            }
        }
    }

    /// The control field, with the poll or final bit 0.
    public var byte: UInt8 {
        switch self {
        case .information(let send, let receive): (receive & 7) << 5 | (send & 7) << 1
        case .receiveReady(let receive): (receive & 7) << 5 | 0x01
        case .receiveNotReady(let receive): (receive & 7) << 5 | 0x05
        case .setNormalResponseMode: 0x83
        case .disconnect: 0x43
        case .unnumberedAcknowledgement: 0x63
        case .disconnectedMode: 0x0F
        case .frameReject: 0x87
        case .unnumberedInformation: 0x03
        case .other(let kind): kind & ~Self.final
        }
    }
}

/// Why a frame was rejected: the three bytes of FRMR (ISO/IEC 13239, 5.5.3.4.2; modulo 8).
public struct HDLCRejection: Sendable, Hashable {
    /// Bits of the third byte.
    public struct Reason: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// W: the control field is not defined or not implemented.
        public static let control = Reason(rawValue: 0x01)
        /// X: the frame may not have an information field.
        public static let informationNotPermitted = Reason(rawValue: 0x02)
        /// Y: the information field is longer than the receiver can store.
        public static let informationTooLong = Reason(rawValue: 0x04)
        /// Z: the number expected next is of a frame that was not sent, or was confirmed before.
        public static let receiveNumber = Reason(rawValue: 0x08)
    }

    /// The rejected control field as it came.
    public let control: UInt8
    /// The number that the rejecting end sends next.
    public let send: UInt8
    /// The number that it expects next.
    public let receive: UInt8
    /// Whether the rejected frame was a response.
    public let isResponse: Bool
    public let reason: Reason

    public init(control: UInt8, send: UInt8, receive: UInt8, isResponse: Bool, reason: Reason) {
        self.control = control
        self.send = send & 7
        self.receive = receive & 7
        self.isResponse = isResponse
        self.reason = reason
    }

    /// Parses the information field of FRMR; nil unless it is three bytes.
    public init?(_ information: [UInt8]) {
        guard information.count == 3 else { return nil }
        self.init(
            control: information[0], send: information[1] >> 1, receive: information[1] >> 5,
            isResponse: information[1] & HDLCControl.final != 0, reason: Reason(rawValue: information[2] & 0x0F))
    }

    /// The information field of FRMR.
    public var bytes: [UInt8] {
        [control, receive << 5 | (isResponse ? HDLCControl.final : 0) | send << 1, reason.rawValue]
    }
}
