/// How messages of a secure channel are protected (GlobalPlatform Card Specification 2.3.1, 10.6; Amendment D 1.1.2,
/// 7.1.2).
public struct SecurityLevel: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Commands are signed (C-MAC).
    public static let commandMAC = SecurityLevel(rawValue: 0x01)
    /// The data of commands are encrypted (C-DECRYPTION).
    public static let commandEncryption = SecurityLevel(rawValue: 0x02)
    /// Answers are signed (R-MAC).
    public static let answerMAC = SecurityLevel(rawValue: 0x10)
    /// The data of answers are encrypted (R-ENCRYPTION).
    public static let answerEncryption = SecurityLevel(rawValue: 0x20)

    /// Commands signed and encrypted: supported by both protocols.
    public static let commands: SecurityLevel = [.commandMAC, .commandEncryption]
    /// Everything signed and encrypted.
    public static let all: SecurityLevel = [.commandMAC, .commandEncryption, .answerMAC, .answerEncryption]

    /// Whether it is a valid combination; a channel without signatures is not supported.
    public var isValid: Bool { [0x01, 0x03, 0x11, 0x13, 0x33].contains(rawValue) }
}
