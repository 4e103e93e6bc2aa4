public import Meter

/// A watch crystal of 32,768 Hz with its error and its backup battery.
///
/// Its frequency is off by a constant, and falls with the square of the distance from its turnover temperature, as data
/// sheets of tuning-fork crystals have it: 0.034 ppm for each K², around 25 °C. Without mains the battery runs it; where
/// that is empty it stops, and begins at 0 when mains are back.
public final class SimulatedCrystalClock: CrystalClock {
    /// Parts in a million that it is fast at the turnover temperature.
    public var error: Double
    /// °C.
    public var temperature = 25.0
    /// mAh left in the battery.
    public private(set) var charge: Double
    public private(set) var hasStopped = false
    /// Microseconds counted.
    private var count: Double

    /// ppm for each K².
    public static let curvature = -0.034
    /// °C.
    public static let turnover = 25.0
    /// mA from the battery while there are no mains.
    public static let current = 0.0006

    /// - Parameters:
    ///   - milliseconds: since 1970-01-01 UTC.
    ///   - error: parts in a million.
    ///   - charge: mAh of the battery.
    ///   - hasStopped: whether it stood still and the time was not set since.
    public init(milliseconds: Int64, error: Double = 0, charge: Double = 210, hasStopped: Bool = false) {
        count = Double(milliseconds) * 1000
        self.error = error
        self.charge = charge
        self.hasStopped = hasStopped
    }

    public var seconds: UInt32 { UInt32(clamping: Int64(count / 1e6)) }

    /// Milliseconds counted.
    public var milliseconds: Double { count / 1000 }

    public func restart() { hasStopped = false }

    /// Lets true time pass.
    ///
    /// - Parameters:
    ///   - milliseconds: that pass.
    ///   - hasMains: whether the battery is spared.
    public func pass(milliseconds: Int64, hasMains: Bool) {
        let running = Double(milliseconds)
        if !hasMains {
            let need = SimulatedCrystalClock.current * running / 3_600_000
            if need > charge {
                // The battery ends within: the count is lost, and stands still.
                charge = 0
                count = 0
                hasStopped = true
                return
            }
            charge -= need
        }
        let distance = temperature - SimulatedCrystalClock.turnover
        let ppm = error + SimulatedCrystalClock.curvature * distance * distance
        count += running * 1000 * (1 + ppm / 1e6)
    }
}
