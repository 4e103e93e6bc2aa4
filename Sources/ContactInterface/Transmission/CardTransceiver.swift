public import ISO7816

/// A card on the I/O line, from the answer to reset to the last command: PPS, and then T=0 or T=1
/// (ISO/IEC 7816-3, 6 to 11).
///
/// Commands are returned by ``dequeueCommand()`` and answered by ``answer(_:at:)``, at once or later; meanwhile the card
/// asks for time, by NULL or S(WTX request).
public struct CardTransceiver: LineEnd, Sendable {
    /// How the card behaves where the standard leaves a choice.
    public struct Configuration: Sendable {
        /// Clock periods from the edge of RST to the answer: 400 to 40,000 (6.2.2).
        public var delay = 20_000
        /// The speeds that PPS1 may request besides TA1's and 11.
        public var speeds: Set<UInt8> = []
        /// How often a character of T=0 is repeated.
        var repetitions = 3
        /// How data are transferred in T=0.
        public var acknowledgement = T0Responder.Acknowledgement.all
        /// Which commands bring data in T=0.
        public var directions = T0Directions()
        /// An IFSC announced after the reader's first block, in T=1.
        public var announcedFieldSize: UInt8?
        /// Maximum number of bytes of a command in T=1.
        public var maxCommandLength = 65_544

        public init() {}
    }

    /// The answer to reset as sent.
    public let answerToReset: AnswerToReset
    /// How the card behaves.
    public let configuration: Configuration
    /// T of the current protocol; nil before the first character after the answer to reset.
    public var protocolNumber: UInt8? { t1 != nil ? 1 : t0 != nil ? 0 : nil }

    private enum Stage: Sendable, Equatable {
        case off
        case answering
        /// The first character selects PPS or the default protocol.
        case open
        case selecting
        case granting(TransmissionParameters)
        case speaking
        case mute
    }

    private var stage = Stage.off
    private var link: CharacterLink
    private var request: [UInt8] = []
    private var t0: T0Responder?
    private var t1: T1Card?

    public init(_ answerToReset: AnswerToReset, configuration: Configuration = Configuration()) {
        self.answerToReset = answerToReset
        self.configuration = configuration
        link = CharacterLink(convention: answerToReset.convention, timing: .initial, repetitions: nil)
    }

    /// RST went high.
    public mutating func reset(at now: Int) {
        deactivate()
        stage = .answering
        link.send(answerToReset.bytes, at: now + configuration.delay)
    }

    /// The supply is off, RST is low, or the card has failed: it does nothing until `reset(at:)`.
    public mutating func deactivate() {
        (t0, t1, request, stage) = (nil, nil, [], .off)
        link = CharacterLink(convention: answerToReset.convention, timing: .initial, repetitions: nil)
    }

    /// Returns a complete command, once: an APDU in T=1, a TPDU in T=0.
    public mutating func dequeueCommand() -> [UInt8]? { t1 != nil ? t1?.dequeueCommand() : t0?.dequeueCommand() }

    /// Answers the command.
    public mutating func answer(_ response: [UInt8], at now: Int) {
        t0?.answer(response, at: now)
        t1?.answer(response, at: now)
        pump(now)
    }

    private var deadline: Int? { t1?.deadline ?? t0?.deadline }

    public var nextTime: Int? {
        guard let sending = link.nextTime else { return deadline }
        return deadline.map { min($0, sending) } ?? sending
    }

    public mutating func act(at now: Int) -> LineOutput? {
        if let time = link.nextTime, time <= now {
            switch link.act(at: now) {
            case .output(let output): return output
            case .sent(let edge): sent(edge)
            case .nothing: break
            }
        } else if let deadline, deadline <= now {
            t0?.timeReached(now)
            t1?.timeReached(now)
        }
        pump(now)
        return nil
    }

    private mutating func sent(_ edge: Int) {
        switch stage {
        case .answering:
            let number = answerToReset.defaultProtocol
            let mode = answerToReset.specificMode
            let unit =
                mode?.usesOfferedSpeed == true
                ? ElementaryTimeUnit(indices: answerToReset.levels[0].ta ?? 0x11) ?? .initial : .initial
            let first = TransmissionParameters(protocolNumber: number, unit: unit, answerToReset: answerToReset)
            if mode == nil {
                stage = .open
                link.set(first.timing(of: .card), repetitions: number == 0 ? configuration.repetitions : nil)
            } else {
                begin(first)
            }
        case .granting(let parameters): begin(parameters)
        case .speaking:
            t0?.sent(edge: edge)
            t1?.sent(edge: edge)
        case .off, .open, .selecting, .mute: break
        }
    }

    public mutating func receive(_ character: LineCharacter, edge: Int) {
        switch stage {
        case .off, .answering, .mute, .granting: return
        case .open, .selecting, .speaking: break
        }
        switch link.receive(character, edge: edge) {
        case .byte(let byte): receive(byte, edge: edge)
        case .unreadable: receive(nil, edge: edge)
        case .awaitsRepetition: break
        case .failed: mute()
        }
        pump(edge + character.unit.periods(10))
    }

    private mutating func receive(_ byte: UInt8?, edge: Int) {
        if stage == .open, byte != PPSMessage.initialByte {
            begin(
                TransmissionParameters(
                    protocolNumber: answerToReset.defaultProtocol, unit: .initial, answerToReset: answerToReset))
        } else if stage == .open || stage == .selecting {
            return select(byte, edge: edge)
        }
        t0?.received(byte, edge: edge)
        t1?.received(byte, edge: edge)
    }

    /// PPS, card's side: an erroneous request gets no response (9.4).
    private mutating func select(_ byte: UInt8?, edge: Int) {
        stage = .selecting
        guard let byte else { return mute() }
        request.append(byte)
        guard let count = PPSMessage.count(request), request.count >= count else { return }
        guard let asked = PPSMessage(request), asked.protocolNumber <= 1,
            answerToReset.protocols.contains(asked.protocolNumber), asked.reserved == nil
        else { return mute() }
        var response = PPSMessage(protocolNumber: asked.protocolNumber)
        var unit = ElementaryTimeUnit.initial
        if let speed = asked.speed,
            speed == answerToReset.levels[0].ta || configuration.speeds.contains(speed)
                || speed == 0x11, let granted = ElementaryTimeUnit(indices: speed)
        {
            response.speed = speed
            unit = granted
        }
        stage = .granting(
            TransmissionParameters(
                protocolNumber: asked.protocolNumber, unit: unit, answerToReset: answerToReset))
        link.send(response.bytes, at: edge + ElementaryTimeUnit.initial.periods(16))
    }

    public mutating func receiveErrorSignal(at now: Int) {
        if !link.repeatLast(at: now) { mute() }
    }

    private mutating func mute() {
        (t0, t1, stage) = (nil, nil, .mute)
        link.stop()
    }

    private mutating func begin(_ parameters: TransmissionParameters) {
        stage = .speaking
        let isT0 = parameters.protocolNumber == 0
        link.set(parameters.timing(of: .card), repetitions: isT0 ? configuration.repetitions : nil)
        if isT0 {
            t0 = T0Responder(
                parameters, directions: configuration.directions, acknowledgement: configuration.acknowledgement)
        } else {
            t1 = T1Card(
                parameters, announcedFieldSize: configuration.announcedFieldSize,
                maxCommandLength: configuration.maxCommandLength)
        }
    }

    private mutating func pump(_ now: Int) {
        guard stage == .speaking, !link.isSending else { return }
        if t0?.hasOutgoing == true, let bytes = t0?.dequeueOutgoing() {
            link.send(bytes, at: now)
        } else if t1?.hasOutgoing == true, let bytes = t1?.dequeueOutgoing() {
            link.send(bytes, at: now)
        }
    }
}
