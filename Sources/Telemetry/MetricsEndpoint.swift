internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
public import ServiceLifecycle

/// Serves a program's metrics to a Prometheus on the same machine: `GET /metrics`, over HTTP/1.1 without TLS, so on a loopback
/// address alone.
public struct MetricsEndpoint: Service {
    private let address: String
    private let port: Int
    private let listening: @Sendable (Int) -> Void
    private let text: @Sendable () async -> String

    /// - Parameters:
    ///   - address: a numeric loopback address.
    ///   - port: 0 for any free port.
    ///   - listening: called with the port once it is listening.
    ///   - text: the metrics, at each request.
    /// - Throws: `TelemetryError` `.notLoopback`.
    public init(
        listeningOn address: String, port: Int, listening: @escaping @Sendable (Int) -> Void = { _ in },
        text: @escaping @Sendable () async -> String
    ) throws(TelemetryError) {
        guard address == "::1" || address.hasPrefix("127.") else { throw TelemetryError(.notLoopback, address) }
        self.address = address
        self.port = port
        self.listening = listening
        self.text = text
    }

    /// Serves until the program is asked to end.
    ///
    /// - Throws: `TelemetryError` `.bindFailed`.
    public func run() async throws {
        let server: any Channel
        do {
            server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { [text] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(10)))
                        try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                        try pipeline.addHandler(MetricsHandler(text))
                    }
                }
                .bind(host: address, port: port).get()
        } catch {
            throw TelemetryError(.bindFailed, "\(address):\(port)", cause: error)
        }
        listening(server.localAddress?.port ?? port)
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled: it ends as well.
        }
        try await server.close()
    }
}

/// One connection: it answers one request after the other.
private final class MetricsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let text: @Sendable () async -> String
    private var head: HTTPRequestHead?

    init(_ text: @escaping @Sendable () async -> String) { self.text = text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        // Nobody has anything to tell it.
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, on: context.channel)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ head: HTTPRequestHead, on channel: any Channel) {
        let isRead = head.method == .GET || head.method == .HEAD
        guard isRead, head.uri == "/metrics" || head.uri.hasPrefix("/metrics?") else {
            Self.send(isRead ? .notFound : .methodNotAllowed, "", to: head, on: channel)
            return
        }
        channel.eventLoop.makeFutureWithTask { [text] in await text() }
            .whenSuccess { Self.send(.ok, $0, to: head, on: channel) }
    }

    private static func send(
        _ status: HTTPResponseStatus, _ body: String, to request: HTTPRequestHead, on channel: any Channel
    ) {
        var headers = HTTPHeaders()
        headers.add(name: "content-type", value: "text/plain; version=0.0.4; charset=utf-8")
        headers.add(name: "content-length", value: "\(body.utf8.count)")
        if status == .methodNotAllowed { headers.add(name: "allow", value: "GET, HEAD") }
        if !request.isKeepAlive { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: request.version, status: status, headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if request.method != .HEAD {
            channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
        }
        let sent = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        if !request.isKeepAlive { sent.whenComplete { _ in channel.close(promise: nil) } }
    }
}
