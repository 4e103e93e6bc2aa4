public import Metrology

extension TransformerMeter {
    /// Feeds samples of a phase, taken behind its current transformer. Each time they complete a window of about 200 ms,
    /// its energy is counted and the unit reads its clock.
    ///
    /// - Parameters:
    ///   - voltage: codes.
    ///   - current: codes, of equal count.
    ///   - phase: from 0, one of `TransformerParts.measurements`.
    /// - Throws: `MeterError` `.memory`; what was counted since the last write is then lost.
    public func feed(voltage: Span<Int16>, current: Span<Int32>, phase: Int) throws(MeterError) {
        precondition(measurements.indices.contains(phase), "a phase that is measured here")
        guard !isDown else { return }
        var start = 0
        while start < voltage.count {
            let taken = measurements[phase].flow(
                voltage.extracting(start..<voltage.count), current.extracting(start..<current.count))
            start += taken.count
            guard let window = taken.flow else { continue }
            var flow = Array(repeating: ChannelFlow(), count: configuration.phases)
            flow[phase] = window
            try count(flow)
            try tick()
        }
    }

    /// Counts what was measured since the last call, and keeps the readings.
    ///
    /// - Parameter flow: of each phase, in the line. An interval should not cross the start of a minute:
    ///   ``millisecondsUntilMinute(millisecond:)``.
    /// - Throws: `MeterError` `.memory`; `.negativeEnergy`; everything that is not negative has been counted in either
    ///   case.
    public func count(_ flow: [ChannelFlow]) throws(MeterError) {
        guard !isDown else { return }
        precondition(flow.count == configuration.phases, "the flow of each phase")
        for (phase, channel) in flow.enumerated() { readings[phase] = channel.reading ?? readings[phase] }
        add(flow.map(\.imported), flow.map(\.exported))
        // A phase at its limit is a total that is too low: the host's balance needs to know.
        try checkRange(flow.map(\.reading))
        try requireNotNegative(flow.map(\.imported), flow.map(\.exported))
    }

    /// Counts energy since the last ``tick()``. It is written at the tick at which it is due.
    ///
    /// - Parameters:
    ///   - imported: of each phase, from the transformer to the branch.
    ///   - exported: of each phase, from the branch to the transformer, or none.
    /// - Throws: `MeterError` `.negativeEnergy`; everything that is not negative has been counted then.
    public func count(_ imported: [Energy], exported: [Energy] = []) throws(MeterError) {
        guard !isDown else { return }
        precondition(imported.count == configuration.phases, "energy of each phase")
        precondition(exported.isEmpty || exported.count == imported.count, "energy of each phase, or of none")
        add(imported, exported)
        try requireNotNegative(imported, exported)
    }

    private func add(_ imported: [Energy], _ exported: [Energy]) {
        for (phase, energy) in imported.enumerated() { registers.channels[phase].imported += max(energy, .zero) }
        for (phase, energy) in exported.enumerated() { registers.channels[phase].exported += max(energy, .zero) }
    }
}
