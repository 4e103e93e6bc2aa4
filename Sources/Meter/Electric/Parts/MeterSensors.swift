/// The state of a meter's sensors.
public struct SensorReading: Sendable, Hashable {
    /// Terminals are bypassed: the sensor reads 1, in normal use 0.
    public var isBypassed: Bool
    /// The terminals' cover is open.
    public var isCoverOpen: Bool
    /// A magnet is near the relay or the supply.
    public var isMagnetNear: Bool
    /// Surges absorbed by the arrester since it was installed.
    public var surges: UInt32
    /// The arrester has worn out: the next surge reaches the meter.
    public var isArresterWorn: Bool

    /// - Parameters:
    ///   - isBypassed: 1 of the bypass sensor.
    ///   - isCoverOpen: of the terminals.
    ///   - isMagnetNear: of the field sensor.
    ///   - surges: counted by the arrester.
    ///   - isArresterWorn: reported by the arrester.
    public init(
        isBypassed: Bool = false, isCoverOpen: Bool = false, isMagnetNear: Bool = false, surges: UInt32 = 0,
        isArresterWorn: Bool = false
    ) {
        self.isBypassed = isBypassed
        self.isCoverOpen = isCoverOpen
        self.isMagnetNear = isMagnetNear
        self.surges = surges
        self.isArresterWorn = isArresterWorn
    }
}

/// The sensors around a meter.
public protocol MeterSensors: AnyObject {
    var reading: SensorReading { get }
}

/// Sensors that report the values they are set to.
public final class SimulatedSensors: MeterSensors {
    public var reading = SensorReading()
    public init() {}
}
