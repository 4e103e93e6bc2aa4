import ContactInterface
import ISO7816
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// The same element answers over the contact port, byte for byte, as it does in process: the sessions of `APDU/vectors`
/// over T=0 and T=1.
@Suite struct ContactPortVectorTests {
    /// A card connected to a port's contacts, and the slot that detected it.
    private struct EmulatedSlot {
        let card: AsynchronousCard
        let slot: ContactSlot
    }

    private func insert(
        _ card: ValueCard, _ protocolNumber: UInt8, _ convention: AnswerToReset.Convention
    ) throws -> EmulatedSlot {
        var answer = AnswerToReset.Builder(protocols: [0, 1])
        answer.speed = 0x97
        answer.informationFieldSize = 254
        answer.operatingClasses = [.fiveVolts, .threeVolts]
        answer.clockStop = .high
        var configuration = AsynchronousCard.Configuration()
        configuration.answerToReset = [convention.rawValue] + (try answer.build().bytes.dropFirst())
        var reader = ContactSlot.Configuration()
        reader.reader.protocols = [protocolNumber]
        let port = ContactPort()
        let behind = try AsynchronousCard(card, configuration: configuration)
        port.insert(behind)
        guard case .asynchronous(let slot) = try port.detectCard(reader) else {
            throw CardError(.unsupported, subject: port.name)
        }
        #expect(slot.operatingClass == .b && slot.parameters?.protocolNumber == protocolNumber)
        return EmulatedSlot(card: behind, slot: slot)
    }

    @Test(arguments: try Transcript.all(), [0, 1] as [UInt8])
    func `cards answer as the transcript says`(transcript: Transcript, protocolNumber: UInt8) throws {
        for convention in [AnswerToReset.Convention.direct, .inverse] {
            let elementRandomness = ListedRandomness(transcript.setup.random.element)
            let masterRandomness = ListedRandomness(transcript.setup.random.master)
            var slots: [String: EmulatedSlot] = [:]
            for named in transcript.setup.elements {
                let environment = ElementEnvironment(
                    randomness: elementRandomness, clock: StillClock(named.image.clock),
                    usage: ListedUsage(named.image.usage), account: ListedTotals(named.image))
                let memory = VolatileMemory(ValueCard.records(named.image.image))
                let card = try ValueCard(memory, name: named.name, environment: environment)
                slots[named.name] = try insert(card, protocolNumber, convention)
            }
            for named in transcript.setup.masters {
                let environment = ElementEnvironment(
                    randomness: masterRandomness, clock: StillClock(named.image.purse.clock))
                let memory = VolatileMemory(ValueCard.records(named.image.image, element: named.image.element))
                let card = try ValueCard(memory, name: named.name, environment: environment)
                slots[named.name] = try insert(card, protocolNumber, convention)
            }
            for step in transcript.steps {
                let slot = try #require(slots[step.card]).slot
                // A meter saves power between two commands.
                try slot.stopClock()
                let channel = EnvelopeChannel(GetResponseChannel(slot))
                let answer = try channel.transmit(CommandAPDU(bytes(step.command)))
                #expect(hex(answer.bytes) == step.response, "\(transcript.name), T=\(protocolNumber): \(step.label)")
            }
            for slot in slots.values {
                slot.slot.deactivate()
                #expect(slot.card.violations == [])
            }
        }
    }
}
