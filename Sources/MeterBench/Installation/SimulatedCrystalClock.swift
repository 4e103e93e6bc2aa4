public import Meter

/// A watch crystal of 32,768 Hz with its error and its backup battery.
///
/// Its frequency has a constant error, and falls with the square of the distance from its turnover temperature, as in
/// data sheets of tuning-fork crystals: 0.034 ppm per K², around 25 °C. Without mains it runs from the battery; when
/// that is empty it stops, and restarts at 0 when mains return.
public final class SimulatedCrystalClock: CrystalClock {
    /// ppm by which it is fast at the turnover temperature.
    public var error: Double
    /// °C.
    public var temperature = 25.0
    /// mAh left in the battery.
    public private(set) var charge: Double
    public private(set) var hasStopped = false
    /// Microseconds counted.
    private var count: Double

    /// ppm per K².
    static let curvature = -0.034
    /// °C.
    static let turnover = 25.0
    /// mA from the battery without mains.
    public static let current = 0.0006

    /// - Parameters:
    ///   - milliseconds: since 1970-01-01 UTC.
    ///   - error: ppm.
    ///   - charge: mAh of the battery.
    ///   - hasStopped: whether it stopped and the time was not set since.
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
    ///   - milliseconds: the duration.
    ///   - hasMains: whether mains supply it instead of the battery.
    public func advance(milliseconds: Int64, hasMains: Bool) {
        let running = Double(milliseconds)
        if !hasMains {
            let need = SimulatedCrystalClock.current * running / 3_600_000
            if need > charge {
                // The battery runs out during this time: the count is lost, and stops.
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
