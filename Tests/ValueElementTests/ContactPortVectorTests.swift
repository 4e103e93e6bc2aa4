import ContactInterface
import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// The same element answers over the contact port, byte for byte, as it does in process: the sessions of `APDU/vectors`
/// over T=0 and T=1.
@Suite struct ContactPortVectorTests {
    /// The card behind the contacts of a port, and the slot that found it there.
    private struct Place {
        let card: AsynchronousCard
        let slot: ContactSlot
    }

    private func place(
        _ card: ValueCard, _ protocolNumber: UInt8, _ convention: AnswerToReset.Convention
    ) throws -> Place {
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
        return Place(card: behind, slot: slot)
    }

    @Test(arguments: try Transcript.all(), [0, 1] as [UInt8])
    func `cards answer as the transcript says`(transcript: Transcript, protocolNumber: UInt8) throws {
        for convention in [AnswerToReset.Convention.direct, .inverse] {
            let elementRandomness = ListedRandomness(transcript.setup.random.element)
            let masterRandomness = ListedRandomness(transcript.setup.random.master)
            var slots: [String: Place] = [:]
            for named in transcript.setup.elements {
                let surroundings = ElementEnvironment(
                    randomness: elementRandomness, clock: StillClock(named.image.clock),
                    usage: ListedUsage(named.image.usage))
                let memory = VolatileMemory(ValueCard.records(named.image.image))
                let card = try ValueCard(memory, name: named.name, surroundings: surroundings)
                slots[named.name] = try place(card, protocolNumber, convention)
            }
            for named in transcript.setup.masters {
                let surroundings = ElementEnvironment(
                    randomness: masterRandomness, clock: StillClock(named.image.purse.clock))
                let memory = VolatileMemory(ValueCard.records(named.image.image, element: named.image.element))
                let card = try ValueCard(memory, name: named.name, surroundings: surroundings)
                slots[named.name] = try place(card, protocolNumber, convention)
            }
            for step in transcript.steps {
                let slot = try #require(slots[step.card]).slot
                // A meter saves what it can between two commands.
                try slot.stopClock()
                let channel = EnvelopeChannel(GetResponseChannel(slot))
                let answer = try channel.transmit(CommandAPDU(bytes(step.command)))
                #expect(hex(answer.bytes) == step.response, "\(transcript.name), T=\(protocolNumber): \(step.label)")
            }
            for place in slots.values {
                place.slot.deactivate()
                #expect(place.card.violations == [])
            }
        }
    }
}
