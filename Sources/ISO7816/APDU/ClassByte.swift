/// What the class byte indicates: channel, chaining, secure messaging (ISO/IEC 7816-4, 5.4.1).
///
/// The standard leaves the bits of proprietary classes (80 to FE) open; they are read as GlobalPlatform does, at the
/// same positions as in the interindustry classes.
public struct ClassByte: Sendable, Hashable {
    /// Whether and how secure messaging is used.
    public enum SecureMessaging: UInt8, Sendable, Hashable, CaseIterable {
        /// None, or no indication.
        case none = 0b00
        /// Proprietary.
        case proprietary = 0b01
        /// As in the standard, header not authenticated.
        case headerNotAuthenticated = 0b10
        /// As in the standard, header authenticated.
        case headerAuthenticated = 0b11
    }

    /// The class byte itself.
    public let rawValue: UInt8

    public init(_ rawValue: UInt8) { self.rawValue = rawValue }

    /// Whether the class is a further interindustry value, `01xx xxxx`, or its proprietary counterpart, `11xx xxxx`.
    public var isFurther: Bool { rawValue & 0x40 != 0 }
    /// Whether the class is interindustry, `0xxx xxxx`.
    public var isInterindustry: Bool { rawValue & 0x80 == 0 }

    /// The logical channel, 0 to 19.
    public var channel: UInt8 { isFurther ? 4 + (rawValue & 0x0F) : rawValue & 0x03 }

    /// Whether more commands of a chain follow this one.
    public var isChained: Bool { rawValue & 0x10 != 0 }

    /// Whether and how secure messaging is used. Further classes have one bit for it, which never indicates an
    /// authenticated header.
    public var secureMessaging: SecureMessaging {
        if isFurther { return rawValue & 0x20 == 0 ? .none : .headerNotAuthenticated }
        return SecureMessaging(rawValue: rawValue >> 2 & 0x03) ?? .none
    }

    /// The class of a GET RESPONSE for this command: interindustry, on the same logical channel, without chaining and
    /// secure messaging, since GET RESPONSE belongs to the transport and not to the command.
    var forGetResponse: UInt8 { isFurther ? 0x40 | rawValue & 0x0F : rawValue & 0x03 }

    /// The same class with chaining indicated or not.
    public func chained(_ isChained: Bool) -> ClassByte { ClassByte(rawValue & ~0x10 | (isChained ? 0x10 : 0)) }

    /// The same class with the standard's secure messaging indicated, header authenticated where the class can say so.
    public func securelyMessaged() -> ClassByte { ClassByte(isFurther ? rawValue | 0x20 : rawValue | 0x0C) }

    /// The same class without an indication of secure messaging.
    public func withoutSecureMessaging() -> ClassByte { ClassByte(rawValue & (isFurther ? ~0x20 : ~0x0C)) }

    /// The same class on another logical channel, with chaining and secure messaging preserved.
    ///
    /// - Parameter channel: 0 to 19.
    /// - Returns: nil for a channel above 19, and where a further class cannot express the secure messaging indication.
    public func on(channel: UInt8) -> ClassByte? {
        let kept = rawValue & 0x90
        let messaging = secureMessaging
        switch channel {
        case 0...3: return ClassByte(kept | (messaging.rawValue << 2) | channel)
        case 4...19:
            guard messaging != .proprietary || !isInterindustry else { return nil }
            return ClassByte(kept | 0x40 | (messaging == .none ? 0 : 0x20) | (channel - 4))
        default: return nil
        }
    }
}
