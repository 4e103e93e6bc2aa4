#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// A line and a load on it, with every quantity known: volts and amperes at any moment.
public struct SimulatedMains: Sendable {
    public var voltage: Waveform
    public var current: Waveform
    /// Mean frequency in Hz.
    public var frequency: Double
    /// Hz by which the frequency swings in either direction.
    public var swing: Double
    /// Period of the swing in seconds.
    public var swingPeriod: Double
    public var disturbances: [Disturbance]

    /// - Parameters:
    ///   - voltage: V.
    ///   - current: A; its angle is the lag behind the line's phase.
    ///   - frequency: Hz.
    ///   - swing: Hz in either direction.
    ///   - swingPeriod: s.
    ///   - disturbances: of the voltage; the current follows it, as in a resistor.
    public init(
        voltage: Waveform, current: Waveform, frequency: Double = 50, swing: Double = 0, swingPeriod: Double = 10,
        disturbances: [Disturbance] = []
    ) {
        self.voltage = voltage
        self.current = current
        self.frequency = frequency
        self.swing = swing
        self.swingPeriod = swingPeriod
        self.disturbances = disturbances
    }

    /// W without disturbances: the sum over all frequencies common to voltage and current.
    public var activePower: Double {
        var power = voltage.fundamental * current.fundamental * cos(current.angle - voltage.angle)
        for harmonic in voltage.harmonics {
            for other in current.harmonics where other.order == harmonic.order {
                let order = Double(harmonic.order)
                let angle =
                    other.angle + order * current.angle - harmonic.angle - order * voltage.angle
                power += voltage.fundamental * harmonic.fraction * current.fundamental * other.fraction * cos(angle)
            }
        }
        return power
    }

    /// J from the start to a sample: the integral of volts times amperes, without noise.
    ///
    /// After a whole number of cycles it is the active power times the time; otherwise it includes the oscillation of
    /// power at twice the frequency.
    ///
    /// - Parameters:
    ///   - samples: how many of them.
    ///   - rate: samples per second; above twice the highest harmonic of the power the sum equals the integral.
    public func energy(samples: Int, rate: Double) -> Double {
        (0..<samples).reduce(0) { sum, index in
            let time = Double(index) / rate
            let phase = phase(at: time)
            let factor = factor(at: time)
            return sum + voltage.value(at: phase) * current.value(at: phase) * factor * factor
        } / rate
    }

    /// var of the fundamental, without disturbances.
    public var reactivePower: Double {
        voltage.fundamental * current.fundamental * sin(current.angle - voltage.angle)
    }

    /// Hz at a moment.
    ///
    /// - Parameter time: s.
    public func frequency(at time: Double) -> Double {
        frequency + swing * sin(2 * .pi * time / swingPeriod)
    }

    /// The line's phase at a moment, in radians: the integral of its frequency.
    func phase(at time: Double) -> Double {
        let turns = frequency * time + swing * swingPeriod / (2 * .pi) * (1 - cos(2 * .pi * time / swingPeriod))
        return 2 * .pi * turns
    }

    /// Factor of the voltage at a moment.
    func factor(at time: Double) -> Double {
        disturbances.reduce(1) { $1.start <= time && time < $1.start + $1.duration ? $0 * $1.factor : $0 }
    }
}

extension Waveform {
    /// V or A at a phase of the line, without noise.
    func value(at phase: Double) -> Double {
        let turned = phase - angle
        var value = cos(turned)
        for harmonic in harmonics {
            value += harmonic.fraction * cos(Double(harmonic.order) * turned - harmonic.angle)
        }
        return value * fundamental * 2.0.squareRoot()
    }
}

/// A temporary change of the voltage: a sag, a swell, an interruption (IEC 61000-4-30, clause 3).
public struct Disturbance: Sendable, Hashable {
    /// Seconds from the start.
    public let start: Double
    /// Seconds.
    public let duration: Double
    /// Factor of the voltage.
    public let factor: Double

    /// - Parameters:
    ///   - start: s.
    ///   - duration: s.
    ///   - factor: 0 for an interruption, below 1 for a sag, above 1 for a swell.
    public init(start: Double, duration: Double, factor: Double) {
        self.start = start
        self.duration = duration
        self.factor = factor
    }
}
