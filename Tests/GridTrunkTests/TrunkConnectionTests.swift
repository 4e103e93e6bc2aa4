import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Grid
import ISO7816
import NIOCore
import NIOPosix
import NetworkIdentity
import SwiftProtobuf
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

@testable import GridTrunk

/// Hosts and units over sockets of this machine.
@Suite(.timeLimit(.minutes(2))) struct TrunkConnectionTests {
    let network: TestNetwork

    init() throws { network = try TestNetwork() }

    @Test func `commands reach a unit, and it is who its certificate says`() async throws {
        let host = try await TestHost(network.host)
        let unit = try TestUnit(network.areaUnit(5), port: host.port)
        await host.connection(of: TestNetwork.unit(5))
        #expect(unit.client.unit == TestNetwork.unit(5))
        await withTaskGroup(of: Void.self) { group in
            for number in UInt8(0)..<200 {
                group.addTask {
                    let outcome = await host.load([number], through: TestNetwork.unit(5))
                    #expect(outcome == .answered([number, 0x90, 0]))
                }
            }
        }
        let channel = TrunkCardChannel(to: TestNetwork.meter, over: host.server.trunk(to: TestNetwork.unit(5)))
        let answer = try await channel.transmit(CommandAPDU([0, 0xB0, 0, 0]))
        #expect(answer.bytes == [0, 0xB0, 0, 0, 0x90, 0])
    }

    @Test func `what a unit notices reaches the host`() async throws {
        let host = try await TestHost(network.host)
        let unit = try TestUnit(network.areaUnit(5), port: host.port)
        await unit.client.report(.quiet(TestNetwork.meter, .noise))
        let local = PartyID(issuer: 0xA1, kind: .localUnit, number: 3)
        await unit.client.relay(UnitReport(from: local, at: .seconds(30), .otherUnit(nil)))
        let first = try #require(await host.reports.first { $0 })
        #expect(first.0 == TestNetwork.unit(5))
        #expect(first.1.unit == TestNetwork.unit(5))
        #expect(first.1.content == .quiet(TestNetwork.meter, .noise))
        let second = try #require(await host.reports.first { $0 })
        #expect(second.0 == TestNetwork.unit(5))
        #expect(second.1.unit == local)
        #expect(second.1.content == .otherUnit(nil))
        #expect(second.1.time >= .seconds(30))
    }

    @Test func `an exchange waits for a unit that is not connected yet`() async throws {
        let host = try await TestHost(network.host)
        async let outcome = host.load([1], through: TestNetwork.unit(9))
        let unit = try TestUnit(network.areaUnit(9), port: host.port)
        #expect(await outcome == .answered([1, 0x90, 0]))
        _ = unit
    }

    @Test func `a task that is cancelled takes its exchange back`() async throws {
        let host = try await TestHost(network.host)
        let task = Task { await host.load([1], through: TestNetwork.unit(9)) }
        task.cancel()
        #expect(await task.value == .notSent(.cancelled))
    }

    @Test func `an exchange that runs when the connection is cut is answered over the next`() async throws {
        let host = try await TestHost(network.host)
        let proxy = try await Proxy(to: host.port)
        let (arrivals, arrived) = AsyncStream<UInt8>.makeStream()
        let gate = Gate()
        let unit = try TestUnit(network.areaUnit(5), port: proxy.port) { exchange in
            arrived.yield(exchange.command[0])
            if exchange.command[0] == 1 { await gate.wait() }
            return .answered(exchange.command + [0x90, 0])
        }
        async let first = host.load([1], through: TestNetwork.unit(5))
        var iterator = arrivals.makeAsyncIterator()
        #expect(await iterator.next() == 1)
        await unit.connection()
        proxy.cut()
        _ = await unit.end()
        async let second = host.load([2], through: TestNetwork.unit(5))
        // It came over the new connection.
        #expect(await iterator.next() == 2)
        #expect(await second == .answered([2, 0x90, 0]))
        gate.open()
        #expect(await first == .answered([1, 0x90, 0]))
        arrived.finish()
        #expect(await iterator.next() == nil)
    }

    @Test func `a second connection of the same unit ends the first`() async throws {
        let host = try await TestHost(network.host)
        let files = try network.areaUnit(5)
        let first = try TestUnit(files, port: host.port, again: false)
        await first.connection()
        let second = try TestUnit(files, port: host.port, again: false) { _ in .answered([0x90, 2]) }
        let error = await first.end()
        #expect("\(error.map { "\($0)" } ?? "")".contains("has connected again"))
        await second.connection()
        #expect(await host.load([1], through: TestNetwork.unit(5)) == .answered([0x90, 2]))
    }

    @Test func `a message out of turn ends that trunk alone`() async throws {
        let host = try await TestHost(network.host)
        let good = try TestUnit(network.areaUnit(5), port: host.port)
        await good.connection()
        let messages: [(String, [Valuestore_Trunk_V1_FromLower], RPCError.Code)] = [
            ("credit before hello", [.with { $0.credit.exchanges = 1 }], .failedPrecondition),
            ("hello twice", [Self.hello, Self.hello], .failedPrecondition),
            ("nothing in a message", [Self.hello, .init()], .invalidArgument),
            ("credit of nothing", [Self.hello, .with { $0.credit.exchanges = 0 }], .failedPrecondition),
        ]
        for (index, (name, sent, code)) in messages.enumerated() {
            let files = try network.areaUnit(UInt32(100 + index))
            let error = await #expect(throws: RPCError.self, "\(name)") {
                try await Self.say(sent, files, host.port)
            }
            if name != "credit of nothing" { #expect(error?.code == code, "\(name): \(String(describing: error))") }
        }
        #expect(await host.server.isConnected(TestNetwork.unit(5)))
        #expect(await host.load([1], through: TestNetwork.unit(5)) == .answered([1, 0x90, 0]))
    }

    static let hello = Valuestore_Trunk_V1_FromLower.with {
        $0.hello.version = 1
        $0.hello.process = 1
        $0.hello.maxItems = 10
        $0.hello.maxBytes = 100_000
    }

    /// As another maker's unit: says some messages, and waits for the end.
    static func say(_ messages: [Valuestore_Trunk_V1_FromLower], _ files: IdentityFiles, _ port: Int) async throws {
        let transport = try HTTP2ClientTransport.Posix(
            target: .ipv4(address: "127.0.0.1", port: port),
            transportSecurity: .mTLS(
                certificateChain: [.file(path: files.certificate, format: .pem)],
                privateKey: .file(path: files.key, format: .pem)
            ) {
                $0.trustRoots = .certificates([.file(path: files.authority, format: .pem)])
            })
        try await withGRPCClient(transport: transport) { client in
            try await Valuestore_Trunk_V1_Trunk.Client(wrapping: client).connect { writer in
                // It answers hello, so that the order is certain.
                for message in messages { try await writer.write(message) }
                try await Task.sleep(for: .seconds(86_400))
            } onResponse: { response in
                for try await _ in response.messages {}
            }
        }
    }

    @Test func `while nothing comes over a connection, both sides cut it`() async throws {
        var deadlines = TrunkDeadlines()
        (deadlines.silence, deadlines.ping, deadlines.pong) = (.seconds(2), .milliseconds(100), .seconds(1))
        let host = try await TestHost(network.host, deadlines: deadlines)
        let proxy = try await Proxy(to: host.port)
        let unit = try TestUnit(network.areaUnit(5), port: proxy.port, deadlines: deadlines, again: false)
        await unit.connection()
        // Pings pass, so it outlives the silence that would end it.
        await proxy.passes(50)
        #expect(await host.load([1], through: TestNetwork.unit(5)) == .answered([1, 0x90, 0]))
        proxy.goSilent()
        _ = await unit.end()
        _ = await host.end(of: TestNetwork.unit(5))
        #expect(await !host.server.isConnected(TestNetwork.unit(5)))
    }

    @Test func `a unit that does not say hello is cut`() async throws {
        var deadlines = TrunkDeadlines()
        deadlines.hello = .milliseconds(200)
        let host = try await TestHost(network.host, deadlines: deadlines)
        let files = try network.areaUnit(5)
        let error = await #expect(throws: RPCError.self) { try await Self.say([], files, host.port) }
        #expect("\(String(describing: error))".contains("it has not said hello"))
        #expect(await host.end(of: TestNetwork.unit(5))?.code == .interrupted)
    }

    @Test func `a host that does not say hello is left`() async throws {
        let files = network.host
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0),
            transportSecurity: .mTLS(
                certificateChain: [.file(path: files.certificate, format: .pem)],
                privateKey: .file(path: files.key, format: .pem)
            ) {
                $0.trustRoots = .certificates([.file(path: files.authority, format: .pem)])
            })
        try await withGRPCServer(transport: transport, services: [SilentService()]) { server in
            let port = try #require(try await transport.listeningAddress.ipv4?.port)
            var deadlines = TrunkDeadlines()
            deadlines.hello = .milliseconds(200)
            let unit = try TestUnit(network.areaUnit(5), port: port, deadlines: deadlines)
            let error = try #require(await unit.end())
            #expect("\(error)".contains("it has not said hello"))
        }
    }

    private struct SilentService: Valuestore_Trunk_V1_Trunk.SimpleServiceProtocol {
        func connect(
            request: RPCAsyncSequence<Valuestore_Trunk_V1_FromLower, any Swift.Error>,
            response: RPCWriter<Valuestore_Trunk_V1_FromUpper>, context: ServerContext
        ) async throws {
            for try await _ in request {}
        }
    }

    @Test func `a client that says nothing is cut`() async throws {
        var deadlines = TrunkDeadlines()
        deadlines.silence = .milliseconds(300)
        let host = try await TestHost(network.host, deadlines: deadlines)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: host.port).get()
        try await channel.closeFuture.get()
        #expect(await host.refusal()?.code == .notAuthenticated)
    }

    @Test func `a host that stops and starts again has its units back`() async throws {
        let first = try await TestHost(network.host)
        let (arrivals, arrived) = AsyncStream<UInt8>.makeStream()
        let gate = Gate()
        let unit = try TestUnit(network.areaUnit(5), port: first.port) { exchange in
            arrived.yield(exchange.command[0])
            if exchange.command[0] == 1 { await gate.wait() }
            return .answered(exchange.command + [0x90, 0])
        }
        let task = Task { await first.load([1], through: TestNetwork.unit(5)) }
        for await command in arrivals where command == 1 { break }
        try await first.stop()
        let end = await unit.end()
        #expect(end != nil)
        let second = try await TestHost(network.host, port: first.port)
        #expect(await second.load([2], through: TestNetwork.unit(5)) == .answered([2, 0x90, 0]))
        // The process that asked has no connection any more; what it asked for is not answered to the other.
        gate.open()
        task.cancel()
        #expect(await second.load([3], through: TestNetwork.unit(5)) == .answered([3, 0x90, 0]))
    }
}

/// Is closed until it is opened.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
