/// Follows the line's frequency: between the middles of two windows the voltage's phase turns by what it was there.
///
/// Two windows of ten cycles tell 2.5 Hz to either side of what is expected; so the first, and those without a voltage,
/// are of one cycle, which tell 25 Hz.
struct FrequencyTracker {
    /// The phase in the middle of the window before, in radians, and half its length in seconds.
    private var previous: (phase: Double, half: Double)?

    enum Finding: Equatable {
        /// No window before this one: nothing is known yet.
        case unknown
        /// Hz.
        case frequency(Double)
        /// No voltage, or nothing like a sine of the frequency expected.
        case lost
    }

    /// Compares a window with the one before it.
    ///
    /// - Parameters:
    ///   - voltage: fitted to the reference.
    ///   - reference: of the window.
    ///   - duration: of the window, in s.
    ///   - isThere: whether there is a voltage of that frequency.
    mutating func take(_ voltage: Fit, _ reference: Reference, duration: Double, isThere: Bool) -> Finding {
        guard isThere else {
            previous = nil
            return .lost
        }
        let half = duration / 2
        // The phase at the start is the negative of the angle of lag. The fit is right in the window's middle, whatever
        // the line's frequency.
        let phase = 2 * .pi * reference.frequency * half - voltage.angle
        defer { previous = (phase, half) }
        guard let previous else { return .unknown }
        let apart = previous.half + half
        let expected = 2 * .pi * reference.frequency * apart
        let excess = (phase - previous.phase - expected).remainder(dividingBy: 2 * .pi)
        return .frequency(reference.frequency + excess / (2 * .pi * apart))
    }
}
