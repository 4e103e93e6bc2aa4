/// What turns a channel's codes into volts and amperes, and takes the current's delay off.
///
/// Offsets are not among it: what is constant in a window is taken off as it is measured.
public struct Calibration: Sendable, Hashable {
    /// V for a step of the voltage's code.
    public var voltsPerCode: Double
    /// A for a step of the current's code.
    public var amperesPerCode: Double
    /// Seconds that the current's samples come behind the voltage's.
    public var currentDelay: Double

    /// - Parameters:
    ///   - voltsPerCode: V for a step.
    ///   - amperesPerCode: A for a step.
    ///   - currentDelay: s.
    public init(voltsPerCode: Double, amperesPerCode: Double, currentDelay: Double = 0) {
        self.voltsPerCode = voltsPerCode
        self.amperesPerCode = amperesPerCode
        self.currentDelay = currentDelay
    }

    /// As the front end was designed: what an instrument has before it is calibrated.
    ///
    /// - Parameter frontEnd: the design.
    public init(asDesigned frontEnd: FrontEnd) {
        self.init(voltsPerCode: frontEnd.voltsPerCode, amperesPerCode: frontEnd.amperesPerCode)
    }

    /// Corrects this calibration by what was read at a reference point of known voltage, current and angle.
    ///
    /// - Parameters:
    ///   - reading: what the instrument with this calibration read.
    ///   - voltage: V rms that there were.
    ///   - current: A rms that there were.
    ///   - phaseAngle: radians that the current did lag.
    public func corrected(
        by reading: ChannelReading, voltage: Double, current: Double, phaseAngle: Double
    ) -> Calibration {
        Calibration(
            voltsPerCode: voltsPerCode * voltage / reading.voltage,
            amperesPerCode: amperesPerCode * current / reading.current,
            currentDelay: currentDelay + (reading.phaseAngle - phaseAngle) / (2 * .pi * reading.frequency))
    }
}
