import CardIOTesting
import ContactInterface
import ISO7816
import Testing

/// The contact port meets the carrier conformance checks, over T=0 and T=1, in both conventions.
@Suite struct ContactSlotTests {
    struct Carrier: CarrierUnderTest {
        let card: ReferenceCard
        nonisolated(unsafe) let slot: ContactSlot

        init(_ protocolNumber: UInt8, inverse: Bool) throws {
            card = ReferenceCard()
            var configuration = ContactSlot.Configuration()
            configuration.reader.protocols = [protocolNumber]
            // T=0 cannot tell a command without Le from one with Le 00; ENVELOPE preserves the difference.
            configuration.envelopes = .everything
            var answer = AnswerToReset.Builder(protocols: [0, 1])
            answer.informationFieldSize = 254
            answer.speed = 0x97
            configuration.answerToReset = try answer.build().bytes
            if inverse { configuration.answerToReset?[0] = 0x3F }
            slot = try ContactSlot(card, configuration: configuration)
        }

        /// Whole commands and answers over either protocol.
        var channel: any CardChannel {
            let isT0 = slot.transmissionProtocol == .t0
            return isT0 ? EnvelopeChannel(GetResponseChannel(slot), form: .everything) : slot
        }

        func withChannel(_ body: sending @escaping (any CardChannel) throws -> Void) async throws { try body(channel) }
        func reset() async throws { try slot.reset() }
        func revive() async throws { try slot.reset() }
    }

    @Test(arguments: CarrierConformance.Check.allCases, [0, 1] as [UInt8])
    func `the contact port passes`(check: CarrierConformance.Check, protocolNumber: UInt8) async throws {
        for inverse in [false, true] {
            let carrier = try Carrier(protocolNumber, inverse: inverse)
            #expect(carrier.slot.parameters?.protocolNumber == protocolNumber)
            #expect(carrier.slot.parameters?.answerToReset.convention == (inverse ? .inverse : .direct))
            try await CarrierConformance(maxCommandLength: 1_100, maxAnswerLength: 1_100).run(check, on: carrier)
        }
    }

    /// The longest possible commands and answers, once each way.
    @Test(arguments: [0, 1] as [UInt8])
    func `the longest pass`(protocolNumber: UInt8) throws {
        let carrier = try Carrier(protocolNumber, inverse: false)
        let long = try CommandAPDU(
            cla: 0x80, ins: 0x12, p1: 0x90, p2: 0, data: [UInt8](repeating: 0x5A, count: 65_535),
            expectedLength: 65_536)
        #expect(try carrier.channel.transmit(long).bytes == [0x90, 0x00])
        #expect(carrier.card.lastCommand == long.bytes)
        let fetch = try CommandAPDU(cla: 0x80, ins: 0x11, p1: 0xFF, p2: 0xFE, expectedLength: 65_536)
        let answer = try carrier.channel.transmit(fetch)
        #expect(answer.data.elementsEqual((0..<65_534).map { UInt8(truncatingIfNeeded: $0) }))
        #expect(carrier.card.commands == 2)
    }

    @Test func `a card that is dead stays dead until it is reset`() throws {
        for number in [0, 1] as [UInt8] {
            let carrier = try Carrier(number, inverse: false)
            let (slot, channel) = (carrier.slot, carrier.channel)
            #expect(throws: CardError(.cardUnresponsive, subject: "")) {
                try channel.transmit(CommandAPDU([0x80, 0x44, 0x00, 0x00, 0x00]))
            }
            slot.deactivate()
            #expect(throws: CardError(.cardUnresponsive, subject: "")) {
                try channel.transmit(CommandAPDU([0x80, 0x12, 0x90, 0x00]))
            }
            try slot.reset()
            #expect(try channel.transmit(CommandAPDU([0x80, 0x12, 0x90, 0x00])).status == .success)
        }
    }

    /// Commands and answers are passed through; for whole answers, add a GetResponseChannel.
    @Test func `a slot is raw over T=0`() throws {
        var configuration = ContactSlot.Configuration()
        configuration.reader.protocols = [0]
        configuration.answerToReset = try AnswerToReset.Builder(protocols: [0]).build().bytes
        configuration.card.directions = T0Directions { $0[1] == 0x16 ? false : nil }
        let slot = try ContactSlot(ReferenceCard(), configuration: configuration)
        #expect(slot.transmissionProtocol == .t0)
        #expect(try slot.transmit(CommandAPDU([0x80, 0x10, 0, 0, 2, 0x12, 0x34])).bytes == [0x61, 0x08])
        #expect(try slot.transmit(CommandAPDU([0x00, 0xC0, 0, 0, 8])).data.count == 8)
        #expect(try slot.transmit(CommandAPDU([0x80, 0x16, 0, 0, 0])).bytes == [0x6C, 0x05])
        let whole = GetResponseChannel(slot)
        #expect(try whole.transmit(CommandAPDU([0x80, 0x10, 0, 0, 2, 0x12, 0x34, 0])).data.count == 8)
        #expect(try whole.transmit(CommandAPDU([0x80, 0x16, 0, 0, 0])).data.elementsEqual([1, 2, 3, 4, 5]))
    }

    @Test func `a protocol that the card lacks is an error`() throws {
        var configuration = ContactSlot.Configuration()
        configuration.reader.protocols = [0]
        configuration.answerToReset = try AnswerToReset.Builder(protocols: [1]).build().bytes
        #expect(throws: CardError(.protocolMismatch, subject: "")) {
            try ContactSlot(ReferenceCard(), configuration: configuration)
        }
    }
}
