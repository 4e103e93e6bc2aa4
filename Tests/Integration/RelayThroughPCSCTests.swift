import CardIO
import CardRelay
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
}
