public import Meter

/// The clock of a bench; tests have their own.
public protocol BenchClock: AnyObject {
    /// Real time since a fixed moment; it never goes back.
    var now: Duration { get }
    /// Waits until an event is added to `queue`, or for `duration`.
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
    /// The number of requests passed to the meter or the card in its slot.
    var served: Int { get }
    /// Passes incoming commands to `meter`, or to the card in `slot`, and sends the answers, for `duration`.
    func serve(for duration: Duration, _ meter: ElectricMeter, slot: CardSlot)
}

/// Drives a bench: lets its clock's time pass, executes events, serves hosts, and shows the result.
public final class BenchDriver {
    public let bench: Bench
    private let queue: BenchQueue
    private let line: (any BenchLine)?
    private let clock: any BenchClock
    /// When the line was last busy.
    private var lastServed: Duration

    /// Real time between two saves of the environment, and of silence on the line before the slot is read again.
    private static let second = Duration.seconds(1)

    /// - Parameters:
    ///   - bench: the bench to drive.
    ///   - queue: events from outside.
    ///   - line: over which hosts reach the meter; nil without one.
    ///   - clock: for waiting.
    public init(
        _ bench: Bench, queue: BenchQueue, line: (any BenchLine)? = nil, clock: any BenchClock = ContinuousBenchClock()
    ) {
        self.bench = bench
        self.queue = queue
        self.line = line
        self.clock = clock
        lastServed = clock.now
    }

    /// Runs until a command or the end of time ends the bench.
    ///
    /// - Parameters:
    ///   - frame: real time between two steps; ignored at maximum speed.
    ///   - show: called after each step.
    /// - Throws: `MeterError`, `BenchError`, or what `show` throws.
    public func run(frame: Duration, show: (Bench) throws -> Void) throws {
        var last = clock.now
        var lastKept = last
        while !bench.isOver {
            let events = queue.dequeueAll()
            let now = clock.now
            try bench.step(events, elapsed: now - last)
            last = now
            readCard()
            if now - lastKept > BenchDriver.second {
                try bench.unit.saveEnvironment()
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

    /// A card to which a host has sent commands is read again once the line is quiet.
    private func readCard() {
        if bench.slot.mayHaveChanged, clock.now - lastServed > BenchDriver.second { bench.slot.look() }
    }
}
