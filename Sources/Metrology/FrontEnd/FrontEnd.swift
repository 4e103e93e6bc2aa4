/// The nominal design between one channel's line and its samples: divider, shunt and two converters.
public struct FrontEnd: Sendable, Hashable {
    public let divider: VoltageDivider
    /// Ω of the shunt resistor in the current path.
    public let shunt: Double
    /// 16 bits.
    public let voltageConverter: Converter
    /// 16 or 20 bits.
    public let currentConverter: Converter
    /// Samples per second, of both converters.
    public let sampleRate: Double

    /// - Parameters:
    ///   - divider: of the line's voltage.
    ///   - shunt: Ω.
    ///   - voltageConverter: after the divider; at most 16 bits.
    ///   - currentConverter: across the shunt.
    ///   - sampleRate: samples per second.
    public init(
        divider: VoltageDivider, shunt: Double, voltageConverter: Converter, currentConverter: Converter,
        sampleRate: Double = 8_000
    ) {
        precondition(shunt > 0 && sampleRate > 0 && voltageConverter.bits <= 16, "a front end measures something")
        self.divider = divider
        self.shunt = shunt
        self.voltageConverter = voltageConverter
        self.currentConverter = currentConverter
        self.sampleRate = sampleRate
    }

    /// A front end for a channel: the divider leaves 50 % headroom above the nominal peak, and the shunt allows twice
    /// the maximum current.
    ///
    /// - Parameters:
    ///   - rating: of the channel.
    ///   - currentBits: 16 or 20.
    ///   - sampleRate: samples per second.
    public init(for rating: ChannelRating, currentBits: Int = 20, sampleRate: Double = 8_000) {
        let range = 0.5
        let peak = rating.nominalVoltage * 2.0.squareRoot() * 1.5
        let lower = 1_000.0
        self.init(
            divider: VoltageDivider(upper: lower * (peak / range - 1), lower: lower),
            shunt: range / (rating.maxCurrent * 2.0.squareRoot() * 2),
            voltageConverter: Converter(bits: 16, fullScale: range),
            currentConverter: Converter(bits: currentBits, fullScale: range), sampleRate: sampleRate)
    }

    /// V on the line per step of the voltage's code.
    public var voltsPerCode: Double { voltageConverter.step / divider.ratio }
    /// A in the line per step of the current's code.
    public var amperesPerCode: Double { currentConverter.step / shunt }
}

/// Two resistors in series that scale the line's voltage to the range of a converter.
public struct VoltageDivider: Sendable, Hashable {
    /// Between the line and the converter's input, in Ω.
    public let upper: Double
    /// Across the converter's input, in Ω.
    public let lower: Double

    /// - Parameters:
    ///   - upper: Ω, between line and input.
    ///   - lower: Ω, across the input.
    public init(upper: Double, lower: Double) {
        precondition(upper >= 0 && lower > 0, "a divider has two resistors")
        self.upper = upper
        self.lower = lower
    }

    /// Volts at the input per volt on the line.
    public var ratio: Double { lower / (upper + lower) }
}
