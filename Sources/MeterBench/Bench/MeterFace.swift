public import Meter
public import Metrology
public import ValueProtocol

/// What is to be seen of a meter at its bench, at a moment.
public struct MeterFace: Sendable {
    public let reading: ElectricReading
    /// Two lines of sixteen characters: what is typed, or else the page that is shown.
    public let display: [String]
    /// The slot's pages, of two lines each.
    public let slot: [[String]]
    public let channels: [Channel]
    /// Simulated.
    public let time: Timestamp
    public let speed: SimulationSpeed
    public let isPowered: Bool
    /// Whether the seal is broken, or a sensor reports tampering now.
    public let isTampered: Bool
    /// What every line's voltage is multiplied with.
    public let lineFactor: Double
    /// What is to be said of the last command.
    public let remark: BenchRemark?

    /// A channel of the meter.
    public struct Channel: Sendable {
        /// V, nominal.
        public let volts: Double
        /// As measured last.
        public let reading: ChannelReading?
        /// From the line, since the meter was made.
        public let used: Energy
        /// As its relay's contact is.
        public let isClosed: Bool
        public let state: ChannelState
    }
}

extension Bench {
    /// What is to be seen now.
    public var face: MeterFace {
        let reading = meter.reading
        let sensors = installation.sensors.reading
        let measured = installation.channels.enumerated().map { index, channel in
            installation.relays[index].isClosed ? channel.reading : nil
        }
        return MeterFace(
            reading: reading, display: keypad.prompt ?? reading.display(keypad.page, channels: measured),
            slot: slot.display,
            channels: installation.channels.enumerated().map { index, channel in
                MeterFace.Channel(
                    volts: channel.rating.nominalVoltage, reading: channel.reading, used: reading.imported[index],
                    isClosed: installation.relays[index].isClosed, state: meter.state(ofChannel: index))
            },
            time: time, speed: speed, isPowered: installation.isPowered,
            isTampered: reading.isSealBroken || sensors.isBypassed || sensors.isCoverOpen || sensors.isMagnetNear,
            lineFactor: installation.lineFactor, remark: remark)
    }
}
