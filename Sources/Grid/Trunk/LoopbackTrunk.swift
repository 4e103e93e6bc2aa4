internal import Synchronization
public import ValueProtocol

/// A trunk whose two ends are in one process, for tests and programs without a network: what is asked of it, `serve` carries out.
///
/// It has both engines and everything that a trunk has but the transport. For virtual time there is ``InProcessTrunk``.
public final class LoopbackTrunk: Trunk, Sendable {
    private let upper: UpperLink
    private let lower: LowerLink
    private let unit: PartyID
    private let process: UInt64
    private let reports: @Sendable (UnitReport) async -> Void
    private let lastNumber = Atomic<UInt64>(0)
    private let connection = Mutex<Task<Void, Never>?>(nil)

    /// Creates it connected.
    ///
    /// - Parameters:
    ///   - unit: the lower end.
    ///   - limits: of both ends.
    ///   - concurrency: the most exchanges that `serve` works on at a time.
    ///   - reports: called with what the unit reports; a report's `time` is its age.
    ///   - serve: carries one exchange out. Its task is cancelled where the exchange is taken back; it says what became of it
    ///     all the same.
    public init(
        to unit: PartyID, limits: TrunkLimits = TrunkLimits(), concurrency: Int = 256,
        reports: @escaping @Sendable (UnitReport) async -> Void = { _ in },
        serve: @escaping @Sendable (TrunkExchange) async -> ExchangeOutcome
    ) {
        process = UInt64.random(in: 1...UInt64.max)
        upper = UpperLink(to: unit, process: process, limits: limits, time: .system)
        lower = LowerLink(
            process: UInt64.random(in: 1...UInt64.max), limits: limits, limit: concurrency, time: .system,
            upperChanged: {}, serve: serve)
        self.unit = unit
        self.reports = reports
        connect()
    }

    deinit { cut() }

    public func exchange(
        with meter: PartyID, device: Exchange.Device, priority: Exchange.Priority, timeLimit: Duration,
        command: [UInt8]
    ) async -> ExchangeOutcome {
        let number = lastNumber.add(1, ordering: .relaxed).newValue
        return await upper.exchange(
            TrunkExchange(
                ExchangeID(origin: process, number: number), with: meter, device, priority, timeLeft: timeLimit,
                command: command))
    }

    /// Reports something in the unit's name.
    public func report(_ content: UnitReport.Content) async { await lower.report(content, from: unit) }

    /// Connects the ends, in place of a connection that exists.
    public func connect() {
        connection.withLock { task in
            task?.cancel()
            task = Task { [before = task, upper, lower, reports] in
                // Otherwise the one before could replace this one.
                await before?.value
                await Self.connect(upper, lower, reports)
            }
        }
    }

    /// Interrupts the connection, until ``connect()``.
    public func cut() {
        connection.withLock { $0?.cancel() }
    }

    private static func connect(
        _ upper: UpperLink, _ lower: LowerLink, _ reports: @escaping @Sendable (UnitReport) async -> Void
    ) async {
        let (above, below) = (await upper.open(), await lower.open())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in below.wakes {
                    while !Task.isCancelled, let message = await lower.next(below) {
                        do throws(TrunkError) {
                            for report in try await upper.receive(message, above) { await reports(report) }
                        } catch {
                            // Another connection has replaced this one: our own ends say nothing out of turn.
                            return
                        }
                    }
                }
            }
            group.addTask {
                for await _ in above.wakes {
                    while !Task.isCancelled, let message = await upper.next(above) {
                        do throws(TrunkError) { try await lower.receive(message, below) } catch { return }
                    }
                }
            }
            await group.next()
            group.cancelAll()
        }
        await upper.close(above)
        await lower.close(below)
    }
}
