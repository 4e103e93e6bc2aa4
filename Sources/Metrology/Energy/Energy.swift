/// Energy in whole microjoules, so that sums are exact.
///
/// One watt-hour is 3.6 × 10⁹ µJ; the maximum is 2.56 × 10⁶ kWh.
public struct Energy: Sendable, Hashable, Comparable, AdditiveArithmetic {
    /// µJ.
    public var microjoules: Int64

    public static let microjoulesPerWattHour: Int64 = 3_600_000_000
    public static let zero = Energy(microjoules: 0)

    public init(microjoules: Int64) { self.microjoules = microjoules }

    /// - Parameter wattHours: Wh.
    public init(wattHours: Int64) { microjoules = wattHours * Energy.microjoulesPerWattHour }

    /// Wh, rounded to the precision of a Double.
    public var wattHours: Double { Double(microjoules) / Double(Energy.microjoulesPerWattHour) }

    public static func < (a: Energy, b: Energy) -> Bool { a.microjoules < b.microjoules }
    public static func + (a: Energy, b: Energy) -> Energy { Energy(microjoules: a.microjoules + b.microjoules) }
    public static func - (a: Energy, b: Energy) -> Energy { Energy(microjoules: a.microjoules - b.microjoules) }
}
