/// What the class byte says besides the meaning of the instruction (ISO/IEC 7816-4, 5.4.1).
struct ClassByte: Sendable, Hashable {
    let rawValue: UInt8

    init(_ rawValue: UInt8) { self.rawValue = rawValue }

    /// Whether the class is of the further interindustry values, `01xx xxxx`, or of their proprietary like, `11xx xxxx`.
    private var isFurther: Bool { rawValue & 0x40 != 0 }

    /// The logical channel, 0 to 19.
    ///
    /// The standard leaves the bits of proprietary classes (80 to FE) open; they are read as GlobalPlatform does, which
    /// gives them the same places as in the interindustry classes.
    var channel: UInt8 { isFurther ? 4 + (rawValue & 0x0F) : rawValue & 0x03 }

    /// The class of a GET RESPONSE for this command: interindustry, on the same logical channel, not the part of a
    /// chain, and without secure messaging, since it belongs to the transport and not to the command.
    var forGetResponse: UInt8 { isFurther ? 0x40 | rawValue & 0x0F : rawValue & 0x03 }
}
