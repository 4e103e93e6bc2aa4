import Foundation
import Meter
import MeterBench
import Metrology
import Testing
import ValueElement
import ValueProtocol

/// Energy of a simulated line through a current transformer, against what the line delivered.
@Suite struct CurrentTransformerTests {
    private static func configuration(_ accuracy: CurrentTransformer.AccuracyClass) -> TransformerConfiguration {
        TransformerConfiguration(
            phases: 1, transformer: CurrentTransformer(primary: 400, secondary: 5, accuracyClass: accuracy))
    }

    /// Of the unit's inputs, whose parts are off by one percent; the transformer is not calibrated.
    private static let calibration = AccuracyTest(configuration(.class05S).inputRating).calibrate()

    /// The percentage error of what a unit counts of a load.
    private static func error(
        _ accuracy: CurrentTransformer.AccuracyClass, _ point: LoadPoint, ratioError: Double, displacement: Double
    ) throws -> Double {
        let configuration = configuration(accuracy)
        let frontEnd = FrontEnd(for: configuration.inputRating)
        let world = try TransformerWorld(
            configuration, measurements: [configuration.measurement(frontEnd, calibration)])
        let amperes = 400 * point.current
        let line = SimulatedMains(
            voltage: Waveform(
                fundamental: 230, harmonics: [Harmonic(order: 5, fraction: 0.03, angle: 0.7)], noise: 0.2),
            current: Waveform(
                fundamental: amperes, angle: point.powerFactor.angle,
                harmonics: [Harmonic(order: 5, fraction: 0.06, angle: 1.1)], noise: amperes * 0.001),
            frequency: 50.03)
        let transformer = SimulatedCurrentTransformer(
            configuration.transformer, ratioError: ratioError, displacement: displacement)
        var behind = line
        behind.current = transformer.secondary(line.current)
        var source = SimulatedFrontEnd(frontEnd, errors: .ofOnePercent, mains: behind, seed: 7)
        // In pieces shorter than a cycle, so that each ends one window at most.
        var samples = 0
        for _ in 0..<300 {
            var voltage = [Int16](repeating: 0, count: 80)
            var current = [Int32](repeating: 0, count: 80)
            var voltages = voltage.mutableSpan
            var currents = current.mutableSpan
            source.sample(into: &voltages, &currents)
            let before = world.meter.readings[0]
            try world.meter.feed(voltage: voltage.span, current: current.span, phase: 0)
            if let reading = world.meter.readings[0], reading != before { samples += reading.count }
        }
        let truth = line.energy(samples: samples, rate: frontEnd.sampleRate)
        let reading = world.meter.reading
        #expect(samples > 20_000 && reading.exported == [.zero])
        return (Double(reading.imported[0].microjoules) / 1e6 / truth - 1) * 100
    }

    /// The errors of unit and transformer are within both classes, also where the transformer's are at their limits; and
    /// those of the transformer show.
    @Test(arguments: [CurrentTransformer.AccuracyClass.class02S, .class05S, .class1], [0.05, 0.2, 1.2])
    func `energy is within the classes of unit and transformer`(
        accuracy: CurrentTransformer.AccuracyClass, current: Double
    ) throws {
        let limits = try #require(Self.configuration(accuracy).transformer.limits(at: current))
        let radians = limits.displacement / 60 * .pi / 180
        for factor in [LoadPoint.PowerFactor.one, .lagging(0.5)] {
            let point = LoadPoint(current: current, powerFactor: factor)
            let own = try #require(AccuracyClass.limit02S(point))
            let ideal = try Self.error(accuracy, point, ratioError: 0, displacement: 0)
            #expect(abs(ideal) <= own, "\(point): \(ideal)")
            for sign in [1.0, -1.0] {
                // A current that is too high and leads is too much of a lagging load, twice over.
                let error = try Self.error(
                    accuracy, point, ratioError: sign * limits.ratio / 100, displacement: sign * radians)
                let most = try #require(limits.energyError(factor))
                #expect(abs(error) <= own + most, "\(point): \(error) of \(own) and \(most)")
                #expect(abs(error - ideal) >= 0.9 * most, "\(point): \(error) shows \(most)")
                #expect((error > 0) == (sign > 0), "\(point): \(error)")
            }
        }
    }

    /// IEC 61869-2:2012, tables 201 and 202.
    @Test func `limits are those of the class at the current`() {
        let standard = CurrentTransformer(primary: 100, accuracyClass: .class05)
        let special = CurrentTransformer(primary: 100, accuracyClass: .class05S)
        #expect(standard.limits(at: 0.04) == nil && special.limits(at: 0.009) == nil)
        #expect(special.limits(at: 0.01) == CurrentTransformer.Limits(ratio: 1.5, displacement: 90))
        #expect(standard.limits(at: 0.05) == CurrentTransformer.Limits(ratio: 1.5, displacement: 90))
        #expect(standard.limits(at: 0.99) == CurrentTransformer.Limits(ratio: 0.75, displacement: 45))
        #expect(special.limits(at: 0.2) == standard.limits(at: 1))
        // Half a percent and, at power factor 0.5, 30 minutes of angle: 30 ÷ 60 × π ÷ 180 × √3.
        let most = CurrentTransformer.Limits(ratio: 0.5, displacement: 30).energyError(.lagging(0.5)) ?? 0
        let expected: Double = 0.5 + 100 * 0.5 * Double.pi / 180 * 3.0.squareRoot()
        #expect(abs(most - expected) < 0.02)
        #expect(CurrentTransformer.Limits(ratio: 0.5, displacement: 30).energyError(.lagging(0)) == nil)
    }

    @Test func `three phases are one total, and what one gives back is apart`() throws {
        let configuration = TransformerWorld.threePhases
        let frontEnd = FrontEnd(for: configuration.inputRating)
        let world = try TransformerWorld(
            measurements: Array(repeating: configuration.measurement(frontEnd, Self.calibration), count: 3))
        // 40, 25 and, given back, 10 kW at 230 V.
        let watts = [40_000.0, 25_000, -10_000]
        let transformer = SimulatedCurrentTransformer(configuration.transformer)
        var sources = watts.map { watts in
            let current = Waveform(fundamental: abs(watts) / 230, angle: watts < 0 ? .pi : 0)
            return SimulatedFrontEnd(
                frontEnd, errors: .ofOnePercent,
                mains: SimulatedMains(
                    voltage: Waveform(fundamental: 230), current: transformer.secondary(current)), seed: 3)
        }
        for second in 0..<100 {
            for phase in 0..<3 {
                var voltage = [Int16](repeating: 0, count: 800)
                var current = [Int32](repeating: 0, count: 800)
                var voltages = voltage.mutableSpan
                var currents = current.mutableSpan
                sources[phase].sample(into: &voltages, &currents)
                try world.meter.feed(voltage: voltage.span, current: current.span, phase: phase)
            }
            // A tenth of a second each.
            if second % 10 == 9 { world.time += 1 }
        }
        let (imported, exported) = (world.meter.reading.imported, world.meter.reading.exported)
        for (phase, watts) in watts.enumerated() {
            let counted = Double((imported[phase] - exported[phase]).microjoules) / 1e6
            // The last window is still open.
            #expect(abs(counted / (watts * 10) - 1) < 0.03, "phase \(phase + 1): \(counted)")
            let shown = try #require(world.meter.readings[phase])
            #expect(abs(shown.activePower / watts - 1) < 0.003 && abs(shown.voltage - 230) < 0.5)
        }
        #expect(exported[0] == .zero && exported[1] == .zero && imported[2] == .zero)
        #expect(world.addsUp)
    }
}
