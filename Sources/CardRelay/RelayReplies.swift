import ISO7816
internal import NIOCore
internal import Synchronization

/// Waits for one reply at a time.
final class RelayReplies: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var reader = RelayFrameReader()
        var waiting: EventLoopPromise<RelayReply>?
        /// The name of the card's reader, once known.
        var name: String?
        var end: CardError?
        var watching: [CheckedContinuation<CardError, Never>] = []
    }

    /// What to do about a frame.
    private enum Step {
        case reply(RelayReply, to: EventLoopPromise<RelayReply>)
        case removed(CardError)
    }

    private let subject: String
    private let state = Mutex(State())
    /// Held from a request to its reply.
    private let turn = Mutex(())

    init(subject: String) { self.subject = subject }

    /// Sends a request and blocks until its reply has arrived. Requests of other threads wait for their turn.
    ///
    /// - Throws: `CardError`: `.deadlineExceeded` where that takes longer than `timeout`, `.readerUnavailable` where
    ///   the connection ends before. The connection is over in either case.
    func ask(_ request: RelayRequest, over channel: any Channel, _ timeout: TimeAmount) throws(CardError) -> RelayReply
    {
        try turn.withLock { _ throws(CardError) in try askNow(request, over: channel, timeout) }
    }

    private func askNow(
        _ request: RelayRequest, over channel: any Channel, _ timeout: TimeAmount
    ) throws(CardError) -> RelayReply {
        let promise = channel.eventLoop.makePromise(of: RelayReply.self)
        let end = state.withLock { state in
            if state.end == nil { state.waiting = promise }
            return state.end
        }
        if let end {
            promise.fail(end)
            throw end
        }
        let timer = channel.eventLoop.scheduleTask(in: timeout) { [self] in cancel(channel) }
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

    /// What becomes of the connection where a reply does not come in time.
    func cancel(_ channel: any Channel) {
        finish(CardError(.deadlineExceeded, subject: subject))
        channel.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        state.withLock { $0.reader.append(bytes.readableBytesView) }
        do throws(RelayFrameReader.Malformed) {
            while let step = try nextStep() {
                switch step {
                case .reply(let reply, let waiting): waiting.succeed(reply)
                // A command in progress still gets its reply.
                case .removed(let error): record(error)
                }
            }
        } catch {
            finish(CardError(.malformedAnswer, subject: subject, cause: error))
            context.close(promise: nil)
        }
    }

    private func nextStep() throws(RelayFrameReader.Malformed) -> Step? {
        try state.withLock { state throws(RelayFrameReader.Malformed) in
            guard let frame = try state.reader.next() else { return nil }
            let reply = try RelayReply(frame)
            if reply == .removed { return .removed(CardError(.cardRemoved, subject: state.name ?? subject)) }
            // An unsolicited reply is a violation.
            guard let waiting = state.waiting.take() else { throw RelayFrameReader.Malformed() }
            if case .ready(let face) = reply { state.name = face.name }
            return .reply(reply, to: waiting)
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

    /// Why the card is no longer available; nil while it is.
    var end: CardError? { state.withLock { $0.end } }

    /// Waits for the first reason why the card is no longer available.
    func waitUntilEnded() async -> CardError {
        await withCheckedContinuation { continuation in
            let end = state.withLock { state in
                if state.end == nil { state.watching.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    private func finish(_ error: CardError) {
        record(error)
        state.withLock { $0.waiting.take() }?.fail(error)
    }

    /// No more requests are sent; the first reason is kept.
    private func record(_ error: CardError) {
        let watching = state.withLock { state -> [CheckedContinuation<CardError, Never>] in
            guard state.end == nil else { return [] }
            state.end = error
            defer { state.watching = [] }
            return state.watching
        }
        for continuation in watching { continuation.resume(returning: error) }
    }
}
