import Diagnostics
public import ISO7816
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// A card in a reader of another machine: the client's side of a relay.
///
/// Calls block, so make them on a separate thread, such as a `CardThread`; a call waits for the end of one that another
/// thread has begun. A command without an answer is never sent
/// again: the connection ends, the server resets the card, and every later call fails in the same way.
public final class RelayChannel: CardChannel, Sendable {
    /// The server's description of the card.
    public let face: RelayedCardFace
    private let channel: any Channel
    private let replies: RelayReplies
    private let timeout: TimeAmount

    private init(_ face: RelayedCardFace, _ channel: any Channel, _ replies: RelayReplies, _ timeout: TimeAmount) {
        (self.face, self.channel, self.replies, self.timeout) = (face, channel, replies, timeout)
    }

    deinit { channel.close(promise: nil) }

    /// Connects to the server and its card. Blocks.
    ///
    /// - Parameters:
    ///   - host: a name or address in the server's certificate.
    ///   - port: the server's port.
    ///   - credentials: the certificate and key of this side, and the trusted authority.
    ///   - timeout: timeout for connecting and for each command, in seconds.
    /// - Throws: `CardError`: `.relayNotReached` where the server does not answer or its authentication failed,
    ///   `.sharingViolation` where another client has the card, and the errors of the server's reader.
    public static func connect(
        host: String, port: Int, credentials: RelayCredentials, timeout: Int = 30
    ) throws(CardError) -> RelayChannel {
        let context = try credentials.configuration(isServer: false)
        let subject = "relay at \(host):\(port)"
        let replies = RelayReplies(subject: subject)
        let limit = TimeAmount(.seconds(timeout)).bounded
        // Addresses are compared with those of the certificate even without a server name.
        let name = isAddress(host) ? nil : host
        let channel: any Channel
        do {
            channel = try ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(limit)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            NIOSSLClientHandler(context: context, serverHostname: name), PeerPurpose(.server),
                            replies,
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

    /// The protocol between the card and its reader on the server.
    public var transmissionProtocol: TransmissionProtocol { face.isT0 ? .t0 : .t1 }

    /// Sends a command and returns the card's answer, both unchanged. Blocks.
    ///
    /// - Throws: `CardError`.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try transmit(bytes: command.bytes)
    }

    /// Sends bytes as they are, which need not be a command APDU. Blocks.
    ///
    /// - Throws: `CardError`, `.unsupported` where they are not and the server's card takes nothing else.
    public func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        let reply = try replies.ask(.transmit(bytes), over: channel, timeout)
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
        let reply = try replies.ask(.reset, over: channel, timeout)
        guard reply == .wasReset else { throw Self.failure(reply, face.name) }
    }

    /// Simulates the timeout of the current command, for tests.
    package func simulateTimeout() { replies.cancel(channel) }

    /// Ends the connection; the server then resets the card.
    public func close() { channel.close(promise: nil) }

    /// Why the card is no longer available; nil while it is.
    public var end: CardError? { replies.end }

    /// Waits until the card is no longer available, and returns the reason: `.cardRemoved` where it was removed, which
    /// the server reports at once, or why the connection ended. ``close()`` ends the wait.
    public func waitUntilEnded() async -> CardError { await replies.waitUntilEnded() }

    private static func isAddress(_ host: String) -> Bool {
        do { return try SocketAddress(ipAddress: host, port: 0).ipAddress != nil } catch { return false }
    }

    private static func failure(_ reply: RelayReply, _ subject: String) -> CardError {
        if case .failure(let code, let subject) = reply { return RelayReply.error(code: code, subject: subject) }
        return CardError(
            .malformedAnswer, subject: subject,
            cause: Circumstance("both ends must speak the same version of the frames"))
    }

    private static func unreached(_ subject: String, _ cause: any Error) -> CardError {
        CardError(.relayNotReached, subject: subject, cause: RelayFailure(cause, isConnected: false))
    }

    static func lost(_ subject: String, _ cause: (any Error)?) -> CardError {
        CardError(.readerUnavailable, subject: subject, cause: cause.map { RelayFailure($0, isConnected: true) })
    }
}
