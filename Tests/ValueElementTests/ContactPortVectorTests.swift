import CardIO
import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// The same element answers over the contact port, byte for byte, as it does in process: the sessions of `APDU/vectors`
/// over T=0 and T=1.
@Suite struct ContactPortVectorTests {
    private func slot(
        _ card: SmartCard, _ protocolNumber: UInt8, _ convention: AnswerToReset.Convention
    ) throws -> ContactSlot {
        var answer = AnswerToReset.Builder(protocols: [0, 1])
        answer.speed = 0x97
        answer.informationFieldSize = 254
        var configuration = ContactSlot.Configuration()
        configuration.answerToReset = [convention.rawValue] + (try answer.build().bytes.dropFirst())
        configuration.reader.protocols = [protocolNumber]
        return try ContactSlot(card, configuration: configuration)
    }

    @Test(arguments: try Transcript.all(), [0, 1] as [UInt8])
    func cardsAnswerAsTheTranscriptSays(transcript: Transcript, protocolNumber: UInt8) throws {
        for convention in [AnswerToReset.Convention.direct, .inverse] {
            let elementRandomness = ListedRandomness(transcript.setup.random.element)
            let masterRandomness = ListedRandomness(transcript.setup.random.master)
            var slots: [String: ContactSlot] = [:]
            for named in transcript.setup.elements {
                let surroundings = Surroundings(
                    randomness: elementRandomness, clock: StillClock(named.image.clock),
                    usage: ListedUsage(named.image.usage))
                let memory = VolatileMemory(SmartCard.records(named.image.image))
                let card = try SmartCard(memory, name: named.name, surroundings: surroundings)
                slots[named.name] = try slot(card, protocolNumber, convention)
            }
            for named in transcript.setup.masters {
                let surroundings = Surroundings(
                    randomness: masterRandomness, clock: StillClock(named.image.purse.clock))
                let memory = VolatileMemory(SmartCard.records(named.image.image, element: named.image.element))
                let card = try SmartCard(memory, name: named.name, surroundings: surroundings)
                slots[named.name] = try slot(card, protocolNumber, convention)
            }
            for step in transcript.steps {
                let slot = try #require(slots[step.card])
                let answer = try slot.transmit(CommandAPDU(bytes(step.command)))
                #expect(hex(answer.bytes) == step.response, "\(transcript.name), T=\(protocolNumber): \(step.label)")
            }
        }
    }
}
