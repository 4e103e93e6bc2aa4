public import Meter
public import Metrology

/// The environment and the part errors of a simulated electric meter; it contains no value.
public struct MeterEnvironment: SimulatedEnvironment {
    public var channels: [Channel]
    /// Milliseconds since 1970-01-01 UTC when it was stopped; nil before it first ran.
    public var milliseconds: Int64?
    /// Of its clock; nil before it first ran.
    public var crystal: Crystal?
    public var isBypassed: Bool
    public var isCoverOpen: Bool
    public var isMagnetNear: Bool
    public var surges: UInt32

    /// - Parameters:
    ///   - channels: of the meter.
    ///   - milliseconds: since 1970-01-01 UTC when it was stopped; nil before it first ran.
    ///   - crystal: of its clock; nil before it first ran.
    ///   - sensors: their last state.
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

    /// The crystal of the meter's clock.
    public struct Crystal: Codable, Sendable, Equatable {
        public var milliseconds: Double
        /// ppm by which it is fast.
        public var error: Double
        /// mAh of its battery.
        public var charge: Double
        public var hasStopped: Bool
    }

    /// A source that is measured and switched separately.
    public struct Channel: Codable, Sendable, Equatable {
        public var volts: Double
        public var amperes: Double
        public var hertz: Double
        public var calibration: Calibration
        /// Of the noise of its parts.
        public var seed: UInt64

        /// The meter's calibration for these parts.
        public struct Calibration: Codable, Sendable, Equatable {
            public var voltsPerCode: Double
            public var amperesPerCode: Double
            public var currentDelay: Double
        }
    }
}

extension MeterEnvironment {
    public var isPossible: Bool {
        (1...8).contains(channels.count) && channels.allSatisfy(\.isPossible)
            && MeterEnvironment.times.contains(Double(milliseconds ?? 0)) && crystal?.isPossible ?? true
    }

    /// Milliseconds since 1970, thousands of years.
    static let times = 0.0...1e14
}

extension MeterEnvironment.Crystal {
    init(_ crystal: SimulatedCrystalClock) {
        self.init(
            milliseconds: crystal.milliseconds, error: crystal.error, charge: crystal.charge,
            hasStopped: crystal.hasStopped)
    }

    var isPossible: Bool {
        MeterEnvironment.times.contains(milliseconds) && abs(error) <= 1e5 && (0...1e6).contains(charge)
    }
}

extension SimulatedCrystalClock {
    /// The crystal of a device that was stopped. With a different start time, it has kept running until then.
    ///
    /// - Parameters:
    ///   - kept: as it was stored; nil of a device that never ran.
    ///   - stopped: milliseconds since 1970-01-01 UTC; nil of a device that never ran.
    ///   - milliseconds: start time.
    convenience init(_ kept: MeterEnvironment.Crystal?, stopped: Int64?, milliseconds: Int64) {
        let count = kept.map { Int64($0.milliseconds) + milliseconds - (stopped ?? milliseconds) } ?? milliseconds
        self.init(
            milliseconds: count, error: kept?.error ?? 0, charge: kept?.charge ?? 210,
            hasStopped: kept?.hasStopped ?? false)
    }
}

extension MeterEnvironment.Channel {
    var isPossible: Bool {
        (1...1e5).contains(volts) && (1e-3...1e5).contains(amperes) && (40...80).contains(hertz)
            && (1e-12...1e5).contains(calibration.voltsPerCode) && (1e-12...1e5).contains(calibration.amperesPerCode)
            && abs(calibration.currentDelay) <= 1
    }

    /// Parts with errors of one percent, calibrated as in a factory.
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
    public var simulated: SimulatedChannel { simulated(through: nil) }

    /// - Parameter transformer: before its input of current, if any.
    func simulated(through transformer: SimulatedCurrentTransformer?) -> SimulatedChannel {
        SimulatedChannel(
            ChannelRating(nominalVoltage: volts, nominalCurrent: amperes, nominalFrequency: hertz),
            calibration: Metrology.Calibration(
                voltsPerCode: calibration.voltsPerCode, amperesPerCode: calibration.amperesPerCode,
                currentDelay: calibration.currentDelay),
            through: transformer, seed: seed)
    }
}
