#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Random numbers with a normal distribution, the same for the same seed.
struct NoiseSource: Sendable {
    private var state: UInt64
    private var spare: Double?

    init(seed: UInt64) { state = seed }

    /// The next number with mean 0 and standard deviation 1 (Box and Muller's polar form).
    mutating func next() -> Double {
        if let number = spare {
            spare = nil
            return number
        }
        while true {
            let (x, y) = (uniform() * 2 - 1, uniform() * 2 - 1)
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * log(square) / square).squareRoot()
            spare = y * factor
            return x * factor
        }
    }

    /// The next number from 0 to 1, by SplitMix64.
    mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Double(mixed >> 11) * 0x1p-53
    }
}
