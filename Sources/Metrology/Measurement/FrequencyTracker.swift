/// Tracks the line's frequency from the change of the voltage's phase between the middles of two windows.
///
/// Two windows of ten cycles resolve ±2.5 Hz around the expected frequency. The first windows, and those without a
/// voltage, therefore have one cycle, which resolves ±25 Hz.
struct FrequencyTracker {
    /// The phase in the middle of the previous window, in radians, and half its length in seconds.
    private var previous: (phase: Double, half: Double)?

    enum Finding: Equatable {
        /// There is no previous window: nothing is known yet.
        case unknown
        /// Hz.
        case frequency(Double)
        /// No voltage, or not a sine of the expected frequency.
        case lost
    }

    /// Compares a window with the previous one.
    ///
    /// - Parameters:
    ///   - voltage: fitted to the reference.
    ///   - reference: of the window.
    ///   - duration: of the window, in s.
    ///   - hasSignal: whether a voltage of that frequency is present.
    mutating func add(_ voltage: Fit, _ reference: Reference, duration: Double, hasSignal: Bool) -> Finding {
        guard hasSignal else {
            previous = nil
            return .lost
        }
        let half = duration / 2
        // The phase at the start is the negative lag angle. The fit is exact in the window's middle, whatever the
        // line's frequency.
        let phase = 2 * .pi * reference.frequency * half - voltage.angle
        defer { previous = (phase, half) }
        guard let previous else { return .unknown }
        let apart = previous.half + half
        let expected = 2 * .pi * reference.frequency * apart
        let excess = (phase - previous.phase - expected).remainder(dividingBy: 2 * .pi)
        return .frequency(reference.frequency + excess / (2 * .pi * apart))
    }
}
