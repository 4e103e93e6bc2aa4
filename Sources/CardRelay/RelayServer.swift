import Diagnostics
public import ISO7816
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Gives the card in a reader of this machine to clients of others, over TLS 1.3 with certificates of both ends.
///
/// One client at a time holds the card, and when it goes, however it goes, the card is reset before another can have it.
/// A client that says nothing for `idle` is let go.
public final class RelayServer: Sendable {
    /// What happens, for whoever wants to tell of it.
    public enum Event: Sendable {
        /// A client was given the card.
        case began(client: String, card: String)
        /// The client is gone and the card is reset.
        case ended(client: String)
        /// A client was not given the card, or did not keep to the protocol.
        case refused(client: String, reason: String)
    }

    /// The port at which clients are awaited.
    public let port: Int
    private let listener: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
    private let open: @Sendable () async throws(CardError) -> any RelayedCard
    private let report: @Sendable (Event) -> Void
    private let isHeld = Mutex(false)

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - host: the address at which to listen, `0.0.0.0` for all of IPv4.
    ///   - port: 0 for any that is free.
    ///   - credentials: what this end proves itself with, and whom it believes.
    ///   - idle: how long a client may say nothing.
    ///   - report: is told what happens.
    ///   - card: connects to the card for a client.
    /// - Throws: `CardError` where the files of the certificates cannot be used, or the port cannot be had.
    public init(
        host: String, port: Int, credentials: RelayCredentials, idle: Duration = .seconds(300),
        report: @escaping @Sendable (Event) -> Void = { _ in },
        card: @escaping @Sendable () async throws(CardError) -> any RelayedCard
    ) async throws(CardError) {
        let context = try credentials.configuration(isServer: true)
        let patience = TimeAmount.nanoseconds(Int64(idle.components.seconds) * 1_000_000_000)
        do {
            listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            NIOSSLServerHandler(context: context), IdleStateHandler(allTimeout: patience),
                            IdleEnd(),
                        ])
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
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
                        // The listener is closed: nobody comes any more.
                        return
                    }
                }
            }
        } catch {
            // Closing a listener that is closed.
            return
        }
    }

    private func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        let name = client.channel.remoteAddress.map { "\($0.ipAddress ?? "unknown"):\($0.port ?? 0)" } ?? "unknown"
        do {
            try await client.executeThenClose { inbound, outbound in
                let idle = try await client.channel.pipeline.handler(type: IdleEnd.self).get()
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
                                // The client waits now, and not we for it.
                                idle.isHeldOff.store(true, ordering: .relaxed)
                                defer { idle.isHeldOff.store(false, ordering: .relaxed) }
                                if let card {
                                    reply = await Self.reply(to: request, card)
                                } else {
                                    (card, reply) = try await answer(to: request, from: name)
                                }
                                try await outbound.write(ByteBuffer(bytes: reply.frame.bytes))
                                guard let card else { return }
                                if isBeginning { group.addTask { await Self.tellRemoval(of: card, to: outbound) } }
                            }
                        }
                    } catch {
                        // Of a client that had the card the end alone is told, however it went.
                        if card == nil { throw error }
                    }
                    group.cancelAll()
                    await end(card, with: name)
                }
            }
        } catch {
            report(.refused(client: name, reason: RelayFailure(error, isConnected: true).description))
        }
    }

    /// What the first message of a client gets: the card, or why not.
    private func answer(
        to request: RelayRequest, from client: String
    ) async throws(RelayFrameReader.Malformed) -> (card: (any RelayedCard)?, reply: RelayReply) {
        guard case .hello(let version) = request else { throw RelayFrameReader.Malformed() }
        guard version != RelayFrame.version else { return await begin(with: client) }
        let versions = "its frames are of version \(version), ours of \(RelayFrame.version)"
        let error = CardError(
            .unsupported, subject: "relay, \(versions)")
        report(.refused(client: client, reason: "\(error)"))
        return (nil, version < 3 ? .refusedInWords("\(error.code): \(versions)") : RelayReply(error))
    }

    /// Gives the card to a client, or tells why not.
    private func begin(with client: String) async -> (card: (any RelayedCard)?, reply: RelayReply) {
        guard take() else {
            let error = CardError(
                .sharingViolation, subject: "relay", cause: Circumstance("another client has the card"))
            report(.refused(client: client, reason: "\(error.code)"))
            return (nil, RelayReply(error))
        }
        do throws(CardError) {
            let card = try await open()
            report(.began(client: client, card: card.face.name))
            return (card, .ready(card.face))
        } catch {
            giveBack()
            report(.refused(client: client, reason: "\(error)"))
            return (nil, RelayReply(error))
        }
    }

    /// Takes the card back, and only then lets another client have it.
    private func end(_ card: (any RelayedCard)?, with client: String) async {
        guard let card else { return }
        await card.release()
        giveBack()
        report(.ended(client: client))
    }

    /// Tells the client that the card is out as soon as it is.
    private static func tellRemoval(
        of card: any RelayedCard, to client: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async {
        do {
            try await card.waitForRemoval()
            try await client.write(ByteBuffer(bytes: RelayReply.removed.frame.bytes))
        } catch {
            // The client is gone, or the card cannot be watched: then the next command tells.
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
            return RelayReply(error)
        }
    }

    private func take() -> Bool {
        isHeld.withLock { isHeld in
            defer { isHeld = true }
            return !isHeld
        }
    }

    private func giveBack() { isHeld.withLock { $0 = false } }
}

/// Closes a connection on which nothing comes or goes, unless the card is at work for it.
private final class IdleEnd: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let isHeldOff = Atomic(false)

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            guard !isHeldOff.load(ordering: .relaxed) else { return }
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
