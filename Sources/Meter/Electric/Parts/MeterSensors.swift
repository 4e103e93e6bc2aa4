/// What the sensors around a meter tell at a moment.
public struct SensorReading: Sendable, Hashable {
    /// Terminals are bypassed: the sensor reads 1, and 0 in normal use.
    public var isBypassed: Bool
    /// The terminals' cover is open.
    public var isCoverOpen: Bool
    /// A magnet is near the relay or the supply.
    public var isMagnetNear: Bool
    /// Surges that the arrester took since it was built in.
    public var surges: UInt32
    /// The arrester has worn out: the next surge reaches the meter.
    public var isArresterWorn: Bool

    /// - Parameters:
    ///   - isBypassed: 1 of the bypass sensor.
    ///   - isCoverOpen: of the terminals.
    ///   - isMagnetNear: of the field sensor.
    ///   - surges: counted by the arrester.
    ///   - isArresterWorn: told by the arrester.
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

/// Sensors that tell what they are set to.
public final class SimulatedSensors: MeterSensors {
    public var reading = SensorReading()
    public init() {}
}
