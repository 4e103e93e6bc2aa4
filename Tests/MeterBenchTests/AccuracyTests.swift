import MeterBench
import Metrology
import Testing

@Suite struct AccuracyTests {
    static let points: [LoadPoint] = [
        LoadPoint(current: 0.01, powerFactor: .one), LoadPoint(current: 0.02, powerFactor: .lagging(0.5)),
        LoadPoint(current: 1.2, powerFactor: .leading(0.8)),
    ]

    @Test func `class is kept at every point`() {
        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 50)
        let rows = AccuracyTest(rating, duration: 2).run()
        #expect(rows.count == 24 && rows.count { $0.limit != nil } == 22)
        for row in rows { #expect(row.isWithin, "\(row.point): \(row.error) %") }
    }

    @Test(arguments: [(110.0, 60.0), (240.0, 50.0)], [16, 20])
    func `class is kept by every line and converter`(line: (Double, Double), bits: Int) {
        let rating = ChannelRating(nominalVoltage: line.0, nominalCurrent: 50, nominalFrequency: line.1)
        let test = AccuracyTest(rating, frontEnd: FrontEnd(for: rating, currentBits: bits), duration: 2)
        for row in test.run(Self.points) { #expect(row.isWithin, "\(row.point): \(row.error) %") }
    }

    /// The test can fail: parts of one percent without calibration are out of class.
    @Test func `without calibration the class is lost`() {
        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 50)
        let test = AccuracyTest(rating, duration: 2)
        let rows = test.run(Self.points, Calibration(asDesigned: test.frontEnd))
        #expect(!rows[1].isWithin, "a delay of the current tells at half the power factor")
    }

    @Test func `a table has a verdict where the class has a limit`() {
        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 50)
        let table = AccuracyTable(rating, currentBits: 20, seconds: 1, seed: 3, isCalibrated: false)
        #expect(table.rows.map(\.point) == LoadPoint.class02S)
        for row in table.rows {
            let expected: AccuracyTest.Verdict? = row.limit.map { abs(row.error) <= $0 ? .pass : .fail }
            #expect(row.verdict == expected, "\(row.point)")
        }
        #expect(table.count(.pass) + table.count(.fail) == 22)
        #expect(table.count(.fail) > 0, "parts of one percent are out of class without calibration")
        let calibrated = AccuracyTable(rating, currentBits: 20, seconds: 1, seed: 3, isCalibrated: true)
        #expect(calibrated.count(.pass) == 22)
        #expect(calibrated != table)
    }

    @Test func `a load point tells its current and power factor`() {
        #expect(Self.points.map { "\($0)" } == ["1.0 %, 1", "2.0 %, 0.5 lagging", "120.0 %, 0.8 leading"])
    }

    /// The truth is computed in two ways: by the sum over all samples, and by the power of each frequency.
    @Test func `the truth of whole cycles is power times time`() {
        let harmonics = [Harmonic(order: 3, fraction: 0.2, angle: 1), Harmonic(order: 5, fraction: 0.1, angle: 2)]
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220, angle: 0.2, harmonics: harmonics),
            current: Waveform(fundamental: 10, angle: 1, harmonics: [Harmonic(order: 3, fraction: 0.4, angle: 0.1)]))
        let truth = mains.energy(samples: 8_000, rate: 8_000)
        #expect(abs(truth / mains.activePower - 1) < 1e-9)
    }

    /// IEC 62053-22, table 5: 0.2 S.
    @Test func `limits are those of the standard`() {
        func limit(_ current: Double, _ factor: LoadPoint.PowerFactor) -> Double? {
            AccuracyClass.limit02S(LoadPoint(current: current, powerFactor: factor))
        }
        #expect(limit(0.01, .one) == 0.4 && limit(0.049, .one) == 0.4)
        #expect(limit(0.05, .one) == 0.2 && limit(1.2, .one) == 0.2)
        #expect(limit(0.01, .lagging(0.5)) == nil)
        #expect(limit(0.02, .leading(0.8)) == 0.5 && limit(0.09, .lagging(0.5)) == 0.5)
        #expect(limit(0.1, .lagging(0.5)) == 0.3 && limit(1.2, .leading(0.8)) == 0.3)
    }
}
