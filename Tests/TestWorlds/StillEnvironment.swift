package import CardCrypto
import TestSupport
import ValueElement
package import ValueProtocol

/// Random blocks that are the same in every run.
package final class SeededRandomness: RandomSource {
    private var numbers: SeededGenerator
    package init(_ seed: UInt64) { numbers = SeededGenerator(seed: seed) }
    package func block() throws(CryptoError) -> AESBlock { AESBlock(numbers.bytes(16))! }
}

/// A clock that stands still until it is set.
package final class StillClock: ElementClock {
    package private(set) var now: Timestamp
    package init(_ now: UInt32) { self.now = Timestamp(rawValue: now) }
    package func set(to time: Timestamp) { now = time }
}
