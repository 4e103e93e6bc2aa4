public import CardCrypto
public import ValueElement
public import ValueProtocol

/// The valve of a gas, water or heat meter; simulated, or a real one's driver.
public protocol Valve: AnyObject {
    var isOpen: Bool { get }
    func open()
    func close()
}

/// A valve that follows its commands.
public final class SimulatedValve: Valve {
    public private(set) var isOpen = false
    public init() {}
    public func open() { isOpen = true }
    public func close() { isOpen = false }
}

/// A clock that runs with `base` and can be set against it.
public final class AdjustableClock: ElementClock {
    private let base: () -> UInt32
    /// Seconds by which this clock is ahead of its base.
    public internal(set) var offset: Int64 = 0
    /// How often it was set, including to the time it already showed.
    private(set) var settings = 0

    /// - Parameter base: seconds since 1970-01-01 UTC.
    public init(base: @escaping () -> UInt32) { self.base = base }

    public var now: Timestamp { Timestamp(rawValue: UInt32(clamping: Int64(base()) + offset)) }
    public func set(to time: Timestamp) {
        offset = Int64(time.rawValue) - Int64(base())
        settings += 1
    }
}

/// The parts of an off-line meter.
public struct MeterParts {
    public var valve: any Valve
    public var clock: AdjustableClock
    public var randomness: any RandomSource

    public init(
        valve: any Valve = SimulatedValve(), clock: AdjustableClock, randomness: any RandomSource = SystemRandomness()
    ) {
        self.valve = valve
        self.clock = clock
        self.randomness = randomness
    }
}
