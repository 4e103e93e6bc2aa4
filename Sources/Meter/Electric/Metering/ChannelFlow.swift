public import Metrology

/// What was measured of one channel over an interval.
public struct ChannelFlow: Sendable, Hashable {
    /// From the line to the load; nothing below the creep limit.
    public var imported: Energy
    /// From the load to the line.
    public var exported: Energy
    /// As measured last; nil where nothing has been measured yet.
    public var reading: ChannelReading?

    /// - Parameters:
    ///   - imported: from the line to the load.
    ///   - exported: from the load to the line.
    ///   - reading: as measured last.
    public init(imported: Energy = .zero, exported: Energy = .zero, reading: ChannelReading? = nil) {
        self.imported = imported
        self.exported = exported
        self.reading = reading
    }
}
