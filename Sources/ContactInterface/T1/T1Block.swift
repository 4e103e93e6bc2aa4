public import ISO7816

/// A block of T=1 (ISO/IEC 7816-3, 11.3).
public struct T1Block: Sendable, Hashable {
    /// Supervision (11.3.2.2).
    public enum Supervision: UInt8, Sendable, Hashable {
        /// Both ends reset their sequence numbers.
        case resynchronize = 0
        /// The maximum information field that the sender accepts, 1 to 254.
        case informationFieldSize = 1
        /// Ends a chain.
        case abort = 2
        /// Multiplies the block waiting time for the next answer by 1 to 255.
        case waitingTimeExtension = 3
    }

    /// The error code of an R-block.
    public enum Fault: UInt8, Sendable, Hashable {
        /// No error.
        case none = 0
        /// Parity or EDC error.
        case redundancy = 1
        /// Any other error.
        case other = 2
    }

    /// The decoded PCB.
    public enum Kind: Sendable, Hashable {
        /// An I-block: N(S), and whether more blocks follow.
        case information(UInt8, more: Bool)
        /// An R-block: N(R), and the error.
        case ready(UInt8, Fault)
        /// An S-block request.
        case request(Supervision)
        /// An S-block response.
        case response(Supervision)

        /// PCB.
        public var byte: UInt8 {
            switch self {
            case .information(let number, let more): (number & 1) << 6 | (more ? 0x20 : 0)
            case .ready(let number, let fault): 0x80 | (number & 1) << 4 | fault.rawValue
            case .request(let supervision): 0xC0 | supervision.rawValue
            case .response(let supervision): 0xE0 | supervision.rawValue
            }
        }

        /// Decodes PCB; nil for values reserved for future use.
        public init?(_ byte: UInt8) {
            switch byte {
            case _ where byte & 0x80 == 0:
                guard byte & 0x1F == 0 else { return nil }
                self = .information(byte >> 6 & 1, more: byte & 0x20 != 0)
            case _ where byte & 0x40 == 0:
                guard byte & 0x20 == 0, let fault = Fault(rawValue: byte & 0x0F) else { return nil }
                self = .ready(byte >> 4 & 1, fault)
            default:
                guard let supervision = Supervision(rawValue: byte & 0x1F) else { return nil }
                self = byte & 0x20 == 0 ? .request(supervision) : .response(supervision)
            }
        }
    }

    /// The node addresses: destination in the high half, source in the low.
    public var nodeAddress: UInt8
    /// The block type.
    public var kind: Kind
    /// INF, 0 to 254 bytes.
    public var information: [UInt8]

    /// - Precondition: `information` has at most 254 bytes.
    public init(_ kind: Kind, information: some Collection<UInt8> = EmptyCollection(), nodeAddress: UInt8 = 0) {
        precondition(information.count <= 254, "INF has at most 254 bytes")
        self.kind = kind
        self.information = [UInt8](information)
        self.nodeAddress = nodeAddress
    }

    /// The encoded block.
    public func bytes(_ check: AnswerToReset.BlockCheck) -> [UInt8] {
        var bytes = [nodeAddress, kind.byte, UInt8(information.count)]
        bytes.reserveCapacity(bytes.count + information.count + 2)
        bytes += information
        return bytes + check.code(of: bytes[...])
    }

    /// Parses a block; nil where its length, EDC or PCB is wrong, or where an R-block has information.
    public init?(_ bytes: [UInt8], _ check: AnswerToReset.BlockCheck) {
        guard check.isRight(bytes), bytes.count == 3 + Int(bytes[2]) + check.count, bytes[2] != 255,
            let kind = Kind(bytes[1])
        else { return nil }
        if case .ready = kind, bytes[2] != 0 { return nil }
        self.init(kind, information: bytes[3..<(3 + Int(bytes[2]))], nodeAddress: bytes[0])
    }
}
