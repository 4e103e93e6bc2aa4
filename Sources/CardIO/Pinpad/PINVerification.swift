/// A request to the reader to enter a PIN and verify it on the card: PIN_VERIFY_STRUCTURE (PC/SC specification, part
/// 10, 2.5.2). The PIN never reaches this computer.
///
///     let verify: [UInt8] = [0x00, 0x20, 0x00, 0x80, 0x08] + PINFormat.format2Data
///     let request = PINVerification(PINEntry(.format2, digits: 4...12), command: verify)
public struct PINVerification: Sendable, Hashable {
    /// How the PIN is typed.
    public var entry: PINEntry
    /// The command, with a data field template without digits.
    public var command: [UInt8]
    /// The number of the reader's text to show; nil for none.
    public var message: UInt8?

    public init(_ entry: PINEntry, command: [UInt8], message: UInt8? = 0) {
        self.entry = entry
        self.command = command
        self.message = message
    }

    /// The structure as pcsc-lite expects it: little-endian, unpadded.
    public var bytes: [UInt8] {
        entry.head + entry.extraDigit + [entry.validation.rawValue, message == nil ? 0 : 1] + entry.languageBytes
            + [message ?? 0] + entry.tail(command)
    }
}
