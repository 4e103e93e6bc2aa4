import Benchmark
import MeterBench
import Metrology

/// Objects allocated while a second of samples is measured, with a drift that forces a new reference: none.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.objectAllocCount], warmupIterations: 3, scalingFactor: .one, maxDuration: .seconds(1),
        maxIterations: 50)

    let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 50)
    let frontEnd = FrontEnd(for: rating)

    Benchmark("metrology.second") { benchmark in
        var source = SimulatedFrontEnd(
            frontEnd,
            mains: SimulatedMains(
                voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 10), swing: 0.5, swingPeriod: 2),
            seed: 1)
        var voltage = [Int16](repeating: 0, count: 8_000)
        var current = [Int32](repeating: 0, count: 8_000)
        var voltages = voltage.mutableSpan
        var currents = current.mutableSpan
        source.sample(into: &voltages, &currents)
        var measurement = ChannelMeasurement(rating, frontEnd)
        var windows = 0
        benchmark.startMeasurement()
        var offset = 0
        while offset < voltage.count {
            let taken = measurement.add(
                voltage.span.extracting(offset..<voltage.count), current.span.extracting(offset..<current.count))
            offset += taken.count
            if taken.reading != nil { windows += 1 }
        }
        benchmark.stopMeasurement()
        precondition(windows > 4)
    }
}
