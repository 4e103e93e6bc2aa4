/// A duration of simulated time, in text form `90s`, `15m`, `24h`, `30d`.
public struct SimulatedDuration: Sendable, Hashable {
    public let seconds: UInt32

    public static let hour = SimulatedDuration(seconds: 3600)

    public init(seconds: UInt32) { self.seconds = seconds }

    /// Nil if the text is not a duration.
    public init?(parsing text: some StringProtocol) {
        let units: [Character: UInt32] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let number = UInt32(text.dropLast()), number > 0 else {
            return nil
        }
        let (seconds, overflows) = number.multipliedReportingOverflow(by: unit)
        guard !overflows else { return nil }
        self.seconds = seconds
    }
}

extension SimulatedDuration: CustomStringConvertible {
    /// The text form, in the largest unit without a fraction.
    public var description: String {
        for (unit, length) in [("d", 86_400), ("h", 3600), ("m", 60)] as [(String, UInt32)]
        where seconds > 0 && seconds.isMultiple(of: length) {
            return "\(seconds / length)\(unit)"
        }
        return "\(seconds)s"
    }
}

/// Simulated time per real time, in text form `1`, `60`, `max`.
public struct SimulationSpeed: Sendable, Hashable {
    /// Nil for maximum speed.
    public let factor: Double?

    public static let real = SimulationSpeed(factor: 1)

    public init(factor: Double?) { self.factor = factor }

    /// Nil if the text is not a speed: 0.01 to 1,000,000, or `max`.
    public init?(parsing text: some StringProtocol) {
        if text == "max" {
            factor = nil
        } else {
            guard let factor = Double(text), (0.01...1e6).contains(factor) else { return nil }
            self.factor = factor
        }
    }
}

extension SimulationSpeed: CustomStringConvertible {
    /// The text form.
    public var description: String {
        guard let factor else { return "max" }
        return Int(exactly: factor).map { "\($0)" } ?? "\(factor)"
    }
}
