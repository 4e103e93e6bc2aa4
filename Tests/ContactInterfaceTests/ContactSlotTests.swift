import CardIOTesting
import ContactInterface
import ISO7816
import Testing

/// The contact port carries APDUs as every carrier must, over T=0 and T=1, in both conventions.
@Suite struct ContactSlotTests {
    struct Carrier: CarrierUnderTest {
        let card: ReferenceCard
        nonisolated(unsafe) let slot: ContactSlot

        init(_ protocolNumber: UInt8, inverse: Bool) throws {
            card = ReferenceCard()
            var configuration = ContactSlot.Configuration()
            configuration.reader.protocols = [protocolNumber]
            // T=0 cannot tell a command without Le from one with Le 00; in an envelope nothing is lost.
            configuration.envelopes = .everything
            var answer = AnswerToReset.Builder(protocols: [0, 1])
            answer.informationFieldSize = 254
            answer.speed = 0x97
            configuration.answerToReset = try answer.build().bytes
            if inverse { configuration.answerToReset?[0] = 0x3F }
            slot = try ContactSlot(card, configuration: configuration)
        }

        func withChannel(_ body: sending @escaping (any CardChannel) throws -> Void) async throws { try body(slot) }
        func reset() async throws { try slot.reset() }
        func revive() async throws { try slot.reset() }
    }

    @Test(arguments: CarrierConformance.Check.allCases, [0, 1] as [UInt8])
    func theContactPortPasses(check: CarrierConformance.Check, protocolNumber: UInt8) async throws {
        for inverse in [false, true] {
            let carrier = try Carrier(protocolNumber, inverse: inverse)
            #expect(carrier.slot.parameters?.protocolNumber == protocolNumber)
            #expect(carrier.slot.parameters?.answerToReset.convention == (inverse ? .inverse : .direct))
            try await CarrierConformance(greatestCommand: 1_100, greatestAnswer: 1_100).run(check, on: carrier)
        }
    }

    /// The longest commands and answers there are, once each way.
    @Test(arguments: [0, 1] as [UInt8])
    func theLongestPass(protocolNumber: UInt8) throws {
        let carrier = try Carrier(protocolNumber, inverse: false)
        let long = try CommandAPDU(
            cla: 0x80, ins: 0x12, p1: 0x90, p2: 0, data: [UInt8](repeating: 0x5A, count: 65_535),
            expectedLength: 65_536)
        #expect(try carrier.slot.transmit(long).bytes == [0x90, 0x00])
        #expect(carrier.card.lastCommand == long.bytes)
        let fetch = try CommandAPDU(cla: 0x80, ins: 0x11, p1: 0xFF, p2: 0xFE, expectedLength: 65_536)
        let answer = try carrier.slot.transmit(fetch)
        #expect(answer.data.elementsEqual((0..<65_534).map { UInt8(truncatingIfNeeded: $0) }))
        #expect(carrier.card.commands == 2)
    }

    @Test func aCardThatIsDeadStaysDeadUntilItIsReset() throws {
        for number in [0, 1] as [UInt8] {
            let slot = try Carrier(number, inverse: false).slot
            #expect(throws: CardError(.cardUnresponsive, subject: "")) {
                try slot.transmit(CommandAPDU([0x80, 0x44, 0x00, 0x00, 0x00]))
            }
            slot.deactivate()
            #expect(throws: CardError(.cardUnresponsive, subject: "")) {
                try slot.transmit(CommandAPDU([0x80, 0x12, 0x90, 0x00]))
            }
            try slot.reset()
            #expect(try slot.transmit(CommandAPDU([0x80, 0x12, 0x90, 0x00])).status == .success)
        }
    }

    @Test func aProtocolThatTheCardLacksIsAnError() throws {
        var configuration = ContactSlot.Configuration()
        configuration.reader.protocols = [0]
        configuration.answerToReset = try AnswerToReset.Builder(protocols: [1]).build().bytes
        #expect(throws: CardError(.protocolMismatch, subject: "")) {
            try ContactSlot(ReferenceCard(), configuration: configuration)
        }
    }
}
