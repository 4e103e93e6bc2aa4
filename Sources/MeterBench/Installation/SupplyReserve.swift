/// What keeps a meter's electronics alive when the line's voltage goes: a capacitor behind its supply.
///
/// It is full while the line has enough voltage. Without, the load takes it down (½CV² at constant power); at the warning
/// threshold the meter writes down what it has at work, at the lower one the electronics stop. When the line is back it is
/// charged, and the electronics start again above a threshold of their own, so that a voltage that flickers at one
/// threshold starts and stops nothing.
public struct SupplyReserve: Sendable, Hashable {
    /// F.
    public let capacitance: Double
    /// V of the full capacitor.
    public let full: Double
    /// V at which the meter is warned.
    public let warning: Double
    /// V at which its electronics stop.
    public let off: Double
    /// V at which they start, above the warning.
    public let start: Double
    /// W that the electronics take.
    public let load: Double
    /// W that charge the capacitor, beside the load.
    public let charging: Double
    /// What the line's voltage must at least be multiplied with for the supply to work.
    public let leastLine: Double
    /// V now.
    public private(set) var voltage: Double
    public private(set) var state = State.on

    /// How the electronics are.
    public enum State: Sendable, Hashable {
        case on
        /// The warning was given, and nothing may be begun any more.
        case warned
        case off
    }

    /// 4,700 µF at 12 V behind a switching supply, 0.3 W of a meter: half a second after the warning.
    public init(
        capacitance: Double = 0.0047, full: Double = 12, warning: Double = 9, off: Double = 4.5, start: Double = 10.5,
        load: Double = 0.3, charging: Double = 0.2, leastLine: Double = 0.6
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
        self.leastLine = leastLine
        voltage = full
    }

    /// Milliseconds between the warning and the end, for the last gasp.
    public var holdUp: Double { capacitance * (warning * warning - off * off) / (2 * load) * 1000 }

    /// Milliseconds until the state changes if the line stays as it is; nil where it does not.
    ///
    /// - Parameter lineFactor: what the line's voltage is multiplied with.
    public func untilChange(lineFactor: Double) -> Double? {
        if lineFactor < leastLine {
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
    ///   - milliseconds: not beyond ``untilChange(lineFactor:)``.
    ///   - lineFactor: what the line's voltage is multiplied with.
    public mutating func pass(milliseconds: Double, lineFactor: Double) {
        let isCharging = lineFactor >= leastLine
        let energy = (isCharging ? charging : -load) * milliseconds / 1000
        voltage = min(full, max(0, voltage * voltage + 2 * energy / capacitance).squareRoot())
        // What rounding leaves of the way to a threshold is nothing.
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
