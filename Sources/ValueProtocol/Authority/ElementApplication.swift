/// The two applications of a card of this system (protocol §4).
public enum ElementApplication: String, Sendable, Hashable, CustomStringConvertible {
    case purse = "purse application"
    case masterKey = "master-key application"

    /// Seven bytes.
    public var aid: [UInt8] {
        switch self {
        case .purse: [0xF0, 0x56, 0x53, 0x54, 0x4F, 0x52, 0x45]
        case .masterKey: [0xF0, 0x56, 0x53, 0x4D, 0x4B, 0x45, 0x59]
        }
    }

    public var description: String { rawValue }
}
