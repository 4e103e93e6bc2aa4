public import CardCrypto
import ValueProtocol

/// What an electric meter is built of.
public struct ElectricParts {
    /// One for each channel.
    public var relays: [any LatchRelay]
    public var buzzer: any Buzzer
    public var sensors: any MeterSensors
    public var clock: AdjustableClock
    /// What the clock's base counts with, where it can say that it stood still.
    public var crystal: (any CrystalClock)?
    public var randomness: any RandomSource

    /// - Parameters:
    ///   - relays: one for each channel.
    ///   - buzzer: sounds when the last token leaves the tank.
    ///   - sensors: against tampering, and of surges.
    ///   - clock: of the meter.
    ///   - crystal: of the clock; nil where its base cannot stop.
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
