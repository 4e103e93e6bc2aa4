public import ISO7816
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// A card in a reader of another machine: the client's end of a relay.
///
/// Calls block, so they are made on a thread of their own, such as a `CardThread`. A command whose answer does not come is never
/// sent again: the connection ends, the server resets the card, and every later call fails in the same way.
public final class RelayChannel: CardChannel, Sendable {
    /// What the server tells of the card.
    public let face: RelayedCardFace
    private let channel: any Channel
    private let replies: RelayReplies
    private let patience: TimeAmount

    private init(_ face: RelayedCardFace, _ channel: any Channel, _ replies: RelayReplies, _ patience: TimeAmount) {
        (self.face, self.channel, self.replies, self.patience) = (face, channel, replies, patience)
    }

    deinit { channel.close(promise: nil) }

    /// Connects and is given the card. Blocks.
    ///
    /// - Parameters:
    ///   - host: a name that the server's certificate has, or an address that it has.
    ///   - port: the server's port.
    ///   - credentials: what this end proves itself with, and whom it believes.
    ///   - patience: how many seconds connecting, and each command, may take.
    /// - Throws: `CardError`: `.readerUnavailable` where nobody answers or the server is not who it should be,
    ///   `.sharingViolation` where another client has the card, and what the server's reader says.
    public static func connect(
        host: String, port: Int, credentials: RelayCredentials, patience: Int = 30
    ) throws(CardError) -> RelayChannel {
        let context = try credentials.configuration(isServer: false)
        let subject = "relay at \(host):\(port)"
        let replies = RelayReplies(subject: subject)
        let limit = TimeAmount.seconds(Int64(patience))
        // Addresses are compared with those of the certificate without being named.
        let name = isAddress(host) ? nil : host
        let channel: any Channel
        do {
            channel = try ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(limit)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            NIOSSLClientHandler(context: context, serverHostname: name), replies,
                        ])
                    }
                }
                .connect(host: host, port: port).wait()
        } catch {
            throw unreached(subject, error)
        }
        let reply: RelayReply
        do throws(CardError) {
            reply = try replies.ask(.hello(version: RelayFrame.version), over: channel, limit)
        } catch {
            channel.close(promise: nil)
            throw error
        }
        guard case .ready(let face) = reply else {
            channel.close(promise: nil)
            throw failure(reply, subject)
        }
        return RelayChannel(face, channel, replies, limit)
    }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let reply = try replies.ask(.transmit(command.bytes), over: channel, patience)
        guard case .answer(let bytes) = reply else { throw Self.failure(reply, face.name) }
        do {
            return try ResponseAPDU(bytes)
        } catch {
            throw CardError(.malformedAnswer, subject: face.name, cause: error)
        }
    }

    /// Resets the card. Blocks.
    ///
    /// - Throws: `CardError`.
    public func reset() throws(CardError) {
        let reply = try replies.ask(.reset, over: channel, patience)
        guard reply == .wasReset else { throw Self.failure(reply, face.name) }
    }

    /// Ends the connection; the server then resets the card.
    public func close() { channel.close(promise: nil) }

    private static func isAddress(_ host: String) -> Bool {
        do { return try SocketAddress(ipAddress: host, port: 0).ipAddress != nil } catch { return false }
    }

    private static func failure(_ reply: RelayReply, _ subject: String) -> CardError {
        if case .failure(let code, let subject, let remedy) = reply {
            return RelayReply.error(code: code, subject: subject, remedy: remedy)
        }
        return CardError(.malformedAnswer, subject: subject, remedy: "Both ends must be of the same version.")
    }

    private static func unreached(_ subject: String, _ cause: any Error) -> CardError {
        CardError(
            .readerUnavailable, subject: subject,
            remedy: "Check that vstore apdu relay serve runs there, and the name, the port and the certificates.",
            cause: RelayCause(cause))
    }

    fileprivate static func lost(_ subject: String, _ cause: (any Error)?) -> CardError {
        CardError(
            .readerUnavailable, subject: subject,
            remedy:
                "Check that the relay runs, its name and the certificates; then repeat. The card is reset meanwhile, "
                + "and what became of a command under way is unknown.", cause: cause.map(RelayCause.init))
    }
}

/// Waits for one reply at a time.
final class RelayReplies: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var reader = RelayFrameReader()
        var waiting: EventLoopPromise<RelayReply>?
        var end: CardError?
    }

    private let subject: String
    private let state = NIOLockedValueBox(State())

    init(subject: String) { self.subject = subject }

    /// Sends a request and blocks until its reply is there.
    ///
    /// - Throws: `CardError`: `.deadlineExceeded` where that takes longer than `patience`, `.readerUnavailable` where
    ///   the connection ends before. Either way it is over.
    func ask(_ request: RelayRequest, over channel: any Channel, _ patience: TimeAmount) throws(CardError) -> RelayReply
    {
        let promise = channel.eventLoop.makePromise(of: RelayReply.self)
        let end = state.withLockedValue { state in
            if state.end == nil { state.waiting = promise }
            return state.end
        }
        if let end {
            promise.fail(end)
            throw end
        }
        let timer = channel.eventLoop.scheduleTask(in: patience) { [self] in
            finish(CardError(.deadlineExceeded, subject: subject))
            channel.close(promise: nil)
        }
        defer { timer.cancel() }
        channel.writeAndFlush(ByteBuffer(bytes: request.frame.bytes)).whenFailure { [self] error in
            finish(RelayChannel.lost(subject, error))
        }
        do {
            return try promise.futureResult.wait()
        } catch let error as CardError {
            throw error
        } catch {
            throw RelayChannel.lost(subject, error)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let outcome: Result<(EventLoopPromise<RelayReply>, RelayReply)?, RelayFrameReader.Malformed> =
            state.withLockedValue { state in
                state.reader.append(bytes.readableBytesView)
                do throws(RelayFrameReader.Malformed) {
                    guard let frame = try state.reader.next() else { return .success(nil) }
                    let reply = try RelayReply(frame)
                    // A reply that nobody asked for is none.
                    guard let waiting = state.waiting.take() else { throw RelayFrameReader.Malformed() }
                    return .success((waiting, reply))
                } catch {
                    return .failure(error)
                }
            }
        switch outcome {
        case .success(let (waiting, reply)?): waiting.succeed(reply)
        case .success(nil): break
        case .failure(let error):
            finish(CardError(.malformedAnswer, subject: subject, cause: error))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(RelayChannel.lost(subject, nil))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(RelayChannel.lost(subject, error))
        context.close(promise: nil)
    }

    private func finish(_ error: CardError) {
        let waiting = state.withLockedValue { state in
            if state.end == nil { state.end = error }
            return state.waiting.take()
        }
        waiting?.fail(error)
    }
}
