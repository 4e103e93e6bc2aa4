import GridLives
import Testing

@Suite(.timeLimit(.minutes(5))) struct GridLivesTests {
    @Test func `whatever fails, value is conserved and every order has an end that is true`() throws {
        var lives = GridLives(.short)
        for seed in 1...200 as ClosedRange<UInt64> { try lives.live(seed: seed) }
        #expect(lives.confirmedCount > 400)
        // Much of what can happen has happened.
        #expect(lives.table.cellCount(above: 0) * 2 > lives.table.cellCount(above: -1))
    }

    @Test func `the same seed gives the same history`() throws {
        for seed in [3, 17] as [UInt64] {
            let (one, other) = (try GridLife(seed: seed, .short), try GridLife(seed: seed, .short))
            let hash = try one.live(trouble: GridLife.Size.short.trouble)
            #expect(try other.live(trouble: GridLife.Size.short.trouble) == hash)
        }
    }

    @Test func `a host restored from a backup knows of every order, and goes on with every meter`() throws {
        var size = GridLife.Size.short
        size.meters = 3...3
        size.jobs = 6...8
        let life = try GridLife(seed: 5, size)
        let restored = try life.liveRestored(backUpAfter: .seconds(120), trouble: .seconds(280), operations: 60)
        #expect(restored.lackingCount > 3)
        #expect(restored.namedCount == restored.lackingCount)
        #expect(restored.confirmedCount + restored.refusedCount == 60)
    }

    @Test func `seven days without an area unit, and local units restarted daily: one round fills the gap`() throws {
        var size = GridLife.Size()
        (size.areas, size.locals, size.meters, size.jobs) = (1...1, 2...2, 2...2, 0...0)
        let hours = try GridLife(seed: 1, size).liveAlone(days: 7)
        #expect(hours == 4 * (20 + 7 * 24))
    }
}
