import CardIO
import CardIOTesting
import ISO7816
import Testing

/// Programs of others talk to our emulated card.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct PeerTests {
    @Test func openscToolGetsTheCardsAnswer() async throws {
        try await VirtualReaders.lend { readers in
            let card = try await readers.insert(ReferenceCard())
            let outcome = try readers.run("opensc-tool", "-r", readers.slots[0].reader, "-s", "80:10:01:02:03:AA:BB:CC")
            #expect(outcome.output.contains("80 10 01 02 03 AA BB CC"), "\(outcome)")
            #expect(outcome.output.contains("SW1=0x90, SW2=0x00"), "\(outcome)")
            await card.remove()
        }
    }

    @Test func aTransactionReachesTheCard() async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(ReferenceCard())
            let card = try await readers.connect()
            let command = try CommandAPDU([0x80, 0x10, 0x01, 0x02, 0x00])
            let answer = try await card.withTransaction { try $0.transmit(command) }
            #expect(Array(answer.data) == command.bytes)
            #expect(answer.status == .success)
            try await card.disconnect()
            await virtual.remove()
        }
    }
}
