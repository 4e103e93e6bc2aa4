/// A key pressed during PIN entry, as reported by the reader (GET_KEY_PRESSED of PC/SC specification, part 10). It
/// never tells which digit.
public enum PINKey: UInt8, Sendable, Hashable {
    /// Backspace: the last digit was removed.
    case correction = 0x08
    /// Clear: all digits were removed.
    case cleared = 0x0A
    /// The validation key, which ends the entry of one PIN.
    case confirmed = 0x0D
    /// The timeout expired.
    case timeout = 0x0E
    /// The cancel key.
    case cancelled = 0x1B
    /// A digit.
    case digit = 0x2B
    /// The reader aborted the entry.
    case aborted = 0x40

    /// Whether it ends the whole entry.
    var endsEntry: Bool { self == .timeout || self == .cancelled || self == .aborted }
}
