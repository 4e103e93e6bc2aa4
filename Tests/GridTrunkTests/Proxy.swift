import NIOCore
import NIOPosix
import Synchronization

/// A TCP connection's middle, which a test can cut, or let go silent.
final class Proxy: Sendable {
    let port: Int
    private let listener: any Channel
    private let state: State

    final class State: Sendable {
        let channels = Mutex<[any Channel]>([])
        let isSilent = Atomic(false)
        let passed = AsyncStream<Void>.makeStream()
    }

    init(to port: Int) async throws {
        let state = State()
        self.state = state
        listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { near in
                state.channels.withLock { $0.append(near) }
                return ClientBootstrap(group: near.eventLoop)
                    .channelInitializer { far in
                        state.channels.withLock { $0.append(far) }
                        return far.eventLoop.makeCompletedFuture {
                            try far.pipeline.syncOperations.addHandler(Glue(near, state))
                            try near.pipeline.syncOperations.addHandler(Glue(far, state))
                        }
                    }
                    .connect(host: "127.0.0.1", port: port).map { _ in }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    /// Ends all connections.
    func cut() {
        for channel in state.channels.withLock({ channels in
            defer { channels = [] }
            return channels
        }) {
            channel.close(promise: nil)
        }
    }

    /// Waits until so many more pieces have passed.
    func passes(_ count: Int) async {
        var left = count
        for await _ in state.passed.stream {
            left -= 1
            if left == 0 { return }
        }
    }

    /// From now on nothing passes, and no connection ends.
    func goSilent() { state.isSilent.store(true, ordering: .relaxed) }

    private final class Glue: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let other: any Channel
        private let state: State

        init(_ other: any Channel, _ state: State) {
            self.other = other
            self.state = state
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !state.isSilent.load(ordering: .relaxed) else { return }
            state.passed.continuation.yield()
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            if !state.isSilent.load(ordering: .relaxed) { other.close(promise: nil) }
        }
    }
}
