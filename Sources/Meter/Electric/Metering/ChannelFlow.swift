public import Metrology

/// The measurements of one channel over an interval.
public struct ChannelFlow: Sendable, Hashable {
    /// From the line to the load; without use below the creep limit.
    public var imported: Energy
    /// From the load to the line.
    public var exported: Energy
    /// The last reading; nil if there is none yet.
    public var reading: ChannelReading?

    /// - Parameters:
    ///   - imported: from the line to the load.
    ///   - exported: from the load to the line.
    ///   - reading: the last one.
    public init(imported: Energy = .zero, exported: Energy = .zero, reading: ChannelReading? = nil) {
        self.imported = imported
        self.exported = exported
        self.reading = reading
    }
}
