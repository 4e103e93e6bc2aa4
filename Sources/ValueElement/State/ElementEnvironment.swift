public import CardCrypto
public import ValueProtocol

/// The clock of a meter's element; handed in.
public protocol ElementClock: AnyObject {
    /// Seconds since 1970-01-01 UTC.
    var now: Timestamp { get }
    /// Sets the clock.
    func set(to time: Timestamp)
}

/// What a meter has recorded of use and events; handed in.
public protocol UsageLog: AnyObject {
    /// The records of a series with start or time in `from...to`, oldest first.
    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]]
}

/// A card has no clock: 0, and setting it is refused before it gets here.
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

/// All that an element is given from outside.
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
