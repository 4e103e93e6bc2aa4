internal import ISO7816

/// An emulated card behind the I/O contact: its APDUs over T=1, or over T=0 as `T0Card` and ENVELOPE handling present
/// them.
///
/// It processes commands in zero simulated time. If it fails it is silent until it is reset, like a real card.
struct ServedCard: LineEnd {
    private(set) var end: CardTransceiver
    private let card: any IntegratedCircuitCard
    private let overT0: T0Card

    init(
        _ card: any IntegratedCircuitCard, answerToReset: AnswerToReset, configuration: CardTransceiver.Configuration,
        envelopes: EnvelopeForm
    ) {
        self.card = card
        overT0 = T0Card(EnvelopeUnwrapper(card, form: envelopes))
        end = CardTransceiver(answerToReset, configuration: configuration)
    }

    var nextTime: Int? { end.nextTime }

    /// Applies a reset whose RST goes high at `now`. A card that fails to start stays silent.
    mutating func reset(at now: Int) {
        end.deactivate()
        do throws(CardError) { try overT0.reset() } catch { return }
        end.reset(at: now)
    }

    mutating func deactivate() { end.deactivate() }

    mutating func act(at now: Int) -> LineOutput? {
        let output = end.act(at: now)
        serve(now)
        return output
    }

    mutating func receive(_ character: LineCharacter, edge: Int) {
        end.receive(character, edge: edge)
        serve(edge + character.unit.periods(10))
    }

    mutating func receiveErrorSignal(at now: Int) { end.receiveErrorSignal(at: now) }

    private mutating func serve(_ now: Int) {
        guard let command = end.dequeueCommand() else { return }
        do throws(CardError) {
            let answer = try end.protocolNumber == 0 ? overT0.process(command) : card.process(command)
            end.answer(answer, at: now)
        } catch {
            end.deactivate()
        }
    }
}
