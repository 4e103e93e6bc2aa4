public import ISO7816

/// A reader's slot with an emulated card in it, and between the two the I/O contact: every command goes character by
/// character over T=0 or T=1, in simulated time.
///
/// This is the slot of a meter. The same card answers over it as over PC/SC and in process.
public final class ContactSlot: CardChannel {
    /// How slot and card go together.
    public struct Configuration: Sendable {
        /// The reader's end: protocols, speeds, patience.
        public var reader = InterfaceDevice.Configuration()
        /// The card's end, where the standard leaves it the choice.
        public var card = CardEnd.Configuration()
        /// Which commands go by ENVELOPE over T=0.
        public var envelopes = EnvelopeForm.commandsThatNeedIt
        /// An answer to reset in the place of the card's own: one that offers T=0, or in the inverse convention (TS 3F).
        public var answerToReset: [UInt8]?

        public init() {}
    }

    /// What the slot is called in errors.
    public let name: String
    private let configuration: Configuration
    private var line: CharacterLine<InterfaceDevice, ServedCard>
    private var isUsable = false

    /// Puts `card` in, activates it, reads its answer to reset and agrees on protocol and speed.
    ///
    /// - Throws: `CardError` where the card cannot start, its answer to reset cannot be read, or there is no protocol
    ///   in common.
    public init(
        _ card: any IntegratedCircuitCard, configuration: Configuration = Configuration(), name: String = "contact port"
    ) throws(CardError) {
        self.configuration = configuration
        self.name = name
        let answer: AnswerToReset
        do throws(ATRError) {
            answer = try AnswerToReset(configuration.answerToReset ?? card.answerToReset)
        } catch {
            throw CardError(.cardUnresponsive, subject: name, cause: error)
        }
        line = CharacterLine(
            reader: InterfaceDevice(configuration.reader),
            card: ServedCard(
                card, answerToReset: answer, configuration: configuration.card, envelopes: configuration.envelopes))
        try reset()
    }

    /// How card and reader speak; nil before a successful reset.
    public var parameters: TransmissionParameters? { line.reader.parameters }

    /// Clock periods that have passed in the slot.
    public var clockPeriods: Int { line.now }

    /// How many characters went over the line, in either direction.
    public var characters: (toCard: Int, toReader: Int) { (line.sent.reader, line.sent.card) }

    /// What becomes of characters on their way; nil for a line without faults.
    public var disturbance: ((LineTransit) -> [LineTransit])? {
        get { line.disturbance }
        set { line.disturbance = newValue }
    }

    /// Resets the card, reads its answer and agrees on protocol and speed anew.
    ///
    /// - Throws: `CardError` as the initializer.
    public func reset() throws(CardError) {
        isUsable = false
        try applyReset(isNew: true)
        while true {
            switch try event() {
            case .resetWanted: try applyReset(isNew: false)
            case .ready:
                isUsable = true
                return
            case .failed(let error): throw cardError(error)
            case .exchanged: break
            }
        }
    }

    /// Switches the contacts off. `reset()` brings the card back.
    public func deactivate() {
        isUsable = false
        line.clear()
        line.card.deactivate()
        line.reader.deactivate()
    }

    private func applyReset(isNew: Bool) throws(CardError) {
        line.clear()
        line.card.deactivate()
        line.reader.deactivate()
        // RST is low for at least 400 clock periods (ISO/IEC 7816-3, 6.2.2).
        line.pass(400)
        try line.card.reset(at: line.now)
        line.reader.reset(at: line.now, isNew: isNew)
    }

    /// Sends `command` and gives the card's whole answer.
    ///
    /// Over T=0 `61xx` and `6Cxx` are followed, and what T=0 cannot carry goes by ENVELOPE.
    ///
    /// - Throws: `CardError` with code `.cardUnresponsive` where no answer came, `.communication` where it was lost;
    ///   its cause is a `TransmissionError`.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard parameters?.protocolNumber == 0 else { return try exchange(command.bytes) }
        let whole = ResponseFollowing(Raw(slot: self), transmission: .t0)
        return try EnvelopingChannel(whole, form: configuration.envelopes).transmit(command)
    }

    /// TPDUs as they are.
    private struct Raw: CardChannel {
        let slot: ContactSlot
        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU { try slot.exchange(command.bytes) }
    }

    private func exchange(_ bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        guard isUsable else { throw CardError(.cardUnresponsive, subject: name, remedy: "Reset the card.") }
        line.reader.exchange(bytes, at: line.now)
        guard case .exchanged(let result) = try event() else { throw CardError(.communication, subject: name) }
        do throws(TransmissionError) {
            return try response(try result.get())
        } catch {
            // T=0 has nothing by which it could find its place again.
            if parameters?.protocolNumber == 0, error.code != .command { isUsable = false }
            throw cardError(error)
        }
    }

    private func response(_ bytes: [UInt8]) throws(TransmissionError) -> ResponseAPDU {
        do throws(APDUError) {
            return try ResponseAPDU(bytes)
        } catch {
            throw TransmissionError(.protocolViolation, subject: name, detail: "\(error)")
        }
    }

    /// Runs the line until the reader has something to say.
    private func event() throws(CardError) -> InterfaceDevice.Event {
        while true {
            if let event = line.reader.takeEvent() { return event }
            guard line.step() else { throw CardError(.cardUnresponsive, subject: name) }
        }
    }

    private func cardError(_ error: TransmissionError) -> CardError {
        let code: CardError.Code =
            switch error.code {
            case .noCommonProtocol: .protocolMismatch
            case .command, .aborted: .unsupported
            case .resynchronized, .protocolViolation: .communication
            case .patience: .deadlineExceeded
            default: .cardUnresponsive
            }
        return CardError(code, subject: name, remedy: error.remedy, cause: error)
    }
}
