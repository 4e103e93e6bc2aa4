import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Telemetry

/// What an HTTP client on the same machine gets.
struct MetricsEndpointTests {
    /// Sends bytes, and reads until the other end closes.
    private func talk(to port: Int, _ request: String) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var text = ""
            for try await bytes in inbound { text += String(buffer: bytes) }
            return text
        }
    }

    /// Runs an endpoint while `body` runs.
    private func serving(_ body: (Int) async throws -> Void) async throws {
        let (ports, tell) = AsyncStream<Int>.makeStream()
        let endpoint = try MetricsEndpoint(listeningOn: "127.0.0.1", port: 0) {
            tell.yield($0)
        } text: {
            "a 1\n"
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await endpoint.run() }
            for await port in ports {
                try await body(port)
                break
            }
            group.cancelAll()
        }
    }

    @Test func `metrics are served, and nothing else is`() async throws {
        try await serving { port in
            let found = try await talk(to: port, "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(found.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(found.contains("content-type: text/plain; version=0.0.4"))
            #expect(found.hasSuffix("\r\n\r\na 1\n"))
            let head = try await talk(to: port, "HEAD /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n"))
            let other = try await talk(to: port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(other.hasPrefix("HTTP/1.1 404 "))
            let post = try await talk(
                to: port, "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
            #expect(post.hasPrefix("HTTP/1.1 405 "))
            #expect(try await talk(to: port, "nonsense\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `it listens on loopback addresses alone`() {
        for address in ["0.0.0.0", "10.0.0.1", "::", "example.org"] {
            #expect(throws: TelemetryError(.notLoopback, address)) {
                try MetricsEndpoint(listeningOn: address, port: 0) { "" }
            }
        }
    }

    @Test func `an address that is taken is said to be`() async throws {
        try await serving { port in
            let second = try MetricsEndpoint(listeningOn: "127.0.0.1", port: port) { "" }
            await #expect(throws: TelemetryError(.bindFailed, "127.0.0.1:\(port)")) { try await second.run() }
        }
    }
}
