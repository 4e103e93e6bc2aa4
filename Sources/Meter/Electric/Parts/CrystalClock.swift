/// The counter of a meter's seconds, with and without mains.
public protocol CrystalClock: AnyObject {
    /// Seconds counted since 1970-01-01 UTC, or since the count was lost.
    var seconds: UInt32 { get }
    /// Whether the crystal stopped since the time was set: the count is then meaningless.
    var hasStopped: Bool { get }
    /// Reports that the time has been set.
    func restart()
}
