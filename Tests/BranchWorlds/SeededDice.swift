internal import Foundation

/// Numbers that a seed determines (SplitMix64).
package struct SeededDice {
    private var state: UInt64
    private var spare: Double?

    package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 ^ 0xD1B5_4A32_D192_ED03 }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    package mutating func uniform(_ range: ClosedRange<Double> = 0...1) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double(next() >> 11) * 0x1p-53
    }

    package mutating func index(below count: Int) -> Int { Int(next() % UInt64(count)) }

    /// Of mean 0 and variance 1.
    package mutating func normal() -> Double {
        if let spare {
            self.spare = nil
            return spare
        }
        let radius = (-2 * log(max(uniform(), 0x1p-53))).squareRoot()
        let angle = uniform(0...2 * Double.pi)
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    /// Above 0, of mean 1: the exponential of a normal value with this deviation.
    package mutating func factor(_ deviation: Double) -> Double {
        exp(deviation * normal() - deviation * deviation / 2)
    }
}
