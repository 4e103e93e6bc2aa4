public import Grid
public import NetworkIdentity
internal import Synchronization
public import ValueProtocol

/// An area unit at work: local units dial it, it dials its host, and exchanges and reports pass.
///
///     let area = try AreaUnitService(listeningOn: "10.0.5.1", port: 7801, host: "host.example", port: 7800, …)
///     try await area.run()
public final class AreaUnitService: Sendable {
    /// An event, for reporting.
    public enum Event: Sendable {
        /// Of the side to which local units dial.
        case below(TrunkServer.Event)
        /// Of the side that dials the host.
        case above(TrunkClient.Event)
        /// What a local unit has reported, and is passed on.
        case report(UnitReport, from: PartyID)
    }

    private let server: TrunkServer
    private let client: TrunkClient
    private let area: AreaUnit
    private let stops = AsyncStream<Void>.makeStream()

    /// - Parameters:
    ///   - address: a numeric address to listen on for local units.
    ///   - port: 0 for any free port.
    ///   - host: the host's name or address.
    ///   - hostPort: its port.
    ///   - credentials: of this unit: which one it is says its certificate.
    ///   - revocations: the list of certificates that are not accepted any more.
    ///   - report: called for each event.
    /// - Throws: `TrunkError` `.credentialsUnusable`, `.wrongIdentity`, `.bindFailed`.
    public init(
        listeningOn address: String, port: Int, host: String, hostPort: Int, credentials: IdentityFiles,
        revocations: RevocationList? = nil, report: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws(TrunkError) {
        // The two sides know each other through the area unit between them.
        let late = Late()
        server = try TrunkServer(
            listeningOn: address, port: port, credentials: credentials, revocations: revocations,
            report: { report(.below($0)) },
            reports: { unit, content in
                report(.report(content, from: unit))
                await late.area?.receive(content, from: unit)
            })
        client = try TrunkClient(
            to: host, port: hostPort, credentials: credentials, revocations: revocations, concurrency: 4_096,
            report: { event in
                report(.above(event))
                guard case .newUpper = event else { return }
                Task { await late.area?.reportAll() }
            },
            serve: { exchange in await late.area?.carry(exchange) ?? .notSent(.restarted) })
        area = AreaUnit(
            client.unit, lower: { [server] exchange, unit in await server.exchange(exchange, through: unit) },
            report: { [client] content in await client.relay(content) })
        late.set(area)
    }

    /// Which unit it is.
    public var unit: PartyID { client.unit }

    /// The port to which local units dial; waits until it is listening.
    ///
    /// - Throws: `TrunkError` `.bindFailed`.
    public var port: Int { get async throws(TrunkError) { try await server.port } }

    /// Whether the host is connected.
    public var isConnected: Bool { get async { await client.isConnected } }
    /// Exchanges that the host has no answer to.
    public var count: Int { get async { await client.count } }
    /// Exchanges with each local unit that have not ended.
    public var counts: [PartyID: Int] { get async { await server.counts } }

    /// Ends ``run()`` in a few seconds: no exchange is taken any more, those under way go on for a while, and the answers go up.
    public func stop() { stops.continuation.finish() }

    /// Serves until ``stop()``, or until the task is cancelled.
    ///
    /// - Throws: `TrunkError` `.bindFailed`.
    public func run() async throws(TrunkError) {
        let result = await withTaskGroup(of: Result<Void, TrunkError>.self) { [server, client] group in
            group.addTask { await Result { () async throws(TrunkError) in try await server.run() } }
            group.addTask {
                await client.run()
                return .success(())
            }
            group.addTask { [area, stops] in
                for await _ in stops.stream {}
                await area.stop(within: .seconds(5))
                await client.drained(within: .seconds(2))
                return .success(())
            }
            defer { group.cancelAll() }
            return await group.next() ?? .success(())
        }
        try result.get()
    }

    /// The area unit, once it is made.
    private final class Late: Sendable {
        private let unit = Mutex<AreaUnit?>(nil)
        var area: AreaUnit? { unit.withLock { $0 } }
        func set(_ area: AreaUnit) { unit.withLock { $0 = area } }
    }
}

extension Result where Success: Sendable {
    /// What an asynchronous call returns or throws.
    fileprivate init(catching body: () async throws(Failure) -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
