/// The capacitor that supplies a meter's electronics when the line's voltage fails.
///
/// It is full while the line has enough voltage. Without it the load discharges it (½CV² at constant power): at the
/// warning threshold the meter records its current token, at the lower one the electronics stop. When the line returns
/// it is charged, and the electronics start again above a separate threshold, so that a voltage flickering around one
/// threshold starts and stops nothing.
public struct SupplyReserve: Sendable, Hashable {
    /// F.
    public let capacitance: Double
    /// V of the full capacitor.
    public let full: Double
    /// V at which the meter gets the warning.
    public let warning: Double
    /// V at which its electronics stop.
    public let off: Double
    /// V at which they start, above the warning.
    public let start: Double
    /// W drawn by the electronics.
    public let load: Double
    /// W that charge the capacitor, in addition to the load.
    let charging: Double
    /// Min. factor of the line's voltage with which the supply works.
    let minLineFactor: Double
    /// Present V.
    public private(set) var voltage: Double
    public private(set) var state = State.on

    /// The state of the electronics.
    public enum State: Sendable, Hashable {
        case on
        /// The warning was given, and nothing more may be started.
        case warned
        case off
    }

    /// 4,700 µF at 12 V after a switching supply, 0.3 W of a meter: half a second after the warning.
    public init(
        capacitance: Double = 0.0047, full: Double = 12, warning: Double = 9, off: Double = 4.5, start: Double = 10.5,
        load: Double = 0.3, charging: Double = 0.2, minLineFactor: Double = 0.6
    ) {
        precondition(off > 0 && off < warning && warning < start && start < full, "thresholds have an order")
        precondition(capacitance > 0 && load > 0 && charging > 0, "a capacitor is charged and discharged")
        self.capacitance = capacitance
        self.full = full
        self.warning = warning
        self.off = off
        self.start = start
        self.load = load
        self.charging = charging
        self.minLineFactor = minLineFactor
        voltage = full
    }

    /// Milliseconds between warning and power-off, for the last gasp.
    public var holdUp: Double { capacitance * (warning * warning - off * off) / (2 * load) * 1000 }

    /// Milliseconds until the state changes if the line stays as it is; nil if it does not change.
    ///
    /// - Parameter lineFactor: factor of the line's voltage.
    public func untilChange(lineFactor: Double) -> Double? {
        if lineFactor < minLineFactor {
            let target: Double
            switch state {
            case .on: target = warning
            case .warned: target = off
            case .off: return nil
            }
            return max(0, capacitance * (voltage * voltage - target * target) / (2 * load) * 1000)
        }
        guard state != .on else { return nil }
        return max(0, capacitance * (start * start - voltage * voltage) / (2 * charging) * 1000)
    }

    /// Lets time pass, at most until the state changes.
    ///
    /// - Parameters:
    ///   - milliseconds: at most ``untilChange(lineFactor:)``.
    ///   - lineFactor: factor of the line's voltage.
    public mutating func advance(milliseconds: Double, lineFactor: Double) {
        let isCharging = lineFactor >= minLineFactor
        let energy = (isCharging ? charging : -load) * milliseconds / 1000
        voltage = min(full, max(0, voltage * voltage + 2 * energy / capacitance).squareRoot())
        // Treat a difference due to rounding as reaching the threshold.
        let tolerance = 1e-6
        switch state {
        case .on: if !isCharging, voltage <= warning + tolerance { state = .warned }
        case .warned:
            if isCharging, voltage >= start - tolerance {
                state = .on
            } else if !isCharging, voltage <= off + tolerance {
                state = .off
            }
        case .off: if isCharging, voltage >= start - tolerance { state = .on }
        }
    }
}
