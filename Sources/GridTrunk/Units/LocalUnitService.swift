public import Grid
public import NetworkIdentity
internal import Synchronization
public import ValueProtocol

/// A local unit at work: its line, and the trunk to its area unit.
///
/// Who makes the line's driver is given what the driver has to call with its reports:
///
///     let local = try LocalUnitService(area: "10.0.5.1", port: 7801, credentials: files) { pass in
///         try LocalUnitDriver(configuration, over: addresses, …) { event in
///             if case .report(let report) = event { pass(report) }
///         }
///     }
///     await local.run()
public final class LocalUnitService: Sendable {
    private let driver: LocalUnitDriver
    private let client: TrunkClient

    /// - Parameters:
    ///   - area: the area unit's name or address.
    ///   - port: its port.
    ///   - credentials: of this unit: which one it is says its certificate.
    ///   - revocations: the list of certificates that are not accepted any more.
    ///   - report: called for each event of the trunk.
    ///   - line: makes the driver of the unit's line, whose unit is that of the certificate.
    /// - Throws: `TrunkError` `.credentialsUnusable`, `.wrongIdentity`, or as `line` does.
    public init(
        area: String, port: Int, credentials: IdentityFiles, revocations: RevocationList? = nil,
        report: @escaping @Sendable (TrunkClient.Event) -> Void = { _ in },
        line: (_ pass: @escaping @Sendable (LocalUnit.Report) -> Void) throws -> LocalUnitDriver
    ) throws {
        let late = Late()
        let driver = try line { report in
            guard let content = report.content else { return }
            late.report(content)
        }
        self.driver = driver
        client = try TrunkClient(
            to: area, port: port, credentials: credentials, revocations: revocations, store: driver.kept,
            concurrency: 4_096,
            report: { event in
                report(event)
                // A new process of the area unit knows no meter.
                if case .newUpper = event {
                    late.report(.meters(UnitReport.MeterRoster(present: driver.meters, isComplete: true)))
                    for content in late.known(of: driver.meters) { late.report(content) }
                }
            },
            serve: { exchange in await driver.carry(exchange) })
        guard client.unit == driver.eid else { throw TrunkError(.wrongIdentity, "\(client.unit), not \(driver.eid)") }
        late.set(client)
    }

    /// The meters that have a station on its line.
    public var meters: [PartyID] { driver.meters }

    /// Takes another list of the meters of its transformer; nil for none.
    public func setListed(_ listed: Set<PartyID>?) { driver.setListed(listed) }

    /// How the unit is doing on its line.
    public var status: LocalUnitDriver.Status { driver.status }
    /// Whether the area unit is connected.
    public var isConnected: Bool { get async { await client.isConnected } }
    /// Exchanges that the area unit has no answer to.
    public var count: Int { get async { await client.count } }

    /// Ends ``run()`` in a few seconds: what waits ends as not sent, what is under way goes on for a while, and the answers
    /// go up.
    public func stop() { driver.drain(for: .seconds(5)) }

    /// Serves until ``stop()``, or until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { [driver, client] group in
            group.addTask {
                await withTaskCancellationHandler {
                    await driver.run()
                } onCancel: {
                    driver.stop()
                }
            }
            group.addTask { await client.run() }
            await group.next()
            if !Task.isCancelled { await client.drained(within: .seconds(2)) }
            group.cancelAll()
        }
    }

    /// The trunk, once it is made, and reports for it in their order.
    private final class Late: Sendable {
        private let stream = AsyncStream<UnitReport.Content>.makeStream()
        private let book = Mutex(LineBook())

        func report(_ content: UnitReport.Content) {
            book.withLock { $0.record(content) }
            stream.continuation.yield(content)
        }

        func known(of meters: [PartyID]) -> [UnitReport.Content] { book.withLock { $0.reports(of: meters) } }

        func set(_ client: TrunkClient) {
            let reports = stream.stream
            Task { for await content in reports { await client.report(content) } }
        }
    }
}
