public import CardCrypto
import ValueProtocol

/// The parts of an electric meter.
public struct ElectricParts {
    /// One per channel.
    public var relays: [any LatchRelay]
    public var buzzer: any Buzzer
    public var sensors: any MeterSensors
    public var clock: AdjustableClock
    /// The counter behind the clock's base, if it can report that it stopped.
    public var crystal: (any CrystalClock)?
    public var randomness: any RandomSource

    /// - Parameters:
    ///   - relays: one per channel.
    ///   - buzzer: sounds when the last token leaves the tank.
    ///   - sensors: for tampering and surges.
    ///   - clock: of the meter.
    ///   - crystal: of the clock; nil if its base cannot stop.
    ///   - randomness: for sessions.
    public init(
        relays: [any LatchRelay] = [SimulatedRelay()], buzzer: any Buzzer = SimulatedBuzzer(),
        sensors: any MeterSensors = SimulatedSensors(), clock: AdjustableClock,
        crystal: (any CrystalClock)? = nil, randomness: any RandomSource = SystemRandomness()
    ) {
        self.relays = relays
        self.buzzer = buzzer
        self.sensors = sensors
        self.clock = clock
        self.crystal = crystal
        self.randomness = randomness
    }
}

/// The counter of a meter's seconds, with and without mains.
public protocol CrystalClock: AnyObject {
    /// Seconds counted since 1970-01-01 UTC, or since the count was lost.
    var seconds: UInt32 { get }
    /// Whether the crystal stopped since the time was set: the count is then meaningless.
    var hasStopped: Bool { get }
    /// Reports that the time has been set.
    func restart()
}
