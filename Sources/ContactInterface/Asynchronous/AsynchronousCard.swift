public import ISO7816

/// An emulated asynchronous card behind its contacts: an `IntegratedCircuitCard` that answers to reset, by T=0 or T=1.
///
/// It monitors the reader: a violation of the sequences of ISO/IEC 7816-3, clause 6, is recorded in ``violations``, and
/// the card is silent from then on, until its contacts are switched off and on.
public final class AsynchronousCard: CharacterCard {
    /// How the card behaves at its contacts.
    public struct Configuration: Sendable {
        /// What ISO/IEC 7816-3 leaves to the card, such as the delay of its answer.
        public var end = CardTransceiver.Configuration()
        /// Which commands arrive by ENVELOPE over T=0.
        public var envelopes = EnvelopeForm.commandsThatNeedIt
        /// An answer to reset instead of the card's own: one that offers T=0, or in the inverse convention (TS 3F).
        public var answerToReset: [UInt8]?
        /// The classes in which it works; in others it is silent. nil for those that its answer to reset indicates, or
        /// all where it indicates none.
        public var classes: Set<OperatingClass>?

        public init() {}
    }

    /// The answer to reset as sent.
    public let answerToReset: AnswerToReset
    /// The reader's violations since the card was created, oldest first.
    public var violations: [ContactViolation] { watch.violations }
    private let classes: Set<OperatingClass>
    private var served: ServedCard
    private var watch: ContactWatch
    private var isDriven = false

    /// - Throws: `CardError` `.cardUnresponsive` where the answer to reset is invalid.
    public init(
        _ card: any IntegratedCircuitCard, configuration: Configuration = Configuration()
    ) throws(CardError) {
        let answer: AnswerToReset
        do throws(ATRError) {
            answer = try AnswerToReset(configuration.answerToReset ?? card.answerToReset)
        } catch {
            throw CardError(.cardUnresponsive, subject: "card", cause: error)
        }
        answerToReset = answer
        let named = answer.classIndicator.map { named in
            Set(OperatingClass.allCases.filter { !named.isDisjoint(with: $0.indicator) })
        }
        classes = configuration.classes ?? named ?? Set(OperatingClass.allCases)
        served = ServedCard(
            card, answerToReset: answer, configuration: configuration.end, envelopes: configuration.envelopes)
        watch = ContactWatch(clockStop: answer.clockStop)
    }

    /// Characters are transferred whole: between them the card releases I/O.
    public var pullsLow: Bool { false }

    public func contactsChanged(from old: ContactLevels, to new: ContactLevels, at time: ContactTime) {
        watch.changed(from: old, to: new, at: time)
        isDriven = new.isPowered && new.clockFrequency != nil && new.rst == .high
        if !new.isPowered || new.rst == .low { served.deactivate() }
        guard !watch.isBroken else { return served.deactivate() }
        guard old.rst == .low, new.rst == .high, isDriven, let supply = new.supply, classes.contains(supply) else {
            return
        }
        served.reset(at: time.clockPeriods)
    }

    public var nextTime: Int? { isDriven ? served.nextTime : nil }

    public func act(at now: Int) -> LineOutput? {
        guard isDriven else { return nil }
        let output = served.act(at: now)
        if case .character(let character) = output { watch.character(until: now + character.unit.periods(12)) }
        return output
    }

    public func receive(_ character: LineCharacter, edge: Int) {
        guard isDriven else { return }
        watch.readerBegins(at: edge)
        watch.character(until: edge + character.unit.periods(12))
        guard !watch.isBroken else { return served.deactivate() }
        served.receive(character, edge: edge)
    }

    public func receiveErrorSignal(at now: Int) {
        if isDriven { served.receiveErrorSignal(at: now) }
    }
}
