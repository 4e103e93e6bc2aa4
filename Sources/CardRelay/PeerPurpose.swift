internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import NetworkIdentity

/// Refuses a peer whose certificate does not name the purpose for which it is used (RFC 5280, 4.2.1.12).
///
/// TLS itself accepts a certificate without any purpose, and so a certificate that the authority made for something else
/// would do.
final class PeerPurpose: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let use: RelayAuthority.Use
    private var isRefused = false

    /// - Parameter use: what the peer's certificate has to be for.
    init(_ use: RelayAuthority.Use) { self.use = use }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, !Self.isFor(use, context.channel) {
            isRefused = true
            context.fireErrorCaught(RelayFailure(.wrongPurpose, isConnected: true))
            context.close(promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isRefused { context.fireChannelRead(data) }
    }

    private static func isFor(_ use: RelayAuthority.Use, _ channel: any Channel) -> Bool {
        do {
            guard let peer = try channel.pipeline.syncOperations.nioSSL_peerCertificate() else { return false }
            return try isFor(use, der: peer.toDERBytes())
        } catch {
            return false
        }
    }

    /// Whether a certificate in DER names the purpose.
    static func isFor(_ use: RelayAuthority.Use, der: [UInt8]) throws -> Bool {
        try PeerCertificate(der: der).isFor(use.identityUse)
    }
}
