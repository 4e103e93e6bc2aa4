/// What counts a meter's seconds, with mains and without.
public protocol CrystalClock: AnyObject {
    /// Seconds counted since 1970-01-01 UTC, or since the count was lost.
    var seconds: UInt32 { get }
    /// Whether the crystal stood still since it was told the time: the count says nothing then.
    var hasStopped: Bool { get }
    /// Tells it that the time has been set.
    func restart()
}
