public import Metrology

/// Samples of a simulated line as a channel's hardware would produce them.
public struct SimulatedFrontEnd: Sendable {
    public let design: FrontEnd
    public let errors: FrontEndErrors
    public var mains: SimulatedMains
    /// Number of samples taken so far.
    public private(set) var count = 0
    private var noise: NoiseSource

    /// - Parameters:
    ///   - design: of the parts.
    ///   - errors: their deviation from the design.
    ///   - mains: line and load.
    ///   - seed: of all noise.
    public init(_ design: FrontEnd, errors: FrontEndErrors = FrontEndErrors(), mains: SimulatedMains, seed: UInt64) {
        self.design = design
        self.errors = errors
        self.mains = mains
        noise = NoiseSource(seed: seed)
    }

    /// The next samples, one of each converter per index.
    ///
    /// - Parameters:
    ///   - voltage: filled with codes.
    ///   - current: filled with codes; of equal count.
    public mutating func sample(into voltage: inout MutableSpan<Int16>, _ current: inout MutableSpan<Int32>) {
        precondition(voltage.count == current.count, "both converters sample together")
        for index in 0..<voltage.count {
            let time = Double(count) / design.sampleRate
            let late = time - errors.currentDelay
            let volts =
                mains.voltage.value(at: mains.phase(at: time)) * mains.factor(at: time)
                + mains.voltage.noise * noise.next()
            let amperes =
                mains.current.value(at: mains.phase(at: late)) * mains.factor(at: late)
                + mains.current.noise * noise.next()
            let voltageSteps =
                volts / design.voltsPerCode * (1 + errors.voltageGain) + errors.voltageOffset
                + errors.voltageNoise * noise.next()
            let currentSteps =
                amperes / design.amperesPerCode * (1 + errors.currentGain) + errors.currentOffset
                + errors.currentNoise * noise.next()
            voltage[index] = Int16(design.voltageConverter.code(forSteps: voltageSteps))
            current[index] = design.currentConverter.code(forSteps: currentSteps)
            count += 1
        }
    }
}

extension SimulatedFrontEnd {
    /// Lets a channel measure some seconds of samples, in buffers of a tenth of a second as from a converter.
    ///
    /// - Parameters:
    ///   - measurement: of the channel.
    ///   - seconds: of samples.
    /// - Returns: a reading per window that ended.
    public mutating func measure(_ measurement: inout ChannelMeasurement, seconds: Double) -> [ChannelReading] {
        var readings: [ChannelReading] = []
        let piece = Int(design.sampleRate / 10)
        var voltage = [Int16](repeating: 0, count: piece)
        var current = [Int32](repeating: 0, count: piece)
        var rest = Int((seconds * design.sampleRate).rounded())
        while rest > 0 {
            let count = min(piece, rest)
            // No more samples than are measured: the next call continues after them.
            voltage.removeLast(voltage.count - count)
            current.removeLast(current.count - count)
            var voltages = voltage.mutableSpan
            var currents = current.mutableSpan
            sample(into: &voltages, &currents)
            var start = 0
            while start < count {
                let taken = measurement.add(
                    voltage.span.extracting(start..<count), current.span.extracting(start..<count))
                if let reading = taken.reading { readings.append(reading) }
                start += taken.count
            }
            rest -= count
        }
        return readings
    }
}
