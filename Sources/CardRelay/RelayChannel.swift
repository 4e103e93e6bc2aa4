import Diagnostics
public import ISO7816
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

    /// That between the card and its reader over there.
    public var transmissionProtocol: TransmissionProtocol { face.isT0 ? .t0 : .t1 }

    /// Sends a command as it is and gives the card's answer as it came. Blocks.
    ///
    /// - Throws: `CardError`.
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

    /// As if the time of the command under way were over: tests let it pass by this.
    package func passDeadline() { replies.giveUp(channel) }

    /// Ends the connection; the server then resets the card.
    public func close() { channel.close(promise: nil) }

    /// Why the card cannot be reached any more; nil while it can be.
    public var end: CardError? { replies.end }

    /// Waits until the card cannot be reached any more, and says why: `.cardRemoved` where it was taken out there, which
    /// the server tells at once, or why the connection is over. ``close()`` ends the wait.
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
        CardError(.readerUnavailable, subject: subject, cause: RelayFailure(cause, isConnected: false))
    }

    static func lost(_ subject: String, _ cause: (any Error)?) -> CardError {
        CardError(.readerUnavailable, subject: subject, cause: cause.map { RelayFailure($0, isConnected: true) })
    }
}
