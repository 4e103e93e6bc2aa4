import CardIO
import CardRelay
import Diagnostics
import DurableFiles
import Foundation
import ISO7816
import Synchronization
import Testing

/// Both sides over localhost, with certificates created for the test.
@Suite(.serialized) struct RelayTests {
    /// A card that counts its resets; a command with INS 44 waits until the gate is opened, or forever.
    final class Card: RelayedCard {
        let face = RelayedCardFace(name: "Far reader 00 00", answerToReset: [0x3B, 0x80, 0x01, 0x81], isT0: false)
        let log = Mutex<[String]>([])
        let gate = AsyncStream<Void>.makeStream()
        let arrived = AsyncStream<Void>.makeStream()
        let released = AsyncStream<Void>.makeStream()
        let removal = AsyncStream<Void>.makeStream()

        func transmit(_ command: CommandAPDU) async throws(CardError) -> ResponseAPDU {
            log.withLock { $0.append("ins \(command.ins)") }
            if command.ins == 0x44 {
                arrived.continuation.yield()
                for await _ in gate.stream { break }
            }
            if command.ins == 0x45 { throw CardError(.cardRemoved, subject: "Far reader 00 00") }
            return ResponseAPDU(data: command.data, status: .success)
        }
        func reset() async throws(CardError) { log.withLock { $0.append("reset") } }
        func waitForRemoval() async throws(CardError) {
            for await _ in removal.stream { return }
            throw CardError(.cancelled, subject: face.name)
        }
        func release() async {
            log.withLock { $0.append("released") }
            released.continuation.yield()
        }
    }

    struct Fixture {
        let authority: TestAuthority
        let card: Card
        let server: RelayServer
        let serving: Task<Void, Never>
        let client: RelayCredentials
        let events: AsyncStream<RelayServer.Event>

        func connect(_ credentials: RelayCredentials? = nil, host: String = "localhost", timeout: Int = 300)
            async throws
            -> RelayChannel
        {
            let (port, credentials) = (server.port, credentials ?? client)
            return try await RelayTests.blocking {
                try RelayChannel.connect(host: host, port: port, credentials: credentials, timeout: timeout)
            }
        }
    }

    /// Runs blocking work on a thread of its own.
    static func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let thread = try CardThread()
        return try await withCheckedThrowingContinuation { continuation in
            thread.perform { continuation.resume(with: Result { try work() }) }
        }
    }

    func withServer(
        names: String = "DNS:localhost", use: String? = "serverAuth", idle: Duration = .seconds(300),
        connectionsPerAddress: Int = 8,
        opening: CardError? = nil, _ body: (Fixture) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        let card = Card()
        let events = AsyncStream<RelayServer.Event>.makeStream()
        let server = try await RelayServer(
            host: "127.0.0.1", port: 0,
            credentials: try authority.credentials("server", use, names: names), idle: idle,
            connectionsPerAddress: connectionsPerAddress, report: { events.continuation.yield($0) },
            card: { () async throws(CardError) in
                if let opening { throw opening }
                return card
            })
        let serving = Task { await server.run() }
        let fixture = Fixture(
            authority: authority, card: card, server: server, serving: serving,
            client: try authority.credentials("client", "clientAuth", names: "DNS:client"), events: events.stream)
        let result: Result<Void, any Error>
        do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
        card.gate.continuation.finish()
        serving.cancel()
        await serving.value
        try result.get()
    }

    func failure(_ work: () async throws -> Void) async -> CardError? {
        do {
            try await work()
            return nil
        } catch {
            return error as? CardError
        }
    }

    @Test func `a card is used from afar and reset when the client goes`() async throws {
        try await withServer { fixture in
            let channel = try await fixture.connect()
            #expect(channel.face == fixture.card.face)
            try await Self.blocking {
                let command = try CommandAPDU(
                    cla: 0x80, ins: 0x10, p1: 0, p2: 0, data: [UInt8](repeating: 7, count: 200))
                #expect(try channel.transmit(command).data.count == 200)
                let long = try CommandAPDU(
                    cla: 0x80, ins: 0x10, p1: 0, p2: 0, data: [UInt8](repeating: 8, count: 65_535),
                    expectedLength: 65_536)
                #expect(try channel.transmit(long).data.count == 65_535)
                try channel.reset()
                #expect(throws: CardError(.cardRemoved, subject: "")) {
                    try channel.transmit(try CommandAPDU(cla: 0x80, ins: 0x45, p1: 0, p2: 0))
                }
            }
            channel.close()
            for await _ in fixture.card.released.stream { break }
            #expect(fixture.card.log.withLock { $0 } == ["ins 16", "ins 16", "reset", "ins 69", "released"])
        }
    }

    @Test(.timeLimit(.minutes(10))) func `threads that share a channel each get their own answers`() async throws {
        try await withServer { fixture in
            let channel = try await fixture.connect()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for thread in UInt8(0)..<4 {
                    group.addTask {
                        try await Self.blocking {
                            for number in UInt8(0)..<50 {
                                let command = try CommandAPDU(
                                    cla: 0x80, ins: 0x10, p1: 0, p2: 0, data: [thread, number])
                                #expect(try channel.transmit(command).data == [thread, number])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            channel.close()
        }
    }

    @Test func `one client at a time`() async throws {
        try await withServer { fixture in
            let first = try await fixture.connect()
            let error = await failure { _ = try await fixture.connect() }
            #expect(error?.code == .sharingViolation)
            first.close()
            for await _ in fixture.card.released.stream { break }
            // The card is free once the server has noticed the end, right after the release.
            var second: RelayChannel?
            while second == nil {
                let busy = await failure { second = try await fixture.connect() }
                if let busy { #expect(busy.code == .sharingViolation) }
            }
            second?.close()
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .nanoseconds(1) / 2])
    func `a server that would disconnect every client at once does not start`(idle: Duration) async throws {
        let credentials = try TestAuthority().credentials("server", "serverAuth", names: "DNS:localhost")
        await #expect(throws: CardError(.cannotListen, subject: "")) {
            _ = try await RelayServer(
                host: "127.0.0.1", port: 0, credentials: credentials, idle: idle,
                card: { () async throws(CardError) in Card() })
        }
    }

    @Test func `a client may be silent for any time`() async throws {
        try await withServer(idle: .seconds(Int64.max)) { try await $0.connect().close() }
    }

    @Test func `the timeout may be a part of a second`() async throws {
        try await withServer(idle: .milliseconds(1)) { _ in }
    }

    @Test(.timeLimit(.minutes(10))) func `why a client is refused is reported as an error`() async throws {
        try await withServer { fixture in
            let first = try await fixture.connect()
            #expect(await failure { _ = try await fixture.connect() }?.code == .sharingViolation)
            for await event in fixture.events {
                guard case .refused(_, let error) = event else { continue }
                #expect((error as? CardError)?.code == .sharingViolation)
                break
            }
            first.close()
        }
    }

    @Test func `strangers are refused on both sides`() async throws {
        try await withServer { fixture in
            let other = try TestAuthority()
            // Signed by another authority.
            let stranger = try other.credentials("stranger", "clientAuth", names: "DNS:x", believing: fixture.authority)
            #expect(await failure { _ = try await fixture.connect(stranger) }?.code == .readerUnavailable)
            // A server's certificate is not valid for a client.
            let server = try fixture.authority.credentials("another", "serverAuth", names: "DNS:localhost")
            #expect(await failure { _ = try await fixture.connect(server) }?.code == .readerUnavailable)
            // A server whose authority the client does not trust.
            let doubting = try fixture.authority.credentials("doubting", "clientAuth", names: "DNS:x", believing: other)
            let doubt = await failure { _ = try await fixture.connect(doubting) }
            #expect(doubt?.code == .readerUnavailable)
            #expect((doubt?.cause as? RelayFailure)?.code == .tls)
            #expect(doubt?.description.hasSuffix("(TLS: certificate verify failed)") == true)
            // A server that is reached by another name than its own.
            let misnamed = await failure { _ = try await fixture.connect(host: "127.0.0.1") }
            #expect(misnamed?.code == .readerUnavailable)
            #expect((misnamed?.cause as? RelayFailure)?.code == .wrongName)
            #expect(fixture.card.log.withLock { $0 } == [])
            // A valid client is still accepted.
            try await fixture.connect().close()
        }
    }

    /// TLS would accept a certificate that is for nothing in particular.
    @Test func `a certificate without a purpose is refused on both sides`() async throws {
        try await withServer { fixture in
            let anything = try fixture.authority.credentials("anything", nil, names: "DNS:x")
            #expect(await failure { _ = try await fixture.connect(anything) }?.code == .readerUnavailable)
            for await event in fixture.events {
                guard case .refused(_, let error) = event else { continue }
                #expect((error as? RelayFailure)?.code == .wrongPurpose)
                break
            }
            #expect(fixture.card.log.withLock { $0 } == [])
            try await fixture.connect().close()
        }
        try await withServer(use: nil) { fixture in
            let refused = await failure { _ = try await fixture.connect() }
            #expect((refused?.cause as? RelayFailure)?.code == .wrongPurpose)
        }
    }

    @Test func `an address has so many connections and no more`() async throws {
        try await withServer(connectionsPerAddress: 1) { fixture in
            let first = try await fixture.connect()
            #expect(await failure { _ = try await fixture.connect() }?.code == .readerUnavailable)
            for await event in fixture.events {
                guard case .refused(_, let error) = event else { continue }
                #expect((error as? RelayFailure)?.code == .tooManyConnections)
                break
            }
            first.close()
            for await _ in fixture.card.released.stream { break }
        }
    }

    @Test func `a client is told no file of the server's`() async throws {
        let error = CardError(
            .cardUnresponsive, subject: "/var/lib/desk/card", cause: FileError(.diskFull, "/var/lib/desk/card"))
        try await withServer(opening: error) { fixture in
            let told = await failure { _ = try await fixture.connect() }
            #expect(told?.code == .cardUnresponsive && told?.subject == "relay")
            #expect(told?.description.contains("/var") == false)
        }
    }

    @Test func `a port where nothing listens refuses the connection`() async throws {
        try await withServer { fixture in
            let client = fixture.client
            let refused = await failure {
                // Port 1 is never served here.
                _ = try await Self.blocking {
                    try RelayChannel.connect(host: "localhost", port: 1, credentials: client)
                }
            }
            #expect(
                refused?.description == "relay at localhost:1: \(CardError.Code.relayNotReached) (connection refused)"
            )
            #expect((refused?.cause as? RelayFailure)?.code == .connectionRefused)
        }
    }

    @Test func `addresses are names too`() async throws {
        try await withServer(names: "IP:127.0.0.1") { fixture in
            try await fixture.connect(host: "127.0.0.1").close()
        }
        try await withServer(names: "IP:127.0.0.2") { fixture in
            #expect(await failure { _ = try await fixture.connect(host: "127.0.0.1") }?.code == .readerUnavailable)
        }
    }

    /// The server disconnects during a command: the client gets an error, and sends nothing again.
    @Test func `a server that goes in mid-command is reported`() async throws {
        try await withServer { fixture in
            let channel = try await fixture.connect()
            async let lost = Self.blocking { () -> CardError? in
                do {
                    _ = try channel.transmit(try CommandAPDU(cla: 0x80, ins: 0x44, p1: 0, p2: 0))
                    return nil
                } catch {
                    return error as? CardError
                }
            }
            for await _ in fixture.card.arrived.stream { break }
            fixture.serving.cancel()
            fixture.card.gate.continuation.yield()
            #expect(try await lost?.code == .readerUnavailable)
            let after = await failure {
                _ = try await Self.blocking { try channel.transmit(try CommandAPDU(cla: 0, ins: 0x10, p1: 0, p2: 0)) }
            }
            #expect(after?.code == .readerUnavailable)
            #expect(fixture.card.log.withLock { $0.filter { $0 == "ins 68" }.count } == 1)
        }
    }

    /// A client disconnects during a command: the answer is discarded, and the card is reset before another client has
    /// it.
    @Test func `a client that goes in mid-command leaves the card reset`() async throws {
        try await withServer { fixture in
            let channel = try await fixture.connect()
            async let gone = Self.blocking { () -> CardError? in
                do {
                    _ = try channel.transmit(try CommandAPDU(cla: 0x80, ins: 0x44, p1: 0, p2: 0))
                    return nil
                } catch {
                    return error as? CardError
                }
            }
            for await _ in fixture.card.arrived.stream { break }
            channel.close()
            #expect(try await gone?.code == .readerUnavailable)
            #expect(await failure { _ = try await fixture.connect() }?.code == .sharingViolation)
            fixture.card.gate.continuation.yield()
            for await _ in fixture.card.released.stream { break }
            #expect(fixture.card.log.withLock { $0 } == ["ins 68", "released"])
        }
    }

    /// Without a request the server reports the removal of the card.
    @Test(.timeLimit(.minutes(10))) func `a removal is reported unasked`() async throws {
        try await withServer { fixture in
            let channel = try await fixture.connect()
            #expect(channel.end == nil)
            fixture.card.removal.continuation.yield()
            let end = await channel.waitUntilEnded()
            #expect(end == CardError(.cardRemoved, subject: "Far reader 00 00"))
            #expect(end.subject == "Far reader 00 00")
            let after = await failure {
                _ = try await Self.blocking { try channel.transmit(try CommandAPDU(cla: 0, ins: 0x10, p1: 0, p2: 0)) }
            }
            #expect(after?.code == .cardRemoved)
            channel.close()
            for await _ in fixture.card.released.stream { break }
            #expect(fixture.card.log.withLock { $0 } == ["released"])
            #expect(channel.end?.code == .cardRemoved, "the first reason stays")
        }
    }

    /// A removal reported during a command does not replace its reply.
    @Test(.timeLimit(.minutes(10))) func `a command under way has its reply after a removal`() async throws {
        try await withServer { fixture in
            let channel = try await fixture.connect()
            async let answer = Self.blocking {
                try channel.transmit(try CommandAPDU(cla: 0x80, ins: 0x44, p1: 0, p2: 0, data: [1, 2]))
            }
            for await _ in fixture.card.arrived.stream { break }
            fixture.card.removal.continuation.yield()
            #expect(await channel.waitUntilEnded().code == .cardRemoved)
            fixture.card.gate.continuation.yield()
            #expect(try await answer.data == [1, 2])
        }
    }

    /// Closing ends the wait, and a server that disconnects is noticed without a command.
    @Test(.timeLimit(.minutes(10))) func `the end of the connection is reported unasked`() async throws {
        try await withServer { fixture in
            let closed = try await fixture.connect()
            closed.close()
            #expect(await closed.waitUntilEnded().code == .readerUnavailable)
            for await _ in fixture.card.released.stream { break }
        }
        try await withServer { fixture in
            let channel = try await fixture.connect()
            fixture.serving.cancel()
            #expect(await channel.waitUntilEnded().code == .readerUnavailable)
        }
    }

    /// An answer that misses its timeout ends the connection, so that a late one is not mistaken for another command's.
    @Test func `a late answer is nobody's`() async throws {
        try await withServer { fixture in
            let channel = try await fixture.connect()
            let asking = Task {
                await failure {
                    _ = try await Self.blocking {
                        try channel.transmit(try CommandAPDU(cla: 0, ins: 0x44, p1: 0, p2: 0))
                    }
                }
            }
            for await _ in fixture.card.arrived.stream { break }
            channel.simulateTimeout()
            #expect(await asking.value?.code == .deadlineExceeded)
            fixture.card.gate.continuation.yield()
            for await _ in fixture.card.released.stream { break }
            let after = await failure {
                _ = try await Self.blocking { try channel.transmit(try CommandAPDU(cla: 0, ins: 0x10, p1: 0, p2: 0)) }
            }
            #expect(after?.code == .deadlineExceeded)
            #expect(fixture.card.log.withLock { $0 } == ["ins 68", "released"])
        }
    }
}
