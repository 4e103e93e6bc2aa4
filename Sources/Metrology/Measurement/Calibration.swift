/// Converts a channel's codes to volts and amperes, and compensates the current's delay.
///
/// Offsets are not included: the constant part of each window is subtracted during measurement.
public struct Calibration: Sendable, Hashable {
    /// V per step of the voltage's code.
    public var voltsPerCode: Double
    /// A per step of the current's code.
    public var amperesPerCode: Double
    /// Delay in seconds of the current's samples behind the voltage's.
    public var currentDelay: Double

    /// - Parameters:
    ///   - voltsPerCode: V per step.
    ///   - amperesPerCode: A per step.
    ///   - currentDelay: s.
    public init(voltsPerCode: Double, amperesPerCode: Double, currentDelay: Double = 0) {
        self.voltsPerCode = voltsPerCode
        self.amperesPerCode = amperesPerCode
        self.currentDelay = currentDelay
    }

    /// The nominal design values, used before an instrument is calibrated.
    ///
    /// - Parameter frontEnd: the design.
    public init(asDesigned frontEnd: FrontEnd) {
        self.init(voltsPerCode: frontEnd.voltsPerCode, amperesPerCode: frontEnd.amperesPerCode)
    }

    /// Corrects this calibration using the reading at a reference point of known voltage, current and angle.
    ///
    /// - Parameters:
    ///   - reading: the instrument's reading with this calibration.
    ///   - voltage: true V rms.
    ///   - current: true A rms.
    ///   - phaseAngle: true radians by which the current lags.
    public func corrected(
        by reading: ChannelReading, voltage: Double, current: Double, phaseAngle: Double
    ) -> Calibration {
        Calibration(
            voltsPerCode: voltsPerCode * voltage / reading.voltage,
            amperesPerCode: amperesPerCode * current / reading.current,
            currentDelay: currentDelay + (reading.phaseAngle - phaseAngle) / (2 * .pi * reading.frequency))
    }
}
