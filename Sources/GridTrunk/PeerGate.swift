internal import Diagnostics
internal import Grid
internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import NetworkIdentity
internal import Synchronization

/// Lets a peer's bytes through once its certificate was checked; before, not one of them is parsed.
///
/// It sits behind TLS, which has verified the chain, the validity and, at a client, the server's name.
final class PeerGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum State {
        case closed, open, refused
    }

    private let isServer: Bool
    private let check: @Sendable (PeerCertificate) throws(TrunkError) -> Void
    private let refused: @Sendable (String, TrunkError) -> Void
    private var state = State.closed

    /// - Parameters:
    ///   - isServer: of TLS.
    ///   - check: throws where the peer may not be at the other end.
    ///   - refused: called once, with the peer's address, where the peer was refused, or has refused this side.
    init(
        isServer: Bool, check: @escaping @Sendable (PeerCertificate) throws(TrunkError) -> Void,
        refused: @escaping @Sendable (String, TrunkError) -> Void
    ) {
        self.isServer = isServer
        self.check = check
        self.refused = refused
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            do throws(TrunkError) {
                try Self.check(context.channel, check)
                state = .open
            } catch {
                refuse(context, error)
                return
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if state == .open { context.fireChannelRead(data) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client learns only after its handshake that the server does not accept its certificate.
        if state == .closed || state == .open && !isServer, Self.isFault(error) {
            refuse(context, TrunkError(.notAuthenticated, Self.address(context), cause: error))
        }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if state == .closed {
            state = .refused
            let cause = Circumstance("the connection ended before the handshake was complete")
            let error = TrunkError(isServer ? .notAuthenticated : .interrupted, Self.address(context), cause: cause)
            refused(Self.address(context), error)
        }
        context.fireChannelInactive()
    }

    /// A fault of TLS, and not the end of the connection.
    private static func isFault(_ error: any Error) -> Bool {
        if case .uncleanShutdown? = error as? NIOSSLError { return false }
        return error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
    }

    private func refuse(_ context: ChannelHandlerContext, _ error: TrunkError) {
        state = .refused
        refused(Self.address(context), error)
        context.close(promise: nil)
    }

    private static func address(_ context: ChannelHandlerContext) -> String {
        guard let address = context.remoteAddress, let host = address.ipAddress else { return "peer" }
        return host.contains(":") ? "[\(host)]:\(address.port ?? 0)" : "\(host):\(address.port ?? 0)"
    }

    private static func check(
        _ channel: any Channel, _ check: (PeerCertificate) throws(TrunkError) -> Void
    ) throws(TrunkError) {
        let certificate: PeerCertificate
        do {
            guard try channel.pipeline.syncOperations.nioSSL_tlsVersion() == .tlsv13 else {
                throw TrunkError(.notAuthenticated, "TLS below version 1.3")
            }
            guard let peer = try channel.pipeline.syncOperations.nioSSL_peerCertificate() else {
                throw TrunkError(.notAuthenticated, "a peer without a certificate")
            }
            certificate = try PeerCertificate(der: peer.toDERBytes())
        } catch let error as TrunkError {
            throw error
        } catch {
            throw TrunkError(.notAuthenticated, "the peer's certificate", cause: error)
        }
        try check(certificate)
    }

    /// Puts the gate behind the TLS handler of a connection, and the cut of silent peers before it.
    static func install(_ gate: PeerGate, on channel: any Channel, silence: Duration) throws {
        let pipeline = channel.pipeline.syncOperations
        let tls: any ChannelHandler
        do {
            tls = try pipeline.handler(type: NIOSSLServerHandler.self)
        } catch {
            tls = try pipeline.handler(type: NIOSSLClientHandler.self)
        }
        try pipeline.addHandler(gate, position: .after(tls))
        try pipeline.addHandlers(
            [IdleStateHandler(readTimeout: TimeAmount(silence)), SilenceCut()], position: .first)
    }
}

/// Cuts a connection below TLS: at the end of a silence, or where it is asked to. Nothing waits for a peer that is dead.
final class SilenceCut: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// Asks for the cut.
    struct Request: Sendable {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is Request {
            context.close(promise: promise)
        } else {
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }
}
