/// The four cases of a command APDU, in the short and in the extended form of their length fields
/// (ISO/IEC 7816-4, 5.2; ISO/IEC 7816-3, 12.1.3).
public enum CommandForm: String, Sendable, Hashable, CaseIterable {
    /// Header only.
    case case1 = "1"
    /// Le, one byte.
    case case2Short = "2S"
    /// Lc, one byte, and data.
    case case3Short = "3S"
    /// Lc, data and Le, one byte each.
    case case4Short = "4S"
    /// Le, three bytes.
    case case2Extended = "2E"
    /// Lc, three bytes, and data.
    case case3Extended = "3E"
    /// Lc, three bytes, data, and Le, two bytes.
    case case4Extended = "4E"

    /// Whether the length fields are extended.
    public var isExtended: Bool { self == .case2Extended || self == .case3Extended || self == .case4Extended }
}
