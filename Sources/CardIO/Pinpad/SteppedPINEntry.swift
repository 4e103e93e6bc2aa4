import ISO7816

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How an entry in two steps is waited for: START, then a look at the keys again and again, then FINISH.
///
/// Only readers that have no entry at once (VERIFY_PIN_DIRECT, MODIFY_PIN_DIRECT) need it.
public struct SteppedPINEntry {
    /// Waits between two looks at the keys. It runs where the pinpad is called, which in a transaction is the card's
    /// own thread.
    public var pause: () -> Void
    /// Is told of each key, so that a screen can show as many dots.
    public var observe: (PINKey) -> Void

    /// - Parameters:
    ///   - pause: waits between two looks at the keys; nil for a tenth of a second.
    ///   - observe: is told of each key.
    public init(pause: (() -> Void)? = nil, observe: @escaping (PINKey) -> Void = { _ in }) {
        self.pause = pause ?? { usleep(100_000) }
        self.observe = observe
    }

    /// Looks at the keys until `entries` PINs were confirmed or the entry ended otherwise; FINISH tells how.
    ///
    /// - Throws: `CardError`: what `pressed` throws, or `.malformedReaderAnswer` where it gives no byte.
    func wait(entries: Int, reader: String, pressed: () throws(CardError) -> [UInt8]) throws(CardError) {
        var missing = entries
        while missing > 0 {
            guard let byte = try pressed().first else { throw CardError(.malformedReaderAnswer, subject: reader) }
            guard let key = PINKey(rawValue: byte) else {
                // 00, or what a maker has of his own: nothing that ends it.
                pause()
                continue
            }
            observe(key)
            if key.endsEntry { return }
            if key == .confirmed { missing -= 1 }
        }
    }
}
