/// An analog-to-digital converter with a symmetrical range: two's-complement codes of `bits` bits.
public struct Converter: Sendable, Hashable {
    /// 16 or 20.
    public let bits: Int
    /// The maximum input, as a peak, in V.
    public let fullScale: Double

    /// - Parameters:
    ///   - bits: of a code, 8 to 24.
    ///   - fullScale: V, peak.
    public init(bits: Int, fullScale: Double) {
        precondition(8...24 ~= bits && fullScale > 0, "a converter has 8 to 24 bits and a range")
        self.bits = bits
        self.fullScale = fullScale
    }

    /// The maximum code; the minimum is its negative minus one.
    var maxCode: Int32 { 1 << (bits - 1) - 1 }

    /// V at the input per step of the code.
    public var step: Double { fullScale / Double(Int32(1) << (bits - 1)) }

    /// The nearest code; an input out of range gives the limit on its side.
    ///
    /// - Parameter input: in steps.
    package func code(forSteps input: Double) -> Int32 {
        let rounded = input.rounded(.toNearestOrEven)
        return Int32(min(max(rounded, -Double(maxCode) - 1), Double(maxCode)))
    }
}
