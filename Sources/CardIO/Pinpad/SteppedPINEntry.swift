import ISO7816

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How to wait for a two-step entry: START, then polling the keys, then FINISH.
///
/// Only needed for readers without direct entry (VERIFY_PIN_DIRECT, MODIFY_PIN_DIRECT).
public struct SteppedPINEntry {
    /// Waits between two polls of the keys. It runs on the thread that calls the pinpad, in a transaction the card's
    /// thread.
    public var pause: () -> Void
    /// Called for each key, e.g. to show a dot on the screen.
    public var observe: (PINKey) -> Void

    /// - Parameters:
    ///   - pause: waits between two polls; nil for a tenth of a second.
    ///   - observe: called for each key.
    public init(pause: (() -> Void)? = nil, observe: @escaping (PINKey) -> Void = { _ in }) {
        self.pause = pause ?? { usleep(100_000) }
        self.observe = observe
    }

    /// Polls the keys until `entries` PINs were confirmed or the entry ended otherwise; FINISH returns the outcome.
    ///
    /// - Throws: `CardError`: what `pressed` throws, or `.malformedReaderAnswer` where it returns no byte.
    func wait(entries: Int, reader: String, pressed: () throws(CardError) -> [UInt8]) throws(CardError) {
        var missing = entries
        while missing > 0 {
            guard let byte = try pressed().first else { throw CardError(.malformedReaderAnswer, subject: reader) }
            guard let key = PINKey(rawValue: byte) else {
                // 00, or a vendor-specific value: does not end the entry.
                pause()
                continue
            }
            observe(key)
            if key.endsEntry { return }
            if key == .confirmed { missing -= 1 }
        }
    }
}

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
