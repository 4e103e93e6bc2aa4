import Diagnostics
public import ISO7816
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Serves the card in a reader of this machine to remote clients, over TLS 1.3 with certificates on both sides.
///
/// One client at a time has the card, and when its connection ends for any reason, the card is reset before another can
/// have it. A client that sends nothing for `idle` is disconnected; so is one whose TLS handshake, or whose first message
/// after it, takes longer than its deadline, and one beyond the limit of connections from an address. A client is told
/// codes of errors and the card's name, and nothing else of this machine.
public final class RelayServer: Sendable {
    /// An event, for reporting.
    public enum Event: Sendable {
        /// A client got the card.
        case began(client: String, card: String)
        /// The client is disconnected and the card is reset.
        case ended(client: String)
        /// A client was refused, or violated the protocol: a `CardError` or a ``RelayFailure``.
        case refused(client: String, error: any Error)
    }

    /// The port that the server is listening on.
    public let port: Int
    private let listener: NIOAsyncChannel<Client, Never>
    private let open: @Sendable () async throws(CardError) -> any RelayedCard
    private let report: @Sendable (Event) -> Void
    private let isHeld = Mutex(false)
    private let addresses: AddressLimit

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - host: the address to listen on, `0.0.0.0` for all of IPv4.
    ///   - port: 0 for any free port.
    ///   - credentials: the certificate and key of this side, and the trusted authority.
    ///   - idle: timeout for a silent client, from a nanosecond up.
    ///   - handshake: deadline of the TLS handshake.
    ///   - firstMessage: deadline of a client's first message, from the handshake on.
    ///   - connectionsPerAddress: how many connections an address may have at a time, at least 1.
    ///   - report: called for each event.
    ///   - card: connects to the card for a client.
    /// - Throws: `CardError`: `.credentialsUnusable` where the certificate files cannot be used, `.cannotListen` where
    ///   the port is not available or `idle` is not positive.
    public init(
        host: String, port: Int, credentials: RelayCredentials, idle: Duration = .seconds(300),
        handshake: Duration = .seconds(10), firstMessage: Duration = .seconds(10), connectionsPerAddress: Int = 8,
        report: @escaping @Sendable (Event) -> Void = { _ in },
        card: @escaping @Sendable () async throws(CardError) -> any RelayedCard
    ) async throws(CardError) {
        let (timeout, handshake, first) = (TimeAmount(idle).bounded, TimeAmount(handshake), TimeAmount(firstMessage))
        addresses = AddressLimit(max(1, connectionsPerAddress))
        guard timeout > .zero else {
            let reason = Circumstance("the timeout for a silent client is \(idle)")
            throw CardError(.cannotListen, subject: "\(host):\(port)", cause: reason)
        }
        let context = try credentials.configuration(isServer: true)
        do {
            listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let idle = IdleEnd()
                        try channel.pipeline.syncOperations.addHandlers([
                            NIOSSLServerHandler(context: context),
                            RelayDeadlines(handshake: handshake.bounded, firstMessage: first.bounded),
                            PeerPurpose(.client), IdleStateHandler(allTimeout: timeout), idle,
                        ])
                        return Client(
                            channel: try NIOAsyncChannel(wrappingChannelSynchronously: channel), idle: idle,
                            address: channel.remoteAddress)
                    }
                }
        } catch {
            throw CardError(
                .cannotListen, subject: "\(host):\(port)", cause: error)
        }
        self.port = listener.channel.localAddress?.port ?? port
        self.open = card
        self.report = report
    }

    /// Serves until the task is cancelled.
    public func run() async {
        do {
            try await listener.executeThenClose { clients in
                await withDiscardingTaskGroup { group in
                    do {
                        for try await client in clients { group.addTask { await self.serve(client) } }
                    } catch {
                        // The listener is closed: no more clients.
                        return
                    }
                }
            }
        } catch {
            // The listener was already closed.
            return
        }
    }

    private func serve(_ client: Client) async {
        let name = client.address.map { "\($0.ipAddress ?? "unknown"):\($0.port ?? 0)" } ?? "unknown"
        let address = client.address?.ipAddress ?? "unknown"
        let isWelcome = addresses.enter(address)
        defer { if isWelcome { addresses.leave(address) } }
        do {
            try await client.channel.executeThenClose { inbound, outbound in
                guard isWelcome else { throw RelayFailure(.tooManyConnections, isConnected: true) }
                let idle = client.idle
                try await withThrowingDiscardingTaskGroup { group in
                    var reader = RelayFrameReader()
                    var card: (any RelayedCard)?
                    do {
                        for try await bytes in inbound {
                            reader.append(bytes.readableBytesView)
                            while let frame = try reader.next() {
                                let request = try RelayRequest(frame)
                                let reply: RelayReply
                                let isBeginning = card == nil
                                // Now the client waits for us, not we for it.
                                idle.isSuspended.store(true, ordering: .relaxed)
                                defer { idle.isSuspended.store(false, ordering: .relaxed) }
                                if let card {
                                    reply = await Self.reply(to: request, card)
                                } else {
                                    (card, reply) = try await answer(to: request, from: name)
                                }
                                try await outbound.write(ByteBuffer(bytes: reply.frame.bytes))
                                guard let card else { return }
                                if isBeginning { group.addTask { await Self.reportRemoval(of: card, to: outbound) } }
                            }
                        }
                    } catch {
                        // For a client that had the card only the end is reported, whatever the reason.
                        if card == nil { throw error }
                    }
                    group.cancelAll()
                    await end(card, with: name)
                }
            }
        } catch {
            report(.refused(client: name, error: RelayFailure(error, isConnected: true)))
        }
    }

    /// The reply to a client's first message: the card, or why not.
    private func answer(
        to request: RelayRequest, from client: String
    ) async throws(RelayFrameReader.Malformed) -> (card: (any RelayedCard)?, reply: RelayReply) {
        guard case .hello(let version) = request else { throw RelayFrameReader.Malformed() }
        guard version != RelayFrame.version else { return await begin(with: client) }
        let versions = "its frames are of version \(version), ours of \(RelayFrame.version)"
        let error = CardError(
            .unsupported, subject: "relay, \(versions)")
        report(.refused(client: client, error: error))
        return (nil, version < 3 ? .refusedLegacy("\(error.code): \(versions)") : RelayReply(error))
    }

    /// Connects the card for a client, or replies why not.
    private func begin(with client: String) async -> (card: (any RelayedCard)?, reply: RelayReply) {
        guard acquire() else {
            let error = CardError(
                .sharingViolation, subject: "relay", cause: Circumstance("another client has the card"))
            report(.refused(client: client, error: error))
            return (nil, RelayReply(error))
        }
        do throws(CardError) {
            let card = try await open()
            report(.began(client: client, card: card.face.name))
            return (card, .ready(card.face))
        } catch {
            giveBack()
            report(.refused(client: client, error: error))
            return (nil, RelayReply(error, subject: "relay"))
        }
    }

    /// Releases the card, and only then admits another client.
    private func end(_ card: (any RelayedCard)?, with client: String) async {
        guard let card else { return }
        await card.release()
        giveBack()
        report(.ended(client: client))
    }

    /// Reports the removal of the card to the client at once.
    private static func reportRemoval(
        of card: any RelayedCard, to client: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async {
        do {
            try await card.waitForRemoval()
            try await client.write(ByteBuffer(bytes: RelayReply.removed.frame.bytes))
        } catch {
            // The client is gone, or the card cannot be watched: the next command then reports it.
            return
        }
    }

    private static func reply(to request: RelayRequest, _ card: any RelayedCard) async -> RelayReply {
        do throws(CardError) {
            switch request {
            case .hello:
                return RelayReply(
                    CardError(.unsupported, subject: "relay", cause: Circumstance("hello was said already")))
            case .reset:
                try await card.reset()
                return .wasReset
            case .transmit(let bytes):
                let command: CommandAPDU
                do throws(APDUError) {
                    command = try CommandAPDU(bytes)
                } catch {
                    throw CardError(.unsupported, subject: "relay", cause: error)
                }
                return .answer(try await card.transmit(command).bytes)
            }
        } catch {
            return RelayReply(error, subject: card.face.name)
        }
    }

    private func acquire() -> Bool {
        isHeld.withLock { isHeld in
            defer { isHeld = true }
            return !isHeld
        }
    }

    private func giveBack() { isHeld.withLock { $0 = false } }
}

extension TimeAmount {
    /// At most a hundred years: the event loop adds it to its clock.
    var bounded: TimeAmount { min(self, .hours(24 * 36_525)) }
}

/// A connection, with what it no longer tells once it is closed.
private struct Client: Sendable {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    let idle: IdleEnd
    let address: SocketAddress?
}

/// Closes an idle connection, unless the card is processing a command for it.
private final class IdleEnd: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let isSuspended = Atomic(false)

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            guard !isSuspended.load(ordering: .relaxed) else { return }
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
