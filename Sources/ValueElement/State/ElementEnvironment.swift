public import CardCrypto
public import ValueProtocol

/// The clock of a meter's element; supplied by the meter.
public protocol ElementClock: AnyObject {
    /// Seconds since 1970-01-01 UTC.
    var now: Timestamp { get }
    /// Sets the clock.
    func set(to time: Timestamp)
}

/// The usage and events that a meter has recorded; supplied by the meter.
public protocol UsageLog: AnyObject {
    /// The records of a series with start or time in `from...to`, oldest first.
    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]]
}

/// A card has no clock: it reads 0, and setting it is refused before it gets here.
public final class NullClock: ElementClock {
    public init() {}
    public let now = Timestamp(rawValue: 0)
    public func set(to time: Timestamp) {}
}

/// Records nothing.
public final class NullUsageLog: UsageLog {
    public init() {}
    public func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] { [] }
}

/// What an element gets from outside.
public struct ElementEnvironment {
    public var randomness: any RandomSource
    public var clock: any ElementClock
    public var usage: any UsageLog

    public init(
        randomness: any RandomSource = SystemRandomness(), clock: any ElementClock = NullClock(),
        usage: any UsageLog = NullUsageLog()
    ) {
        self.randomness = randomness
        self.clock = clock
        self.usage = usage
    }
}
