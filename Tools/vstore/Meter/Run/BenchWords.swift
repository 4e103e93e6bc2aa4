import ArgumentParser
import ValueProtocol

/// Simulated time for real time, as it is written: `1`, `60`, `max`.
struct Speed: Sendable, ExpressibleByArgument {
    /// Nil for as fast as it can.
    let factor: Double?

    static let real = Speed(factor: 1)

    init(factor: Double?) { self.factor = factor }

    init?(_ text: some StringProtocol) {
        if text == "max" {
            factor = nil
        } else {
            guard let factor = Double(text), (0.01...1e6).contains(factor) else { return nil }
            self.factor = factor
        }
    }

    init?(argument: String) { self.init(argument) }
}

/// A time that passes, as it is written: `90s`, `15m`, `24h`, `30d`.
struct SimulatedDuration: Sendable, ExpressibleByArgument {
    let seconds: UInt32

    static let hour = SimulatedDuration(seconds: 3600)

    init(seconds: UInt32) { self.seconds = seconds }

    init?(_ text: some StringProtocol) {
        let units: [Character: UInt32] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let number = UInt32(text.dropLast()), number > 0 else {
            return nil
        }
        let (seconds, isTooMuch) = number.multipliedReportingOverflow(by: unit)
        guard !isTooMuch else { return nil }
        self.seconds = seconds
    }

    init?(argument: String) { self.init(argument) }
}
