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

extension ChannelMeasurement {
    /// Measures samples up to the end of the window.
    ///
    /// - Returns: how many samples were used, and what flowed in the window if they completed it.
    mutating func flow(_ voltage: Span<Int16>, _ current: Span<Int32>) -> (count: Int, flow: ChannelFlow?) {
        let before = registers
        let taken = add(voltage, current)
        guard let reading = taken.reading else { return (taken.count, nil) }
        return (
            taken.count,
            ChannelFlow(
                imported: registers.imported - before.imported, exported: registers.exported - before.exported,
                reading: reading)
        )
    }
}
