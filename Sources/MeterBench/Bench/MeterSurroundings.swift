public import Meter
public import Metrology

/// What is around a simulated electric meter, and what is true of its parts; none of it is value.
public struct MeterSurroundings: Codable, Sendable, Equatable {
    public var channels: [Channel]
    /// Milliseconds since 1970-01-01 UTC at which it was stopped; nil before it first ran.
    public var milliseconds: Int64?
    /// Of its clock; nil before it first ran.
    public var crystal: Crystal?
    public var isBypassed: Bool
    public var isCoverOpen: Bool
    public var isMagnetNear: Bool
    public var surges: UInt32

    /// - Parameters:
    ///   - channels: of the meter.
    ///   - milliseconds: since 1970-01-01 UTC at which it was stopped; nil before it first ran.
    ///   - crystal: of its clock; nil before it first ran.
    ///   - sensors: as they were.
    public init(
        channels: [Channel], milliseconds: Int64? = nil, crystal: Crystal? = nil,
        sensors: SensorReading = SensorReading()
    ) {
        self.channels = channels
        self.milliseconds = milliseconds
        self.crystal = crystal
        isBypassed = sensors.isBypassed
        isCoverOpen = sensors.isCoverOpen
        isMagnetNear = sensors.isMagnetNear
        surges = sensors.surges
    }

    /// What counts the meter's time.
    public struct Crystal: Codable, Sendable, Equatable {
        public var milliseconds: Double
        /// Parts in a million that it is fast.
        public var error: Double
        /// mAh of its battery.
        public var charge: Double
        public var hasStopped: Bool
    }

    /// A source that is measured and switched on its own.
    public struct Channel: Codable, Sendable, Equatable {
        public var volts: Double
        public var amperes: Double
        public var hertz: Double
        public var calibration: Calibration
        /// Of the noise of its parts.
        public var seed: UInt64

        /// Of the meter for these parts.
        public struct Calibration: Codable, Sendable, Equatable {
            public var voltsPerCode: Double
            public var amperesPerCode: Double
            public var currentDelay: Double
        }
    }
}

extension MeterSurroundings.Channel {
    /// Parts that are one percent off, calibrated as in a factory.
    ///
    /// - Parameters:
    ///   - rating: of the channel.
    ///   - seed: of the noise of its parts.
    public init(_ rating: ChannelRating, seed: UInt64) {
        let found = AccuracyTest(rating, seed: seed).calibrate()
        self.init(
            volts: rating.nominalVoltage, amperes: rating.nominalCurrent, hertz: rating.nominalFrequency,
            calibration: Calibration(
                voltsPerCode: found.voltsPerCode, amperesPerCode: found.amperesPerCode,
                currentDelay: found.currentDelay),
            seed: seed)
    }

    /// The channel that it describes.
    public var simulated: SimulatedChannel {
        SimulatedChannel(
            ChannelRating(nominalVoltage: volts, nominalCurrent: amperes, nominalFrequency: hertz),
            calibration: Metrology.Calibration(
                voltsPerCode: calibration.voltsPerCode, amperesPerCode: calibration.amperesPerCode,
                currentDelay: calibration.currentDelay),
            seed: seed)
    }
}
