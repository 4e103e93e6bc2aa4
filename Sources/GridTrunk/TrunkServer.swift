internal import Diagnostics
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
public import Grid
internal import NIOCore
public import NetworkIdentity
internal import Synchronization
public import ValueProtocol
internal import X509

/// The upper side of trunks: a host, to which its area units dial, or an area unit, to which its local units do.
///
/// What this side is, and so who may dial, says its certificate. A unit is who its certificate says; one connection per unit
/// counts, its latest. Exchanges with a unit that is not connected wait for it until their deadlines.
public final class TrunkServer: UnitTrunks, Sendable {
    /// An event, for reporting.
    public enum Event: Sendable {
        /// The unit has opened its stream.
        case connected(PartyID)
        /// Its stream has ended; with the error, if one was the reason.
        case disconnected(PartyID, TrunkError?)
        /// A peer at this address was refused, and nothing of what it sent was parsed.
        case refused(peer: String, TrunkError)
        /// The certificate, key or list of revoked certificates cannot be used; for the certificate, the one before still is.
        case credentials(TrunkError)
    }

    private let process: UInt64
    private let limits: TrunkLimits
    private let deadlines: TrunkDeadlines
    private let time: TrunkTime
    private let report: @Sendable (Event) -> Void
    private let reports: @Sendable (PartyID, UnitReport) async -> Void
    private let links = Mutex<[PartyID: UpperLink]>([:])
    private let lastNumber = Atomic<UInt64>(0)
    private let transport: HTTP2ServerTransport.Posix

    /// Prepares to listen; ``run()`` does.
    ///
    /// - Parameters:
    ///   - address: a numeric address to listen on, such as `0.0.0.0` or `::`.
    ///   - port: 0 for any free port.
    ///   - credentials: this side's certificate and key, and the authority of the units' certificates. Certificate and key are
    ///     read anew for each connection.
    ///   - revocations: the list of certificates that are not accepted any more, read for each connection.
    ///   - limits: of each trunk.
    ///   - report: called for each event.
    ///   - reports: called with a unit and what it has sent, one report of a unit at a time; its trunk waits until the call
    ///     returns. The report's `time` is its age.
    /// - Throws: `TrunkError` `.credentialsUnusable` or `.bindFailed`.
    public convenience init(
        listeningOn address: String, port: Int, credentials: IdentityFiles, revocations: RevocationList? = nil,
        limits: TrunkLimits = TrunkLimits(), report: @escaping @Sendable (Event) -> Void = { _ in },
        reports: @escaping @Sendable (PartyID, UnitReport) async -> Void = { _, _ in }
    ) throws(TrunkError) {
        try self.init(
            listeningOn: address, port: port, credentials: credentials, revocations: revocations, limits: limits,
            deadlines: TrunkDeadlines(), time: .system, report: report, reports: reports)
    }

    init(
        listeningOn address: String, port: Int, credentials: IdentityFiles, revocations: RevocationList? = nil,
        limits: TrunkLimits = TrunkLimits(), deadlines: TrunkDeadlines, time: TrunkTime = .system,
        report: @escaping @Sendable (Event) -> Void = { _ in },
        reports: @escaping @Sendable (PartyID, UnitReport) async -> Void = { _, _ in }
    ) throws(TrunkError) {
        process = UInt64.random(in: 1...UInt64.max)
        self.limits = limits
        self.deadlines = deadlines
        self.time = time
        self.report = report
        self.reports = reports
        let own = try TrunkCredentials(credentials, revocations)
        guard own.own.role.serves else { throw TrunkError(.wrongIdentity, "\(own.own)") }
        transport = try Self.transport(address, port, own, deadlines, report)
    }

    /// Serves until the task is cancelled. Exchanges that have not ended then end, with what is known.
    ///
    /// - Throws: `TrunkError` `.bindFailed` where the address is not available.
    public func run() async throws(TrunkError) {
        let result: Result<Void, TrunkError>
        do throws(TrunkError) {
            result = .success(try await serveStreams())
        } catch {
            result = .failure(error)
        }
        for link in links.withLock({ Array($0.values) }) { await link.end() }
        try result.get()
    }

    private func serveStreams() async throws(TrunkError) {
        let server = GRPCServer(transport: transport, services: [TrunkService(server: self)])
        // A task of its own: NIO crashes where a task is cancelled that is accepting a connection.
        let serving = Task { try await server.serve() }
        do {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                server.beginGracefulShutdown()
            }
        } catch {
            // A server that is told to stop before it has begun says so.
            guard !Task.isCancelled else { return }
            throw TrunkError(.bindFailed, "the trunk", cause: error)
        }
    }

    /// The port that it is listening on; waits until it does.
    ///
    /// - Throws: `TrunkError` `.bindFailed`.
    public var port: Int {
        get async throws(TrunkError) {
            do {
                let address = try await transport.listeningAddress
                guard let port = address.ipv4?.port ?? address.ipv6?.port else {
                    throw TrunkError(.bindFailed, "\(address)")
                }
                return port
            } catch {
                throw TrunkError(.bindFailed, "the trunk", cause: error)
            }
        }
    }

    // MARK: Exchanges

    /// A way to the meters below a unit.
    public func trunk(to unit: PartyID) -> any Trunk { UnitTrunk(server: self, unit: unit) }

    /// Carries an exchange out that somebody above has asked for, under its own id.
    ///
    /// A task that is cancelled takes it back where it still can.
    ///
    /// - Parameters:
    ///   - exchange: its id must not be in use.
    ///   - unit: through which the meter is reached.
    public func exchange(_ exchange: TrunkExchange, through unit: PartyID) async -> ExchangeOutcome {
        await link(to: unit).exchange(exchange)
    }

    /// Carries an exchange out, under an id of this process.
    public func exchange(
        through unit: PartyID, with meter: PartyID, device: Exchange.Device = .element,
        priority: Exchange.Priority, timeLimit: Duration, command: [UInt8]
    ) async -> ExchangeOutcome {
        let number = lastNumber.add(1, ordering: .relaxed).newValue
        return await exchange(
            TrunkExchange(
                ExchangeID(origin: process, number: number), with: meter, device, priority, timeLeft: timeLimit,
                command: command),
            through: unit)
    }

    /// Exchanges with each unit that have not ended.
    public var counts: [PartyID: Int] {
        get async {
            var counts: [PartyID: Int] = [:]
            for (unit, link) in links.withLock({ Array($0) }) { counts[unit] = await link.count }
            return counts
        }
    }

    /// Whether a unit is connected, and both sides have said hello.
    public func isConnected(_ unit: PartyID) async -> Bool { await link(to: unit).isConnected }

    private func link(to unit: PartyID) -> UpperLink {
        links.withLock { links in
            if let link = links[unit] { return link }
            let link = UpperLink(to: unit, process: process, limits: limits, time: time)
            links[unit] = link
            return link
        }
    }

    private static func transport(
        _ address: String, _ port: Int, _ own: TrunkCredentials, _ deadlines: TrunkDeadlines,
        _ report: @escaping @Sendable (Event) -> Void
    ) throws(TrunkError) -> HTTP2ServerTransport.Posix {
        let fresh = try FreshCertificates(own.files) { report(.credentials($0)) }
        let below: NetworkName.Role = own.own.role == .host ? .areaUnit : .localUnit
        do {
            return HTTP2ServerTransport.Posix(
                address: address.contains(":") ? .ipv6(host: address, port: port) : .ipv4(host: address, port: port),
                transportSecurity: try .mTLS(certificateReloader: fresh) {
                    $0.trustRoots = .certificates([.file(path: own.files.authority, format: .pem)])
                    $0.requireALPN = true
                },
                config: .defaults {
                    $0.connection.flushCoalescing = nil
                    $0.connection.maxGraceTime = .seconds(2)
                    $0.connection.maxIdleTime = deadlines.idle
                    // It does not end a dead connection; but whoever lives answers, and is not cut by its silence.
                    $0.connection.keepalive.time = deadlines.ping
                    $0.connection.keepalive.timeout = deadlines.pong
                    $0.connection.keepalive.clientBehavior.allowWithoutCalls = true
                    $0.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .milliseconds(500)
                    $0.http2.targetWindowSize = 65_535
                    $0.http2.maxConcurrentStreams = 4
                    $0.rpc.maxRequestPayloadSize = 1 << 20
                    $0.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
                        channel.eventLoop.makeCompletedFuture {
                            let gate = PeerGate(isServer: true) { certificate throws(TrunkError) in
                                try own.check(certificate, is: below, .client)
                            } refused: { peer, error in
                                report(.refused(peer: peer, error))
                            }
                            try PeerGate.install(gate, on: channel, silence: deadlines.silence)
                        }
                    }
                })
        } catch {
            throw TrunkError(.credentialsUnusable, own.files.certificate, cause: error)
        }
    }
}

extension TrunkServer {
    /// Serves one stream of a unit until it ends.
    fileprivate func serve(
        _ unit: PartyID, _ messages: RPCAsyncSequence<Valuestore_Trunk_V1_FromLower, any Error>,
        _ writer: RPCWriter<Valuestore_Trunk_V1_FromUpper>, _ context: ServerContext
    ) async throws {
        let link = link(to: unit)
        let session = await link.open()
        report(.connected(unit))
        var failure: TrunkError?
        do {
            try await withThrowingTaskGroup(of: Void.self) { [reports, deadlines, time] group in
                group.addTask {
                    for try await message in messages {
                        for report in try await link.receive(TrunkMessage(message), session) {
                            await reports(unit, report)
                        }
                    }
                }
                group.addTask {
                    for await _ in session.wakes {
                        // Whoever is about to ask gets into the same message.
                        await Task.yield()
                        while let message = await link.next(session)?.fromUpper { try await writer.write(message) }
                    }
                    if session.isReplaced { throw TrunkError(.replaced, "\(unit)") }
                }
                // The reader does not end with the connection's graceful end.
                group.addTask { try await context.cancellation.cancelled }
                group.addTask {
                    try await time.sleep(deadlines.hello)
                    guard await link.isConnected else {
                        throw TrunkError(.interrupted, "\(unit)", cause: Circumstance("it has not said hello"))
                    }
                    try await context.cancellation.cancelled
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            failure = TrunkError(stream: "\(unit)", error)
        }
        await link.close(session)
        report(.disconnected(unit, failure))
        if let failure { throw failure.rpcError }
    }
}

/// A way through one unit.
private struct UnitTrunk: Trunk {
    let server: TrunkServer
    let unit: PartyID

    func exchange(
        with meter: PartyID, device: Exchange.Device, priority: Exchange.Priority, timeLimit: Duration,
        command: [UInt8]
    ) async -> ExchangeOutcome {
        await server.exchange(
            through: unit, with: meter, device: device, priority: priority, timeLimit: timeLimit, command: command)
    }
}

/// The service of trunk.proto.
private struct TrunkService: Valuestore_Trunk_V1_Trunk.ServiceProtocol {
    let server: TrunkServer

    func connect(
        request: StreamingServerRequest<Valuestore_Trunk_V1_FromLower>, context: ServerContext
    ) async throws -> StreamingServerResponse<Valuestore_Trunk_V1_FromUpper> {
        // The gate has let in only who has a unit's certificate.
        guard let peer = (context.transportSpecific as? HTTP2ServerTransport.Posix.Context)?.peerCertificate,
            let unit = try PeerCertificate(peer).unit
        else { throw TrunkError(.wrongIdentity, context.remotePeer).rpcError }
        return StreamingServerResponse { writer in
            try await server.serve(PartyID(unit), request.messages, writer, context)
            return [:]
        }
    }
}
