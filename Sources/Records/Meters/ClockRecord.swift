public import ValueProtocol

/// A meter's clock beside the host's.
public struct ClockRecord: Sendable, Hashable {
    /// The host's time.
    public let time: Timestamp
    /// What the meter's clock said; nil where a setting was never answered.
    public let clock: Timestamp?
    /// What it was set to; nil where it was only read.
    public let target: Timestamp?

    public init(time: Timestamp, clock: Timestamp?, target: Timestamp?) {
        self.time = time
        self.clock = clock
        self.target = target
    }
}
