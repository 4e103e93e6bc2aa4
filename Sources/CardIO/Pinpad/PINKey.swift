/// What was pressed while a PIN is typed, as the reader tells it (GET_KEY_PRESSED of PC/SC specification, part 10). It
/// never tells which digit.
public enum PINKey: UInt8, Sendable, Hashable {
    /// The last digit was taken back.
    case correction = 0x08
    /// All digits were taken back.
    case cleared = 0x0A
    /// The key that ends the entry of one PIN.
    case confirmed = 0x0D
    /// The time for typing is over.
    case timeout = 0x0E
    /// The key that cancels.
    case cancelled = 0x1B
    /// A digit.
    case digit = 0x2B
    /// The reader gave up.
    case aborted = 0x40

    /// Whether nothing more is asked after it.
    var endsEntry: Bool { self == .timeout || self == .cancelled || self == .aborted }
}
