/// One frame of HDLC, frame format type 3 (ISO/IEC 13239, annex H; IEC 62056-46, 6.4).
///
/// Between two flags `7E`, without transparency, it is `format ‖ destination ‖ source ‖ control ‖ HCS ‖ information ‖ FCS`:
/// the format field has `A` in its upper four bits, then the segmentation bit and a length of eleven bits, of everything
/// between the flags. HCS is absent where there is no information field. Both checks are of ``FrameCheck``, low byte first.
public struct HDLCFrame: Sendable, Hashable {
    /// Which way it goes.
    public enum Direction: Sendable, Hashable {
        /// From the primary to a secondary station: the destination is the server's address.
        case command
        /// From a secondary station: the destination is the client's address.
        case response
    }

    /// The most bytes of an information field that a maximum length may be negotiated to.
    public static let maxInformationLength = 2_030

    public let direction: Direction
    public let server: HDLCServerAddress
    /// The primary station's address, at most `7F`.
    public let client: UInt8
    public let control: HDLCControl
    /// The poll bit of a command, the final bit of a response: the other end's turn begins.
    public let isFinal: Bool
    /// Whether more of the same message follows in the next frame.
    public let isSegmented: Bool
    public let information: [UInt8]

    /// - Precondition: `client` has at most seven bits, `information` at most 2,030 bytes.
    public init(
        _ direction: Direction, _ server: HDLCServerAddress, client: UInt8, _ control: HDLCControl,
        isFinal: Bool = true, isSegmented: Bool = false, information: [UInt8] = []
    ) {
        precondition(client <= 0x7F, "a client's address has seven bits")
        precondition(information.count <= Self.maxInformationLength, "an information field has at most 2,030 bytes")
        self.direction = direction
        self.server = server
        self.client = client
        self.control = control
        self.isFinal = isFinal
        self.isSegmented = isSegmented
        self.information = information
    }

    /// Parses what is between two flags; nil unless it is a frame with good checks and a server address of two or four
    /// bytes.
    public init?(content: [UInt8]) {
        let bytes = content.span
        guard let header = HDLCHeader(bytes, at: 0), header.length == bytes.count, header.isSound(bytes, at: 0),
            FrameCheck.holds(bytes, 0..<bytes.count)
        else { return nil }
        self.init(bytes, at: 0, header)
    }

    /// Takes over a frame whose header and checks were found good.
    init(_ bytes: Span<UInt8>, at start: Int, _ header: HDLCHeader) {
        let addresses = start + 2
        direction = header.destinationCount == 1 ? .response : .command
        if direction == .command {
            server = HDLCServerAddress(bytes, at: addresses, count: header.destinationCount)
            client = bytes[addresses + header.destinationCount] >> 1
        } else {
            client = bytes[addresses] >> 1
            server = HDLCServerAddress(bytes, at: addresses + 1, count: header.sourceCount)
        }
        let field = bytes[start + header.count - 1]
        control = HDLCControl(field)
        isFinal = field & HDLCControl.final != 0
        isSegmented = bytes[start] & HDLCHeader.segmented != 0
        if header.hasInformation {
            let range = start + header.count + 2..<start + header.length - 2
            var information: [UInt8] = []
            information.reserveCapacity(range.count)
            for index in range { information.append(bytes[index]) }
            self.information = information
        } else {
            information = []
        }
    }

    /// The bytes on the line with a flag at each end.
    public var bytes: [UInt8] { Self.bytes(of: [self]) }

    /// The bytes of consecutive frames: one flag ends a frame and begins the next.
    public static func bytes(of frames: [HDLCFrame]) -> [UInt8] {
        guard !frames.isEmpty else { return [] }
        var bytes: [UInt8] = [HDLCHeader.flag]
        bytes.reserveCapacity(frames.reduce(1) { $0 + $1.length + 1 })
        for frame in frames {
            frame.append(to: &bytes)
            bytes.append(HDLCHeader.flag)
        }
        return bytes
    }

    /// The bytes between its flags.
    public var length: Int { Self.length(of: information.count, server) }

    static func length(of information: Int, _ server: HDLCServerAddress) -> Int {
        let header = 2 + server.count + 1 + 1
        return information == 0 ? header + 2 : header + 2 + information + 2
    }

    private func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        let format = UInt16(HDLCHeader.type) << 8 | (isSegmented ? UInt16(HDLCHeader.segmented) << 8 : 0)
        append(low: (format | UInt16(length)).byteSwapped, to: &bytes)
        if direction == .response { bytes.append(client << 1 | 1) }
        server.append(to: &bytes)
        if direction == .command { bytes.append(client << 1 | 1) }
        bytes.append(controlField)
        if !information.isEmpty {
            append(low: FrameCheck.of(bytes[start...]), to: &bytes)
            bytes += information
        }
        append(low: FrameCheck.of(bytes[start...]), to: &bytes)
    }

    private func append(low value: UInt16, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    /// The control field with its poll or final bit.
    var controlField: UInt8 { control.byte | (isFinal ? HDLCControl.final : 0) }
}

/// What the first bytes of a frame say of its form.
struct HDLCHeader {
    static let flag: UInt8 = 0x7E
    /// The upper four bits of the format field.
    static let type: UInt8 = 0xA0
    static let segmented: UInt8 = 0x08
    /// The longest header: format, addresses of four bytes and of one, control.
    static let maxCount = 8
    /// The shortest frame: format, addresses, control, FCS.
    static let minLength = 8

    /// Of everything between the flags.
    let length: Int
    let destinationCount: Int
    let sourceCount: Int
    /// Bytes from the format field to the control field.
    let count: Int
    /// Whether HCS and an information field follow.
    var hasInformation: Bool { length > count + 2 }

    /// Parses format field and addresses, all of which must be there; nil if they cannot begin a frame.
    init?(_ bytes: Span<UInt8>, at start: Int) {
        guard bytes.count - start >= Self.minLength, bytes[start] & 0xF0 == Self.type else { return nil }
        length = Int(bytes[start] & 0x07) << 8 | Int(bytes[start + 1])
        guard let destination = Self.addressCount(bytes, start + 2),
            let source = Self.addressCount(bytes, start + 2 + destination),
            (destination == 1) != (source == 1)
        else { return nil }
        (destinationCount, sourceCount) = (destination, source)
        count = 2 + destination + source + 1
        // A client's address and none of the server's two-byte forms; information of no bytes has no HCS.
        guard length == count + 2 || length >= count + 5 else { return nil }
    }

    /// Whether HCS, where there is one, is good. Those bytes must be there.
    func isSound(_ bytes: Span<UInt8>, at start: Int) -> Bool {
        !hasInformation || FrameCheck.holds(bytes, start..<start + count + 2)
    }

    /// One, two or four bytes, the last of which has its lowest bit set; nil for anything else.
    private static func addressCount(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        for count in 1...4 where start + count <= bytes.count && bytes[start + count - 1] & 1 == 1 {
            return count == 3 ? nil : count
        }
        return nil
    }
}
