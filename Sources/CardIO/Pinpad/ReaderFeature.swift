import ISO7816

/// A feature of a reader beyond APDU exchange (PC/SC specification, part 10, 2.3, version 2.02.09).
public struct ReaderFeature: Sendable, Hashable, RawRepresentable {
    /// The feature's tag.
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// PIN verification in two steps, the first.
    public static let verifyPINStart = ReaderFeature(rawValue: 0x01)
    /// PIN verification in two steps, the second.
    public static let verifyPINFinish = ReaderFeature(rawValue: 0x02)
    /// PIN modification in two steps, the first.
    public static let modifyPINStart = ReaderFeature(rawValue: 0x03)
    /// PIN modification in two steps, the second.
    public static let modifyPINFinish = ReaderFeature(rawValue: 0x04)
    /// Reports which kind of key was pressed.
    public static let keyPressed = ReaderFeature(rawValue: 0x05)
    /// Direct PIN verification.
    public static let verifyPIN = ReaderFeature(rawValue: 0x06)
    /// Direct PIN modification.
    public static let modifyPIN = ReaderFeature(rawValue: 0x07)
    /// Commands of the German MKT specification, to the reader.
    public static let mctReader = ReaderFeature(rawValue: 0x08)
    /// Commands of the German MKT specification, to reader and card.
    public static let mctUniversal = ReaderFeature(rawValue: 0x09)
    /// Properties of keypad and display, as a structure of fixed size.
    public static let pinProperties = ReaderFeature(rawValue: 0x0A)
    /// Aborts a two-step PIN entry.
    public static let abort = ReaderFeature(rawValue: 0x0B)
    /// Sets the texts shown while a PIN is entered.
    public static let setMessage = ReaderFeature(rawValue: 0x0C)
    /// PIN verification for an application in the reader.
    public static let verifyPINForApplication = ReaderFeature(rawValue: 0x0D)
    /// PIN modification for an application in the reader.
    public static let modifyPINForApplication = ReaderFeature(rawValue: 0x0E)
    /// Writes to the display.
    public static let writeDisplay = ReaderFeature(rawValue: 0x0F)
    /// Reads a key.
    public static let key = ReaderFeature(rawValue: 0x10)
    /// Properties of the display.
    public static let displayProperties = ReaderFeature(rawValue: 0x11)
    /// Properties of the reader, as data objects.
    public static let properties = ReaderFeature(rawValue: 0x12)
    /// Vendor commands, by CCID's escape message.
    public static let escape = ReaderFeature(rawValue: 0x13)
    /// Password-authenticated connection establishment in the reader.
    public static let executePACE = ReaderFeature(rawValue: 0x20)

    /// Its name in the specification, without the prefix FEATURE.
    public var name: String { Self.names[rawValue] ?? "feature \(rawValue.hexadecimalDigits)" }

    private static let names: [UInt8: String] = [
        0x01: "VERIFY_PIN_START", 0x02: "VERIFY_PIN_FINISH", 0x03: "MODIFY_PIN_START", 0x04: "MODIFY_PIN_FINISH",
        0x05: "GET_KEY_PRESSED", 0x06: "VERIFY_PIN_DIRECT", 0x07: "MODIFY_PIN_DIRECT", 0x08: "MCT_READER_DIRECT",
        0x09: "MCT_UNIVERSAL", 0x0A: "IFD_PIN_PROPERTIES", 0x0B: "ABORT", 0x0C: "SET_SPE_MESSAGE",
        0x0D: "VERIFY_PIN_DIRECT_APP_ID", 0x0E: "MODIFY_PIN_DIRECT_APP_ID", 0x0F: "WRITE_DISPLAY", 0x10: "GET_KEY",
        0x11: "IFD_DISPLAY_PROPERTIES", 0x12: "GET_TLV_PROPERTIES", 0x13: "CCID_ESC_COMMAND", 0x20: "EXECUTE_PACE",
    ]
}
