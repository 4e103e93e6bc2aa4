public import Meter

/// What a bench waits by; a test has one of its own.
public protocol BenchClock: AnyObject {
    /// Real time since some moment; it never goes back.
    var now: Duration { get }
    /// Waits until something comes to `queue`, or for `duration`.
    func wait(for queue: BenchQueue, atMost duration: Duration)
}

/// Real time.
public final class ContinuousBenchClock: BenchClock {
    private let start = ContinuousClock.now

    public init() {}

    public var now: Duration { ContinuousClock.now - start }
    public func wait(for queue: BenchQueue, atMost duration: Duration) { queue.wait(atMost: duration) }
}

/// The line over which hosts reach the meter at a bench.
public protocol BenchLine: AnyObject {
    /// How many requests the meter or the card in its slot was given.
    var served: Int { get }
    /// Hands the commands that come to `meter`, or to the card in `slot`, and sends the answers, for `duration`.
    func serve(for duration: Duration, _ meter: ElectricMeter, slot: CardSlot)
}

/// Drives a bench: its clock's time passes, what comes is carried out, hosts are served, and what there is to see is shown.
public final class BenchDriver {
    public let bench: Bench
    private let queue: BenchQueue
    private let line: (any BenchLine)?
    private let clock: any BenchClock
    /// When the line was busy last.
    private var lastServed: Duration

    /// Real time between two writes of the surroundings, and of quiet on the line before the slot is looked at.
    private static let second = Duration.seconds(1)

    /// - Parameters:
    ///   - bench: that is driven.
    ///   - queue: of what comes from outside.
    ///   - line: over which hosts reach the meter; nil without one.
    ///   - clock: that it waits by.
    public init(
        _ bench: Bench, queue: BenchQueue, line: (any BenchLine)? = nil, clock: any BenchClock = ContinuousBenchClock()
    ) {
        self.bench = bench
        self.queue = queue
        self.line = line
        self.clock = clock
        lastServed = clock.now
    }

    /// Runs until a command or the time ends the bench.
    ///
    /// - Parameters:
    ///   - frame: real time between two steps; none where the bench goes as fast as it can.
    ///   - show: is called after each step.
    /// - Throws: `MeterError`, `BenchError`, or what `show` throws.
    public func run(frame: Duration, show: (Bench) throws -> Void) throws {
        var last = clock.now
        var lastKept = last
        while !bench.isOver {
            let events = queue.dequeueAll()
            let now = clock.now
            try bench.step(events, elapsed: now - last)
            last = now
            lookAtCard()
            if now - lastKept > BenchDriver.second {
                try bench.unit.keepSurroundings()
                lastKept = now
            }
            try show(bench)
            if !bench.isOver { rest(bench.speed.factor == nil ? .zero : frame) }
        }
    }

    /// Serves hosts, or waits for events.
    private func rest(_ duration: Duration) {
        guard let line, bench.installation.isPowered else {
            if line != nil || duration > .zero { clock.wait(for: queue, atMost: duration) }
            return
        }
        let before = line.served
        line.serve(for: duration, bench.meter, slot: bench.slot)
        if line.served != before { lastServed = clock.now }
    }

    /// A card to which a host sent commands is looked at once the line is quiet.
    private func lookAtCard() {
        if bench.slot.mayHaveChanged, clock.now - lastServed > BenchDriver.second { bench.slot.look() }
    }
}
