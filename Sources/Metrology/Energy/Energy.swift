/// Energy in whole microjoules, so that sums are exact.
///
/// One watt-hour is 3.6 × 10⁹ µJ. A sum of 128 bits holds whatever a meter counts in its life; one of 64 bits would
/// end at 2.56 × 10⁶ kWh.
public struct Energy: Sendable, Hashable, Comparable, AdditiveArithmetic {
    /// µJ.
    public var microjoules: Int128

    public static let microjoulesPerWattHour: Int128 = 3_600_000_000
    public static let zero = Energy(microjoules: 0)

    /// - Parameter microjoules: µJ.
    public init(microjoules: some BinaryInteger) { self.microjoules = Int128(microjoules) }

    /// - Parameter wattHours: Wh.
    public init(wattHours: some BinaryInteger) { microjoules = Int128(wattHours) * Energy.microjoulesPerWattHour }

    /// Wh, rounded to the precision of a Double.
    public var wattHours: Double { Double(microjoules) / Double(Energy.microjoulesPerWattHour) }

    public static func < (a: Energy, b: Energy) -> Bool { a.microjoules < b.microjoules }
    public static func + (a: Energy, b: Energy) -> Energy { Energy(microjoules: a.microjoules + b.microjoules) }
    public static func - (a: Energy, b: Energy) -> Energy { Energy(microjoules: a.microjoules - b.microjoules) }
}
