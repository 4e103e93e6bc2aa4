internal import NIOCore
internal import NIOTLS

/// Ends a connection whose TLS handshake does not come in time, or whose first message does not come in time after it.
///
/// Otherwise anybody who reaches the port could hold connections without a certificate.
final class RelayDeadlines: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let handshake: TimeAmount
    private let firstMessage: TimeAmount
    private var timer: Scheduled<Void>?
    private var reader: RelayFrameReader? = RelayFrameReader()

    init(handshake: TimeAmount, firstMessage: TimeAmount) {
        self.handshake = handshake
        self.firstMessage = firstMessage
    }

    func handlerAdded(context: ChannelHandlerContext) { start(handshake, .handshakeLate, on: context.channel) }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            start(firstMessage, .firstMessageLate, on: context.channel)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if reader != nil {
            reader?.append(unwrapInboundIn(data).readableBytesView)
            let isWhole: Bool
            do throws(RelayFrameReader.Malformed) {
                isWhole = try reader?.next() != nil
            } catch {
                // The reader of the frames reports the error.
                isWhole = true
            }
            if isWhole {
                reader = nil
                timer?.cancel()
            }
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    private func start(_ time: TimeAmount, _ code: RelayFailure.Code, on channel: any Channel) {
        timer?.cancel()
        timer = channel.eventLoop.scheduleTask(in: time) {
            channel.pipeline.fireErrorCaught(RelayFailure(code, isConnected: true))
            channel.close(mode: .all, promise: nil)
        }
    }
}
