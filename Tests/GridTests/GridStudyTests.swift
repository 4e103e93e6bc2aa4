import GridSimulation
import Testing

@Suite("Grid study") struct GridStudyTests {
    private var setup: GridStudy.Setup {
        var setup = GridStudy.Setup()
        (setup.meters, setup.units, setup.bitRate, setup.hours, setup.loads) = (12, 2, 9_600, 3, 4)
        return setup
    }

    @Test func `every meter is read in every round, and every load is answered before the round is over`() {
        var hours: [Int] = []
        let study = GridStudy(setup) { _, hour in hours.append(hour) }
        #expect(hours == [0, 1, 2, 0, 1, 2])
        #expect(study.rounds.count == 6)
        #expect(study.rounds.allSatisfy { $0.readCount == 12 && $0.missedCount == 0 && $0.time < .seconds(60) })
        #expect(study.loads.count == 24)
        #expect(study.failedLoads == 0)
        #expect(study.load(slowerThan: 0.5).map { $0 < .seconds(2) } == true)
        #expect(study.registrations.count == 2)
    }

    @Test func `the same seed gives the same figures, another seed others, and a bad line takes longer`() {
        let (first, again) = (GridStudy(setup), GridStudy(setup))
        #expect(first.rounds == again.rounds)
        #expect(first.loads == again.loads)
        var other = setup
        other.seed = 2
        #expect(GridStudy(other).loads != first.loads)
        var bad = setup
        bad.bitErrorRate = 0.001
        #expect(GridStudy(bad).byteCount > first.byteCount)
    }
}
