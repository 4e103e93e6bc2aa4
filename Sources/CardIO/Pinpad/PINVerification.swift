/// What a reader is told so that it asks for a PIN and has the card verify it: PIN_VERIFY_STRUCTURE (PC/SC
/// specification, part 10, 2.5.2). The PIN itself never comes to this computer.
///
///     let verify: [UInt8] = [0x00, 0x20, 0x00, 0x80, 0x08] + PINFormat.format2Data
///     let request = PINVerification(PINEntry(.format2, digits: 4...12), command: verify)
public struct PINVerification: Sendable, Hashable {
    /// How the PIN is typed.
    public var entry: PINEntry
    /// The command with its data field as it is without digits.
    public var command: [UInt8]
    /// Which of the reader's texts is shown; nil for none.
    public var message: UInt8?

    public init(_ entry: PINEntry, command: [UInt8], message: UInt8? = 0) {
        self.entry = entry
        self.command = command
        self.message = message
    }

    /// The structure as pcsc-lite takes it: numbers little-endian, nothing between the fields.
    public var bytes: [UInt8] {
        entry.head + entry.extraDigit + [entry.validation.rawValue, message == nil ? 0 : 1] + entry.languageBytes
            + [message ?? 0] + entry.tail(command)
    }
}
