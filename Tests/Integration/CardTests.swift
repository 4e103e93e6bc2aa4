import CardIOTesting
import ISO7816
import Testing

@testable import CardIO

/// The operations of a connected card.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct CardTests {
    let count: CommandAPDU
    init() throws { count = try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04]) }

    @Test(arguments: [ResetKind.warm, .cold])
    func `a reset forgets and stays connected`(kind: ResetKind) async throws {
        try await withCard(ReferenceCard()) { readers, card, reference in
            #expect(try await Array(card.transmit(count).data) == [0, 0, 0, 1])
            let before = reference.resets
            try await card.reset(kind)
            #expect(reference.resets > before)
            #expect(try await Array(card.transmit(count).data) == [0, 0, 0, 1])
        }
    }

    @Test func `status and attributes tell of the card`() async throws {
        try await withCard(ReferenceCard()) { readers, card, reference in
            let status = try await card.status()
            #expect(status.answerToReset == reference.answerToReset)
            #expect(status.activeProtocol == .t1)
            #expect(status.isPresent && status.isPowered)
            // Virtual readers have no attributes.
            await #expect(throws: CardError(.unsupported, subject: "")) { try await card.attribute(.serialNumber) }
            let refused = await #expect(throws: CardError.self) { try await card.control(.function(1)) }
            #expect(refused?.subject == readers.slots[0].reader)
        }
    }

    @Test func `an exclusive connection keeps others out`() async throws {
        try await withCard(ReferenceCard()) { readers, card, _ in
            try await card.disconnect(.leave)
            let exclusive = try await readers.connect(mode: .exclusive)
            let refused = await #expect(throws: CardError.self) {
                try await readers.service.connect(
                    to: .name(readers.slots[0].reader), timeout: .zero, deadline: .now + .seconds(60))
            }
            // Some versions of pcscd refuse at once, others let the second program wait for the first.
            #expect(refused == CardError(.sharingViolation, subject: "") || refused?.code == .deadlineExceeded)
            #expect(try await exclusive.transmit(count).status == .success)
            try await exclusive.disconnect(.leave)
            let other = try await readers.connect()
            #expect(try await other.transmit(count).status == .success)
            try await other.disconnect(.leave)
        }
    }

    @Test func `power off ends the connection`() async throws {
        try await withCard(ReferenceCard()) { readers, card, reference in
            _ = try await card.transmit(count)
            try await card.powerOff()
            await #expect(throws: CardError.self) { try await card.transmit(count) }
            let again = try await readers.connect()
            #expect(try await Array(again.transmit(count).data) == [0, 0, 0, 1])
            try await again.disconnect(.leave)
        }
    }

    @Test func `the reset of another program is reported once`() async throws {
        try await withCard(ReferenceCard()) { readers, card, _ in
            let other = try await readers.connect()
            try await other.reset()
            await #expect(throws: CardError(.cardReset, subject: "")) { try await card.transmit(count) }
            #expect(try await Array(card.transmit(count).data) == [0, 0, 0, 1])
            try await other.disconnect(.leave)
        }
    }

    @Test func `a cards answers come as they are`() async throws {
        let wrongLength = try CommandAPDU([0x80, 0x16, 0x00, 0x00, 0x00])
        let inParts = try CommandAPDU([0x80, 0x17, 0x00, 0x00, 0x00])
        try await withCard(ReferenceCard()) { _, card, _ in
            #expect(try await card.transmit(wrongLength).bytes == [0x6C, 0x05])
            #expect(try await card.transmit(inParts).bytes == [0x61, 0x03])
            let (raw, whole) = try await card.withTransaction {
                (try $0.transmit(inParts), try GetResponseChannel($0).transmit(inParts))
            }
            #expect(raw.bytes == [0x61, 0x03])
            #expect(whole.bytes == [1, 2, 3, 0x90, 0x00])
        }
    }

    @Test func `a card that is removed answers the command in progress first where that is wanted`() async throws {
        try await VirtualReaders.lend { readers in
            let gate = GateCard()
            let virtual = try await readers.insert(gate)
            let card = try await readers.connect()
            let gated = try CommandAPDU(GateCard.command)
            async let answer = card.transmit(gated)
            await gate.waitForCommand()
            virtual.beginRemoval(answering: true)
            gate.open()
            #expect(try await answer.status == .success)
            #expect(await virtual.waitUntilRemoved() == .removed)
        }
    }

    @Test func `a card that dies is an error and can come back`() async throws {
        let killer = try CommandAPDU([0x80, 0x44, 0x00, 0x00, 0x00])
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(ReferenceCard())
            let card = try await readers.connect()
            await #expect(throws: CardError(.cardUnresponsive, subject: "")) { try await card.transmit(killer) }
            #expect(await virtual.waitUntilRemoved() == .failed(CardError(.cardUnresponsive, subject: "")))
            #expect(!virtual.isInserted)
            try await readers.insert(virtual)
            let again = try await readers.connect()
            #expect(try await again.transmit(count).status == .success)
            try await again.disconnect(.leave)
            await virtual.remove()
        }
    }
}

/// Lends a slot with `emulated` in it, connected.
func withCard<Emulated: IntegratedCircuitCard & Sendable>(
    _ emulated: Emulated, _ body: (VirtualReaders, Card, Emulated) async throws -> Void
) async throws {
    try await VirtualReaders.lend { readers in
        let virtual = try await readers.insert(emulated)
        let card = try await readers.connect()
        do {
            try await body(readers, card, emulated)
            await virtual.remove()
        } catch {
            await virtual.remove()
            throw error
        }
    }
}
