import CardIO
import CardIOTesting
import CardRelay
import Foundation
import ISO7816
import Testing

/// What a relay does with a card in a reader.
@Suite struct RelayThroughPCSCTests {
    @Test(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
    func aReadersCardIsHeldAloneAndResetWhenItIsLetGo() async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(try ScriptPeerTests.blankCard())
            let reader = readers.slots[0].reader
            let relayed = try await RelayedReader(.name(reader))
            #expect(relayed.face.name == reader)
            #expect(relayed.face.isT0 == false)
            #expect(relayed.face.answerToReset.first == 0x3B)
            // Nobody else has it meanwhile.
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

    /// Another machine's card in a virtual reader here is a card to a program that knows nothing of relays.
    @Test(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
    func anyProgramReachesARelayedCard() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let authority = try RelayAuthority(in: folder.path)
        let far = try authority.issue("localhost", for: .server)
        let near = try authority.issue("counter", for: .client)
        let server = try await RelayServer(
            host: "127.0.0.1", port: 0, credentials: far, idle: .seconds(60), report: { _ in },
            card: { () async throws(CardError) in try RelayedEmulation(ReferenceCard(), name: "far reader") })
        let serving = Task { await server.run() }
        let port = server.port
        let thread = try CardThread()
        let connected: Result<RelayChannel, any Error> = await withCheckedContinuation { continuation in
            thread.perform {
                continuation.resume(
                    returning: Result {
                        try RelayChannel.connect(host: "localhost", port: port, credentials: near)
                    })
            }
        }
        let channel = try connected.get()
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(RemoteCard(channel))
            let outcome = try await readers.run(
                "opensc-tool", "-r", readers.slots[0].reader, "-s", "80:10:01:02:03:AA:BB:CC")
            #expect(outcome.output.contains("80 10 01 02 03 AA BB CC"), "\(outcome)")
            #expect(outcome.output.contains("SW1=0x90, SW2=0x00"), "\(outcome)")
            // The other machine goes away: so does the card.
            serving.cancel()
            await serving.value
            _ = try await readers.run(
                "opensc-tool", "-r", readers.slots[0].reader, "-s", "80:10:01:02:03:AA:BB:CC")
            guard case .died = await virtual.waitUntilRemoved() else {
                Issue.record("the card outlived its relay")
                return
            }
        }
        channel.close()
        try FileManager.default.removeItem(at: folder)
    }
}
