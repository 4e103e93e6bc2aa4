public import ValueProtocol

/// A meter's clock compared with the host's.
public struct ClockRecord: Sendable, Hashable {
    /// The host's time.
    public let time: Timestamp
    /// The time of the meter's clock; nil if a setting was never answered.
    public let clock: Timestamp?
    /// The time it was set to; nil if it was only read.
    public let target: Timestamp?

    public init(time: Timestamp, clock: Timestamp?, target: Timestamp?) {
        self.time = time
        self.clock = clock
        self.target = target
    }
}
