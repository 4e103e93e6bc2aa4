import CardIO
import CardRelay
import Foundation
import ISO7816
import Synchronization
import Testing

/// Both ends over localhost, with certificates made for the test.
@Suite(.serialized) struct RelayTests {
    /// A card that notes its resets; a command with INS 44 waits until the gate is opened, or for good.
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

    struct Place {
        let authority: TestAuthority
        let card: Card
        let server: RelayServer
        let serving: Task<Void, Never>
        let client: RelayCredentials

        func connect(_ credentials: RelayCredentials? = nil, host: String = "localhost", patience: Int = 300)
            async throws
            -> RelayChannel
        {
            let (port, credentials) = (server.port, credentials ?? client)
            return try await RelayTests.blocking {
                try RelayChannel.connect(host: host, port: port, credentials: credentials, patience: patience)
            }
        }
    }

    /// Runs what blocks on a thread of its own.
    static func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let thread = try CardThread()
        return try await withCheckedThrowingContinuation { continuation in
            thread.perform { continuation.resume(with: Result { try work() }) }
        }
    }

    func withServer(names: String = "DNS:localhost", _ body: (Place) async throws -> Void) async throws {
        let authority = try TestAuthority()
        let card = Card()
        let server = try await RelayServer(
            host: "127.0.0.1", port: 0,
            credentials: try authority.credentials("server", "serverAuth", names: names),
            card: { () async throws(CardError) in card })
        let serving = Task { await server.run() }
        let place = Place(
            authority: authority, card: card, server: server, serving: serving,
            client: try authority.credentials("client", "clientAuth", names: "DNS:client"))
        let result: Result<Void, any Error>
        do { result = .success(try await body(place)) } catch { result = .failure(error) }
        card.gate.continuation.finish()
        serving.cancel()
        await serving.value
        try authority.remove()
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
        try await withServer { place in
            let channel = try await place.connect()
            #expect(channel.face == place.card.face)
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
            for await _ in place.card.released.stream { break }
            #expect(place.card.log.withLock { $0 } == ["ins 16", "ins 16", "reset", "ins 69", "released"])
        }
    }

    @Test func `one client at a time`() async throws {
        try await withServer { place in
            let first = try await place.connect()
            let error = await failure { _ = try await place.connect() }
            #expect(error?.code == .sharingViolation)
            first.close()
            for await _ in place.card.released.stream { break }
            // The card is free once the server has heard of the end, which follows the release at once.
            var second: RelayChannel?
            while second == nil {
                let busy = await failure { second = try await place.connect() }
                if let busy { #expect(busy.code == .sharingViolation) }
            }
            second?.close()
        }
    }

    @Test func `strangers are refused on both sides`() async throws {
        try await withServer { place in
            let other = try TestAuthority()
            // Signed by another authority.
            let stranger = try other.credentials("stranger", "clientAuth", names: "DNS:x", believing: place.authority)
            #expect(await failure { _ = try await place.connect(stranger) }?.code == .readerUnavailable)
            // A server's certificate is none for a client.
            let server = try place.authority.credentials("another", "serverAuth", names: "DNS:localhost")
            #expect(await failure { _ = try await place.connect(server) }?.code == .readerUnavailable)
            // A server whose authority the client does not know.
            let doubting = try place.authority.credentials("doubting", "clientAuth", names: "DNS:x", believing: other)
            #expect(await failure { _ = try await place.connect(doubting) }?.code == .readerUnavailable)
            // A server that is reached by another name than its own.
            #expect(await failure { _ = try await place.connect(host: "127.0.0.1") }?.code == .readerUnavailable)
            #expect(place.card.log.withLock { $0 } == [])
            // And whoever is in order still gets in.
            try await place.connect().close()
            try other.remove()
        }
    }

    @Test func `addresses are names too`() async throws {
        try await withServer(names: "IP:127.0.0.1") { place in
            try await place.connect(host: "127.0.0.1").close()
        }
        try await withServer(names: "IP:127.0.0.2") { place in
            #expect(await failure { _ = try await place.connect(host: "127.0.0.1") }?.code == .readerUnavailable)
        }
    }

    /// The server goes in the middle of a command: the client is told so, and sends nothing again.
    @Test func `a server that goes in mid-command is told`() async throws {
        try await withServer { place in
            let channel = try await place.connect()
            async let lost = Self.blocking { () -> CardError? in
                do {
                    _ = try channel.transmit(try CommandAPDU(cla: 0x80, ins: 0x44, p1: 0, p2: 0))
                    return nil
                } catch {
                    return error as? CardError
                }
            }
            for await _ in place.card.arrived.stream { break }
            place.serving.cancel()
            place.card.gate.continuation.yield()
            #expect(try await lost?.code == .readerUnavailable)
            let after = await failure {
                _ = try await Self.blocking { try channel.transmit(try CommandAPDU(cla: 0, ins: 0x10, p1: 0, p2: 0)) }
            }
            #expect(after?.code == .readerUnavailable)
            #expect(place.card.log.withLock { $0.filter { $0 == "ins 68" }.count } == 1)
        }
    }

    /// A client goes in the middle of a command: the card answers nobody, and is reset before another has it.
    @Test func `a client that goes in mid-command leaves the card reset`() async throws {
        try await withServer { place in
            let channel = try await place.connect()
            async let gone = Self.blocking { () -> CardError? in
                do {
                    _ = try channel.transmit(try CommandAPDU(cla: 0x80, ins: 0x44, p1: 0, p2: 0))
                    return nil
                } catch {
                    return error as? CardError
                }
            }
            for await _ in place.card.arrived.stream { break }
            channel.close()
            #expect(try await gone?.code == .readerUnavailable)
            #expect(await failure { _ = try await place.connect() }?.code == .sharingViolation)
            place.card.gate.continuation.yield()
            for await _ in place.card.released.stream { break }
            #expect(place.card.log.withLock { $0 } == ["ins 68", "released"])
        }
    }

    /// Nobody asks anything: the server tells by itself that the card is out.
    @Test(.timeLimit(.minutes(10))) func `a removal is told unasked`() async throws {
        try await withServer { place in
            let channel = try await place.connect()
            #expect(channel.end == nil)
            place.card.removal.continuation.yield()
            let end = await channel.waitUntilEnded()
            #expect(end == CardError(.cardRemoved, subject: "Far reader 00 00"))
            #expect(end.subject == "Far reader 00 00")
            let after = await failure {
                _ = try await Self.blocking { try channel.transmit(try CommandAPDU(cla: 0, ins: 0x10, p1: 0, p2: 0)) }
            }
            #expect(after?.code == .cardRemoved)
            channel.close()
            for await _ in place.card.released.stream { break }
            #expect(place.card.log.withLock { $0 } == ["released"])
            #expect(channel.end?.code == .cardRemoved, "the first reason stays")
        }
    }

    /// A removal that is told in the middle of a command takes nobody's reply.
    @Test(.timeLimit(.minutes(10))) func `a command under way has its reply after a removal`() async throws {
        try await withServer { place in
            let channel = try await place.connect()
            async let answer = Self.blocking {
                try channel.transmit(try CommandAPDU(cla: 0x80, ins: 0x44, p1: 0, p2: 0, data: [1, 2]))
            }
            for await _ in place.card.arrived.stream { break }
            place.card.removal.continuation.yield()
            #expect(await channel.waitUntilEnded().code == .cardRemoved)
            place.card.gate.continuation.yield()
            #expect(try await answer.data == [1, 2])
        }
    }

    /// Closing ends the wait, and a server that goes is noticed without a command.
    @Test(.timeLimit(.minutes(10))) func `the end of the connection is told unasked`() async throws {
        try await withServer { place in
            let closed = try await place.connect()
            closed.close()
            #expect(await closed.waitUntilEnded().code == .readerUnavailable)
            for await _ in place.card.released.stream { break }
        }
        try await withServer { place in
            let channel = try await place.connect()
            place.serving.cancel()
            #expect(await channel.waitUntilEnded().code == .readerUnavailable)
        }
    }

    /// An answer that does not come in time ends the connection, so that a late one is taken for no other's.
    @Test func `a late answer is nobody's`() async throws {
        try await withServer { place in
            let channel = try await place.connect()
            let asking = Task {
                await failure {
                    _ = try await Self.blocking {
                        try channel.transmit(try CommandAPDU(cla: 0, ins: 0x44, p1: 0, p2: 0))
                    }
                }
            }
            for await _ in place.card.arrived.stream { break }
            channel.passDeadline()
            #expect(await asking.value?.code == .deadlineExceeded)
            place.card.gate.continuation.yield()
            for await _ in place.card.released.stream { break }
            let after = await failure {
                _ = try await Self.blocking { try channel.transmit(try CommandAPDU(cla: 0, ins: 0x10, p1: 0, p2: 0)) }
            }
            #expect(after?.code == .deadlineExceeded)
            #expect(place.card.log.withLock { $0 } == ["ins 68", "released"])
        }
    }
}
