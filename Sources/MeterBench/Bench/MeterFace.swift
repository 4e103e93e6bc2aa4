public import Meter
public import Metrology
public import ValueProtocol

/// What a meter at its bench shows at a moment.
public struct MeterFace: Sendable {
    public let reading: ElectricReading
    /// Two lines of sixteen characters: the typed digits, otherwise the current page.
    public let display: [String]
    /// The slot's pages, of two lines each.
    public let slot: [[String]]
    public let channels: [Channel]
    /// Simulated, independent of the meter's clock.
    public let time: Timestamp
    /// By the meter's own clock.
    public let meterTime: Timestamp
    public let speed: SimulationSpeed
    public let isPowered: Bool
    /// Whether the seal is broken, or a sensor reports tampering now.
    public let isTampered: Bool
    /// Factor of every line's voltage.
    public let lineFactor: Double
    /// The result of the last command.
    public let remark: BenchRemark?

    /// A channel of the meter.
    public struct Channel: Sendable {
        /// V, nominal.
        public let volts: Double
        /// The last reading.
        public let reading: ChannelReading?
        /// From the line, since manufacture.
        public let used: Energy
        /// The state of its relay's contact.
        public let isClosed: Bool
        public let state: ChannelState
    }
}

extension Bench {
    /// What it shows now.
    public var face: MeterFace {
        let reading = meter.reading
        let sensors = installation.sensors.reading
        let measured = installation.channels.enumerated().map { index, channel in
            installation.relays[index].isClosed ? channel.reading : nil
        }
        return MeterFace(
            reading: reading,
            display: keypad.prompt
                ?? reading.display(
                    keypad.page, channels: measured, charges: keypad.page.showsCharges ? meter.charges : nil),
            slot: slot.display,
            channels: installation.channels.enumerated().map { index, channel in
                MeterFace.Channel(
                    volts: channel.rating.nominalVoltage, reading: channel.reading, used: reading.imported[index],
                    isClosed: installation.relays[index].isClosed, state: meter.state(ofChannel: index))
            },
            time: time, meterTime: meter.time, speed: speed, isPowered: installation.isPowered,
            isTampered: reading.isSealBroken || sensors.isBypassed || sensors.isCoverOpen || sensors.isMagnetNear,
            lineFactor: installation.lineFactor, remark: remark)
    }
}
