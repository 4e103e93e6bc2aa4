/// An analog to digital converter with a symmetrical range: codes of `bits` bits, two's complement.
public struct Converter: Sendable, Hashable {
    /// 16 or 20.
    public let bits: Int
    /// The greatest input, as a peak, in V.
    public let fullScale: Double

    /// - Parameters:
    ///   - bits: of a code, 8 to 24.
    ///   - fullScale: V, peak.
    public init(bits: Int, fullScale: Double) {
        precondition(8...24 ~= bits && fullScale > 0, "a converter has 8 to 24 bits and a range")
        self.bits = bits
        self.fullScale = fullScale
    }

    /// The greatest code; the least is one below its negative.
    public var greatestCode: Int32 { 1 << (bits - 1) - 1 }

    /// V at the input for one step of the code.
    public var step: Double { fullScale / Double(Int32(1) << (bits - 1)) }

    /// The nearest code; an input beyond the range gives the last code on its side.
    ///
    /// - Parameter input: in steps.
    package func code(forSteps input: Double) -> Int32 {
        let rounded = input.rounded(.toNearestOrEven)
        return Int32(min(max(rounded, -Double(greatestCode) - 1), Double(greatestCode)))
    }
}
