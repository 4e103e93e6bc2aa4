import CardIO
import CardIOTesting
import CardRelay
import Foundation
import ISO7816
import TestPrograms
import TestSupport
import Testing

/// A relay with a card in a reader.
@Suite struct RelayThroughPCSCTests {
    @Test(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
    func `a reader's card is held alone and reset when it is let go`() async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(try ScriptPeerTests.blankCard())
            let reader = readers.slots[0].reader
            let relayed = try await RelayedReader(.name(reader))
            #expect(relayed.face.name == reader)
            #expect(relayed.face.isT0 == false)
            #expect(relayed.face.answerToReset.first == 0x3B)
            // No other program can use it meanwhile.
            await #expect(throws: CardError(.sharingViolation, subject: reader)) { _ = try await readers.connect() }
            let command = try CommandAPDU(cla: 0x00, ins: 0xCA, p1: 0x01, p2: 0x00, expectedLength: 256)
            #expect(try await relayed.transmit(command).status == .success)
            try await relayed.reset()
            #expect(try await relayed.transmit(command).status == .success)
            await relayed.release()
            let card = try await readers.connect()
            #expect(try await card.transmit(command).status == .success)
            try await card.disconnect()
            await virtual.remove()
        }
    }

    /// A program that does not support relays can use another machine's card in a virtual reader here.
    @Test(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
    func `any program reaches a relayed card`() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let authority = try RelayAuthority(in: folder.path)
        let far = try authority.issue("localhost", for: .server)
        let near = try authority.issue("counter", for: .client)
        let server = try await RelayServer(
            host: "127.0.0.1", port: 0, credentials: far, idle: .seconds(600), report: { _ in },
            card: { () async throws(CardError) in try RelayedEmulation(ReferenceCard(), name: "far reader") })
        let serving = Task { await server.run() }
        let channel = try await Self.connect(port: server.port, near)
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(RemoteCard(channel))
            let outcome = try await readers.run(
                "opensc-tool", "-r", readers.slots[0].reader, "-s", "80:10:01:02:03:AA:BB:CC")
            #expect(outcome.output.contains("80 10 01 02 03 AA BB CC"), "\(outcome)")
            #expect(outcome.output.contains("SW1=0x90, SW2=0x00"), "\(outcome)")
            // The other machine disconnects, and the card is removed.
            serving.cancel()
            await serving.value
            _ = try await readers.run(
                "opensc-tool", "-r", readers.slots[0].reader, "-s", "80:10:01:02:03:AA:BB:CC")
            guard case .failed = await virtual.waitUntilRemoved() else {
                Issue.record("the card outlived its relay")
                return
            }
        }
        channel.close()
    }

    /// The remote card is removed while nothing is sent: PC/SC here detects it, and the reason is reported.
    @Test(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
    func `a card taken out there is out here without a command`() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let authority = try RelayAuthority(in: folder.path)
        let far = try authority.issue("localhost", for: .server)
        let near = try authority.issue("counter", for: .client)
        try await VirtualReaders.lend(2) { readers in
            let farReader = readers.slots[1].reader
            let original = try await readers.insert(ReferenceCard(), slot: 1)
            let server = try await RelayServer(
                host: "127.0.0.1", port: 0, credentials: far, idle: .seconds(300), report: { _ in },
                card: { () async throws(CardError) in try await RelayedReader(.name(farReader)) })
            let serving = Task { await server.run() }
            let channel = try await Self.connect(port: server.port, near)
            let virtual = try await readers.insert(RemoteCard(channel))
            let attending = Task { await channel.attend(virtual) }
            let command = try CommandAPDU(cla: 0x80, ins: 0x10, p1: 0x01, p2: 0x02, data: [0xAA])
            let card = try await readers.connect()
            #expect(try await card.transmit(command).status == .success)
            try await card.disconnect(.leave)
            #expect(virtual.isInserted)

            await original.remove()
            let seen = await #expect(throws: Never.self) { try await readers.waitUntilVacant(0) }
            if seen == nil { await virtual.remove() }
            let departure = await attending.value
            #expect(departure == .failed(CardError(.cardRemoved, subject: farReader)))
            if case .failed(let error) = departure { #expect(error.subject == farReader) }
            serving.cancel()
            await serving.value
        }
    }

    /// Connects, which blocks.
    private static func connect(port: Int, _ credentials: RelayCredentials) async throws -> RelayChannel {
        let thread = try CardThread()
        return try await withCheckedThrowingContinuation { continuation in
            thread.perform {
                continuation.resume(
                    with: Result { try RelayChannel.connect(host: "localhost", port: port, credentials: credentials) })
            }
        }
    }
}
