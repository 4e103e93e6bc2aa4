import MeterBench
import Metrology
import Testing

@Suite struct FromSamplesToEnergyArticle {
    @Test func `from samples to energy`() {
        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 50)
        let frontEnd = FrontEnd(for: rating)
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 10, angle: 0.5))
        var source = SimulatedFrontEnd(frontEnd, mains: mains, seed: 1)
        var measurement = ChannelMeasurement(rating, frontEnd)
        for reading in source.measure(&measurement, seconds: 2) {
            print(reading.voltage, "V", reading.activePower, "W", reading.phaseAngle, "rad", reading.frequency, "Hz")
        }
        print(measurement.registers.imported.wattHours, "Wh")
        #expect(measurement.registers.imported > .zero)
    }

    func calibration(_ rating: ChannelRating) {
        let test = AccuracyTest(rating, errors: .ofOnePercent)
        let calibration = test.calibrate()
        for row in test.run(LoadPoint.class02S, calibration) {
            print(row.point, row.error, "%", row.isWithin ? "" : "out of class")
        }
    }
}
