public import ValueProtocol

/// One frame on a meter's line: an APDU, or a message that opens and maintains the link, from one party to another.
///
/// Its content is `version 01 ‖ kind ‖ source 8 ‖ destination 8 ‖ connection u32 ‖ sequence u32 ‖ payload`, big-endian,
/// then the check of `FrameCheck`, low byte first as in HDLC. On the line it is delimited by two bytes `7E`; within it
/// `7E` and `7D` are sent as `7D` and the byte with bit 5 inverted (RFC 1662, 4.2). After noise, or when starting to
/// listen, a receiver synchronizes at the next `7E`.
public struct LineFrame: Sendable, Hashable {
    /// The kind of a frame.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// Requests a connection; the payload is the requester's number for it, 8 bytes.
        case open = 0x01
        /// Confirms the connection; the payload is the requester's number.
        case opened = 0x02
        /// Carries a command APDU.
        case request = 0x03
        /// Carries the response APDU, and thereby acknowledges the request.
        case response = 0x04
        /// The request was delivered, but the element gave no answer.
        case silent = 0x05
        /// The connection is unknown: request a new one.
        case unknown = 0x06
    }

    public let kind: Kind
    /// The sender.
    public let source: PartyID
    /// The receiver; `.none` means any party at the other end.
    public let destination: PartyID
    /// The connection it belongs to; 0 while there is none.
    public let connection: UInt32
    /// Counts the requests of a connection from 1; an answer has its request's number.
    public let sequence: UInt32
    /// Up to `maxPayloadLength` bytes.
    public let payload: [UInt8]

    /// Max. bytes that a frame carries: a short APDU has at most 261 (ISO/IEC 7816-3, 12.1.3).
    public static let maxPayloadLength = 264
    static let headerCount = 26
    static let most = headerCount + maxPayloadLength + 2
    private static let version: UInt8 = 1

    /// - Precondition: `payload` has at most `maxPayloadLength` bytes.
    public init(
        _ kind: Kind, from source: PartyID, to destination: PartyID, connection: UInt32 = 0, sequence: UInt32 = 0,
        _ payload: [UInt8] = []
    ) {
        precondition(
            payload.count <= LineFrame.maxPayloadLength, "a frame carries at most \(LineFrame.maxPayloadLength) bytes")
        self.kind = kind
        self.source = source
        self.destination = destination
        self.connection = connection
        self.sequence = sequence
        self.payload = payload
    }

    /// Parses the bytes between two `7E`, without their escapes; nil if they are not a complete, valid frame of this
    /// version.
    public init?(content: [UInt8]) {
        guard (LineFrame.headerCount + 2...LineFrame.most).contains(content.count), content[0] == LineFrame.version,
            let kind = Kind(rawValue: content[1])
        else { return nil }
        let check = UInt16(content[content.count - 2]) | UInt16(content[content.count - 1]) << 8
        guard FrameCheck.of(content.dropLast(2)) == check else { return nil }
        func number(_ range: Range<Int>) -> UInt64 { content[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.kind = kind
        source = PartyID(rawValue: number(2..<10))
        destination = PartyID(rawValue: number(10..<18))
        connection = UInt32(number(18..<22))
        sequence = UInt32(number(22..<26))
        payload = Array(content[LineFrame.headerCount..<content.count - 2])
    }

    /// The frame as sent on the line, with a `7E` at each end.
    public var bytes: [UInt8] {
        var content: [UInt8] = [LineFrame.version, kind.rawValue]
        content.reserveCapacity(LineFrame.headerCount + payload.count + 2)
        for shift in stride(from: 56, through: 0, by: -8) {
            content.append(UInt8(truncatingIfNeeded: source.rawValue >> UInt64(shift)))
        }
        for shift in stride(from: 56, through: 0, by: -8) {
            content.append(UInt8(truncatingIfNeeded: destination.rawValue >> UInt64(shift)))
        }
        for value in [connection, sequence] {
            for shift in stride(from: 24, through: 0, by: -8) {
                content.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
            }
        }
        content += payload
        let check = FrameCheck.of(content)
        content.append(UInt8(truncatingIfNeeded: check))
        content.append(UInt8(truncatingIfNeeded: check >> 8))
        return LineEscape.wrap(content)
    }
}

/// The two bytes with a special meaning on the line.
enum LineEscape {
    static let flag: UInt8 = 0x7E
    static let escape: UInt8 = 0x7D
    static let change: UInt8 = 0x20

    static func wrap(_ content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [flag]
        bytes.reserveCapacity(content.count + content.count / 16 + 2)
        for byte in content {
            if byte == flag || byte == escape {
                bytes.append(escape)
                bytes.append(byte ^ change)
            } else {
                bytes.append(byte)
            }
        }
        bytes.append(flag)
        return bytes
    }
}
