import ISO7816
import Meter
import MeterBench
import Testing
import ValueElement
import ValueProtocol

/// The driver with a clock controlled by the test.
@Suite struct BenchDriverTests {
    /// A line whose hosts follow the test; time passes by the clock.
    private final class TestLine: BenchLine {
        var served = 0
        let clock: ManualClock
        var onServe: (Int, CardSlot) -> Void = { _, _ in }
        private(set) var calls = 0

        init(_ clock: ManualClock) { self.clock = clock }

        func serve(for duration: Duration, _ meter: ElectricMeter, slot: CardSlot) {
            calls += 1
            clock.pass(duration)
            onServe(calls, slot)
        }
    }

    @Test func `the bench's time is the clock's until a command ends it`() throws {
        let world = try BenchWorld(speed: SimulationSpeed(factor: 10))
        let (queue, clock) = (BenchQueue(), ManualClock())
        clock.onWait = { if $0 == 40 { queue.add(.command(.quit)) } }
        var shown = 0
        try BenchDriver(world.bench, queue: queue, clock: clock).run(frame: .milliseconds(50)) { _ in shown += 1 }
        #expect(clock.waits == 40 && shown == 41)
        // The last frame ends at the command, before its time has passed.
        #expect(world.bench.installation.milliseconds - BenchWorld.start == 39 * 500)
    }

    @Test func `a card that a host sent commands to is looked at after a second of quiet`() throws {
        let world = try BenchWorld()
        let (queue, clock) = (BenchQueue(), ManualClock())
        let line = TestLine(clock)
        try world.bench.carryOut(.insertCard(nil))
        line.onServe = { call, slot in
            if call <= 10 {
                line.served += 1
                do {
                    _ = try slot.transmit(CommandAPDU([0x00, 0xA4, 0x04, 0x00]))
                } catch {
                    Issue.record("\(error)")
                }
            }
            if call == 100 { queue.add(.command(.quit)) }
        }
        var changedAt: [Duration] = []
        try BenchDriver(world.bench, queue: queue, line: line, clock: clock).run(frame: .milliseconds(50)) { bench in
            if bench.slot.mayHaveChanged { changedAt.append(clock.now) }
        }
        #expect(changedAt.first == .milliseconds(50) && changedAt.last == .milliseconds(1_500))
    }

    @Test func `without power the line is not served`() throws {
        let world = try BenchWorld(speed: SimulationSpeed(factor: nil))
        let (queue, clock) = (BenchQueue(), ManualClock())
        let line = TestLine(clock)
        try world.bench.carryOut(.power(false, withLastGasp: true))
        clock.onWait = { if $0 == 3 { queue.add(.command(.quit)) } }
        try BenchDriver(world.bench, queue: queue, line: line, clock: clock).run(frame: .milliseconds(50)) { _ in }
        #expect(line.calls == 0)
        #expect(world.bench.meter.reading.value == .zero)
    }

    @Test func `what shows the bench ends it where it cannot go on`() throws {
        struct Broken: Error {}
        let world = try BenchWorld()
        let driver = BenchDriver(world.bench, queue: BenchQueue(), clock: ManualClock())
        #expect(throws: Broken.self) { try driver.run(frame: .milliseconds(50)) { _ in throw Broken() } }
    }
}
