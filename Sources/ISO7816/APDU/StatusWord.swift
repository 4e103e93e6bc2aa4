/// SW1-SW2, how the processing of a command ended (ISO/IEC 7816-4, 5.6).
public struct StatusWord: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public init(_ value: UInt16) { self.rawValue = value }
    @inlinable
    public init(_ sw1: UInt8, _ sw2: UInt8) { self.rawValue = UInt16(sw1) << 8 | UInt16(sw2) }

    @inlinable
    public var sw1: UInt8 { UInt8(rawValue >> 8) }
    @inlinable
    public var sw2: UInt8 { UInt8(truncatingIfNeeded: rawValue) }

    /// SW1 and SW2 as transmitted.
    public var bytes: [UInt8] { [sw1, sw2] }

    /// Four hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension StatusWord {
    /// Normal processing.
    public static let success = StatusWord(0x9000)
    /// Warning: no information given, state changed; here: signature wrong.
    public static let verificationFailed = StatusWord(0x6300)
    /// Memory failure.
    public static let memoryFailure = StatusWord(0x6581)
    /// Wrong length.
    public static let wrongLength = StatusWord(0x6700)
    /// Security status not satisfied.
    public static let securityStatusNotSatisfied = StatusWord(0x6982)
    /// Authentication method blocked.
    public static let authenticationMethodBlocked = StatusWord(0x6983)
    /// Conditions of use not satisfied.
    public static let conditionsNotSatisfied = StatusWord(0x6985)
    /// Incorrect parameters in the command data field.
    public static let wrongData = StatusWord(0x6A80)
    /// File or application not found.
    public static let notFound = StatusWord(0x6A82)
    /// Incorrect parameters P1-P2.
    public static let wrongParameters = StatusWord(0x6A86)
    /// Referenced data not found.
    public static let referencedDataNotFound = StatusWord(0x6A88)
    /// Instruction not supported.
    public static let instructionNotSupported = StatusWord(0x6D00)
    /// Class not supported.
    public static let classNotSupported = StatusWord(0x6E00)

    /// `63Cx`: verification failed, `tries` (0 to 15) left.
    public static func triesLeft(_ tries: UInt8) -> StatusWord { StatusWord(0x63, 0xC0 | tries & 0x0F) }

    /// Bytes still available by GET RESPONSE: 1 to 256 for `61xx`, nil for any other status.
    public var bytesAvailable: Int? { sw1 == 0x61 ? (sw2 == 0 ? 256 : Int(sw2)) : nil }
    /// The correct Le: 1 to 256 for `6Cxx`, nil for any other status.
    public var correctLength: Int? { sw1 == 0x6C ? (sw2 == 0 ? 256 : Int(sw2)) : nil }
}
