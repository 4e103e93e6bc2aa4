internal import Diagnostics
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
public import Grid
internal import NIOCore
public import NetworkIdentity
internal import Synchronization
public import ValueProtocol

/// The lower side of a trunk: an area unit, which dials its host, or a local unit, which dials its area unit.
///
/// What this side is says its certificate; the other side's has to be that of a host or of an area unit, accordingly. It dials
/// again whenever the connection ends, after 0.2 to 5 seconds, and goes on with what it has.
public final class TrunkClient: Sendable {
    /// An event, for reporting.
    public enum Event: Sendable {
        /// Both sides have said hello.
        case connected
        /// Another process of the upper side has said hello: it has none of the reports of before.
        case newUpper
        /// A connection has ended, or was not made.
        case disconnected(TrunkError)
        /// Loads and recoveries cannot be written down: none is accepted until they can.
        case notKept(UnitError)
        /// An exchange has ended.
        case ended(Exchange.Priority, ExchangeOutcome)
    }

    /// This unit, by its certificate.
    public let unit: PartyID
    private let host: String
    private let port: Int
    private let credentials: TrunkCredentials
    private let deadlines: TrunkDeadlines
    private let time: TrunkTime
    private let report: @Sendable (Event) -> Void
    private let link: LowerLink

    /// - Parameters:
    ///   - host: a name or a numeric address in the upper side's certificate.
    ///   - port: its port.
    ///   - credentials: this side's certificate and key, and the authority of the other's certificate; read anew for each
    ///     connection.
    ///   - revocations: the list of certificates that are not accepted any more, read for each connection.
    ///   - limits: of the trunk.
    ///   - store: where loads and recoveries are kept over a restart; nil for a unit that keeps none.
    ///   - concurrency: the most exchanges that `serve` works on at a time; the others wait in order of urgency.
    ///   - report: called for each event.
    ///   - serve: carries one exchange out. Its task is cancelled where the upper side takes the exchange back or is gone; it
    ///     says what became of it all the same.
    /// - Throws: `TrunkError` `.credentialsUnusable` or `.wrongIdentity`.
    public convenience init(
        to host: String, port: Int, credentials: IdentityFiles, revocations: RevocationList? = nil,
        limits: TrunkLimits = TrunkLimits(), store: (any TrunkStore)? = nil, concurrency: Int = 256,
        report: @escaping @Sendable (Event) -> Void = { _ in },
        serve: @escaping @Sendable (TrunkExchange) async -> ExchangeOutcome
    ) throws(TrunkError) {
        try self.init(
            to: host, port: port, credentials: credentials, revocations: revocations, limits: limits, store: store,
            concurrency: concurrency, deadlines: TrunkDeadlines(), time: .system, report: report, serve: serve)
    }

    init(
        to host: String, port: Int, credentials: IdentityFiles, revocations: RevocationList? = nil,
        limits: TrunkLimits = TrunkLimits(), store: (any TrunkStore)? = nil, concurrency: Int = 256,
        deadlines: TrunkDeadlines,
        time: TrunkTime = .system, report: @escaping @Sendable (Event) -> Void = { _ in },
        serve: @escaping @Sendable (TrunkExchange) async -> ExchangeOutcome
    ) throws(TrunkError) {
        self.host = host
        self.port = port
        self.credentials = try TrunkCredentials(credentials, revocations)
        guard self.credentials.own.role.dials else { throw TrunkError(.wrongIdentity, "\(self.credentials.own)") }
        unit = PartyID(self.credentials.own)
        self.deadlines = deadlines
        self.time = time
        self.report = report
        link = LowerLink(
            process: UInt64.random(in: 1...UInt64.max), limits: limits, limit: concurrency, time: time, store: store,
            notKept: { report(.notKept($0)) }, upperChanged: { report(.newUpper) },
            serve: { exchange in
                let outcome = await serve(exchange)
                report(.ended(exchange.priority, outcome))
                return outcome
            })
    }

    /// Whether it is connected, and both sides have said hello.
    public var isConnected: Bool { get async { await link.isOpen } }
    /// Exchanges whose answers the upper side awaits, or has not acknowledged.
    public var count: Int { get async { await link.awaitedCount } }

    /// Waits until the upper side has every answer; not if there is no connection.
    ///
    /// - Parameter limit: how long at most.
    public func drained(within limit: Duration) async { await link.drained(within: limit) }

    /// Reports what this unit has noticed. It is kept until the upper side has it, up to the limit of reports.
    public func report(_ content: UnitReport.Content) async { await link.report(content, from: unit) }

    /// Passes on what another unit has reported.
    ///
    /// - Parameter report: its `time` is its age.
    public func relay(_ report: UnitReport) async { await link.relay(report) }

    /// Dials and serves until the task is cancelled.
    public func run() async {
        var backoff = TrunkBackoff()
        var random = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let connection = Connection()
            let failure: TrunkError
            // A task of its own: NIO crashes where a task is cancelled that is about to have a connection.
            let attempt = Task { try await self.connect(connection) }
            do {
                try await withTaskCancellationHandler {
                    try await attempt.value
                } onCancel: {
                    connection.cut()
                }
                failure = TrunkError(.interrupted, name)
            } catch {
                failure = connection.refusal ?? TrunkError(stream: name, error)
            }
            guard !Task.isCancelled else { return }
            if connection.wasOpen { backoff.reset() }
            report(.disconnected(failure))
            do {
                try await time.sleep(backoff.next(using: &random))
            } catch {
                // Cancelled.
                return
            }
        }
    }

    private var name: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private func connect(_ connection: Connection) async throws {
        try await withGRPCClient(transport: try transport(connection)) { client in
            // Nothing waits for the end of a connection that is not used any more.
            defer { connection.cut() }
            var options = CallOptions.defaults
            // Otherwise what is wrong with a certificate is never said.
            options.waitForReady = false
            let session = await link.open()
            let watch = Task { [link, time, deadlines, name] in
                do {
                    try await time.sleep(deadlines.hello)
                } catch {
                    // Cancelled: the connection has ended.
                    return
                }
                guard await !link.isOpen else { return }
                connection.refused(
                    TrunkError(.interrupted, name, cause: Circumstance("it has not said hello")))
                connection.cut()
            }
            defer { watch.cancel() }
            do {
                let trunk = Valuestore_Trunk_V1_Trunk.Client(wrapping: client)
                try await trunk.connect(options: options) { [link] writer in
                    for await _ in session.wakes {
                        // Whatever is about to be done gets into the same message.
                        await Task.yield()
                        while let message = await link.next(session)?.fromLower { try await writer.write(message) }
                    }
                } onResponse: { [link, report] response in
                    // The writer ends with the reader.
                    defer { session.end() }
                    for try await message in response.messages {
                        try await link.receive(TrunkMessage(message), session)
                        guard !connection.wasOpen, await link.isOpen else { continue }
                        connection.opened()
                        report(.connected)
                    }
                }
            } catch {
                await link.close(session)
                throw error
            }
            await link.close(session)
        }
    }

    private func transport(_ connection: Connection) throws -> HTTP2ClientTransport.Posix {
        let above: NetworkName.Role = credentials.own.role == .areaUnit ? .host : .areaUnit
        let target: any ResolvableTarget =
            if host.contains(":") {
                .ipv6(address: host, port: port)
            } else if host.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) {
                .ipv4(address: host, port: port)
            } else {
                .dns(host: host, port: port)
            }
        return try HTTP2ClientTransport.Posix(
            target: target,
            transportSecurity: .mTLS(
                certificateChain: [.file(path: credentials.files.certificate, format: .pem)],
                privateKey: .file(path: credentials.files.key, format: .pem)
            ) {
                $0.trustRoots = .certificates([.file(path: credentials.files.authority, format: .pem)])
            },
            config: .defaults {
                $0.connection.flushCoalescing = nil
                $0.http2.targetWindowSize = 65_535
                $0.channelDebuggingCallbacks.onCreateTCPConnection = { [credentials, deadlines] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let gate = PeerGate(isServer: false) { certificate throws(TrunkError) in
                            try credentials.check(certificate, is: above, .server)
                        } refused: { _, error in
                            connection.refused(error)
                        }
                        try PeerGate.install(gate, on: channel, silence: deadlines.silence)
                        connection.made(channel)
                    }
                }
            })
    }
}

/// One attempt to connect.
private final class Connection: Sendable {
    private struct State {
        var channel: (any Channel)?
        var refusal: TrunkError?
        var wasOpen = false
        var isCut = false
    }

    private let state = Mutex(State())

    /// Why the peer was refused, or has refused this side.
    var refusal: TrunkError? { state.withLock(\.refusal) }
    /// Whether both sides have said hello.
    var wasOpen: Bool { state.withLock(\.wasOpen) }

    func opened() { state.withLock { $0.wasOpen = true } }

    func refused(_ error: TrunkError) { state.withLock { if !$0.wasOpen { $0.refusal = $0.refusal ?? error } } }

    func made(_ channel: any Channel) {
        let isCut = state.withLock {
            $0.channel = channel
            return $0.isCut
        }
        if isCut { Self.cut(channel) }
    }

    func cut() {
        let channel = state.withLock {
            $0.isCut = true
            return $0.channel
        }
        if let channel { Self.cut(channel) }
    }

    private static func cut(_ channel: any Channel) {
        channel.triggerUserOutboundEvent(SilenceCut.Request(), promise: nil)
    }
}
