public import ISO7816

/// A reader on the I/O line, from the answer to reset to the last command: convention, PPS, and then T=0 or T=1
/// (ISO/IEC 7816-3, 6 to 11).
///
/// The contacts are another's: `reset(at:)` is called when RST has gone high, and ``Event/resetWanted`` asks for one.
public struct InterfaceDevice: LineEnd, Sendable {
    /// What the reader can do, and how long it tries.
    public struct Configuration: Sendable, Hashable {
        /// The protocols it speaks, the one it likes best first.
        public var protocols: [UInt8] = [1, 0]
        /// The clock in kilohertz, by which speeds are chosen.
        public var clockFrequency = 4_000
        /// Whether the speed of TA1 is asked for.
        public var usesOfferedSpeed = true
        /// F/D of cards in the specific mode that say them otherwise than by TA1.
        public var implicitUnit: ElementaryTimeUnit?
        /// How often a character of T=0 is repeated; the standard sets no number.
        public var repetitions = 3
        /// How often a reset is tried where the answer cannot be read.
        public var resets = 3
        /// Whether a wrong TCK is passed over in the last attempt: cards in the field have one.
        public var acceptsWrongCheck = true
        /// How many clock periods a TPDU of T=0 may take, whatever the card says by NULL.
        public var patience = 2_400_000_000
        /// PPS2, the use of the contact SPU, which is asked for where the card tells of such a use (T=15, TB); nil for
        /// none. PPS3 is reserved for future use: it is never asked for, and a response with it is refused.
        public var standardUse: UInt8?
        /// What it does in T=1.
        public var t1 = T1Settings()

        public init() {}
    }

    /// What has happened.
    public enum Event: Sendable {
        /// The reader needs the card reset once more: make RST low and high, then call `InterfaceDevice.reset(at:)`.
        case resetWanted
        /// Commands can go.
        case ready(TransmissionParameters)
        /// A command came to its end: APDUs in T=1, TPDUs in T=0.
        case exchanged(Result<[UInt8], TransmissionError>)
        /// The card cannot be used.
        case failed(TransmissionError)
    }

    /// What the reader can do.
    public let configuration: Configuration
    /// How card and reader speak; nil until they do.
    public private(set) var parameters: TransmissionParameters?
    /// What the card answered to the last reset; nil until it did.
    public private(set) var answerToReset: AnswerToReset?
    private var operatingClass: AnswerToReset.OperatingClasses?
    private var link = CharacterLink(convention: .direct, timing: .initial, repetitions: nil)
    private var atr: ATRReceiver?
    private var choice: ProtocolChoice?
    private var pps: PPSNegotiation?
    private var t0: T0Exchange?
    private var t1: T1Reader?
    private var resets = 0
    private var avoidsRequest = false
    private var events: [Event] = []

    public init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    /// Takes the next event, the oldest first.
    public mutating func takeEvent() -> Event? { events.isEmpty ? nil : events.removeFirst() }

    /// RST went high: the card answers.
    ///
    /// - Parameters:
    ///   - now: the time, in clock periods.
    ///   - isNew: false after ``Event/resetWanted``, so that attempts are counted.
    ///   - operatingClass: the supply that the card has; a card that names others alone is spoken to no further
    ///     (6.2.4). nil where the supply is nobody's concern.
    public mutating func reset(
        at now: Int, isNew: Bool = true, operatingClass: AnswerToReset.OperatingClasses? = nil
    ) {
        self.operatingClass = operatingClass
        answerToReset = nil
        if isNew { (resets, avoidsRequest) = (0, false) }
        resets += 1
        (parameters, choice, pps, t0, t1, events) = (nil, nil, nil, nil, nil, [])
        link = CharacterLink(convention: .direct, timing: .initial, repetitions: nil)
        atr = ATRReceiver(at: now)
    }

    /// The card was switched off, or taken out.
    public mutating func deactivate() {
        (parameters, choice, atr, pps, t0, t1, events) = (nil, nil, nil, nil, nil, nil, [])
        link.stop()
    }

    /// Sends a command: an APDU in T=1, a TPDU in T=0. ``Event/exchanged(_:)`` tells its end.
    public mutating func exchange(_ command: [UInt8], at now: Int) {
        if t1 != nil {
            t1?.exchange(command, at: now)
        } else if t0 != nil {
            t0?.exchange(command, at: now)
        } else {
            events.append(.exchanged(.failure(TransmissionError(.notReady, subject: "command"))))
        }
        pump(now)
    }

    /// Ends the chain of a command or of its answer that is on its way in T=1, by S(ABORT request) (11.6.2.3, rule 9);
    /// ``Event/exchanged(_:)`` tells the end. Nothing happens where there is no chain.
    public mutating func abort() { t1?.abort() }

    private var deadline: Int? { atr?.deadline ?? t1?.deadline ?? t0?.deadline ?? pps?.deadline }

    public var nextTime: Int? {
        guard let sending = link.nextTime else { return deadline }
        return deadline.map { min($0, sending) } ?? sending
    }

    public mutating func act(at now: Int) -> LineOutput? {
        if let time = link.nextTime, time <= now {
            switch link.act(at: now) {
            case .output(let output): return output
            case .sent(let edge):
                pps?.sent(edge: edge)
                t0?.sent(edge: edge)
                t1?.sent(edge: edge)
            case .nothing: break
            }
        } else if let deadline, deadline <= now {
            atr?.timeReached(now)
            pps?.timeReached(now)
            t0?.timeReached(now)
            t1?.timeReached(now)
        }
        pump(now)
        return nil
    }

    public mutating func receive(_ character: LineCharacter, edge: Int) {
        if atr != nil {
            if atr?.isFirst == true, let convention = AnswerToReset.Convention(initialCharacter: character.levels) {
                link.convention = convention
            }
            _ = link.receive(character, edge: edge)
            atr?.receive(character, edge: edge)
        } else {
            switch link.receive(character, edge: edge) {
            case .byte(let byte): pass(byte, edge)
            case .unreadable: pass(nil, edge)
            case .awaitsRepetition: break
            case .failed: pass(nil, edge)
            }
        }
        pump(edge + character.unit.periods(10))
    }

    private mutating func pass(_ byte: UInt8?, _ edge: Int) {
        pps?.received(byte, edge: edge)
        t0?.received(byte, edge: edge)
        t1?.received(byte, edge: edge)
    }

    public mutating func receiveErrorSignal(at now: Int) {
        guard !link.repeatLast(at: now) else { return }
        link.stop()
        t0?.unreadable()
        pps?.received(nil, edge: now)
        pump(now)
    }

    /// Carries what one part has ready to the next.
    private mutating func pump(_ now: Int) {
        if let state = atr?.state { pump(state, now) }
        if let result = pps?.result { pump(result, now) }
        if let result = t0?.takeResult() { events.append(.exchanged(result)) }
        if let result = t1?.takeResult() { events.append(.exchanged(result)) }
        guard !link.isSending else { return }
        if pps?.hasOutgoing == true, let bytes = pps?.takeOutgoing() {
            link.send(bytes, at: now)
        } else if t0?.hasOutgoing == true, let bytes = t0?.takeOutgoing() {
            link.send(bytes, at: now)
        } else if t1?.hasOutgoing == true, let bytes = t1?.takeOutgoing() {
            link.send(bytes, at: now)
        }
    }

    private mutating func pump(_ state: ATRReceiver.State, _ now: Int) {
        switch state {
        case .receiving: break
        case .failed(let error): again(error)
        case .received(let answer):
            let hasWrongCheck = answer.problems.contains {
                if case .wrongCheckByte = $0 { true } else { false }
            }
            if hasWrongCheck, !(configuration.acceptsWrongCheck && resets >= configuration.resets) {
                return again(TransmissionError(.answerToReset, subject: "answer to reset", detail: "TCK"))
            }
            atr = nil
            choose(answer, now)
        }
    }

    private mutating func choose(_ answer: AnswerToReset, _ now: Int) {
        answerToReset = answer
        if let operatingClass, let named = answer.classIndicator, named.isDisjoint(with: operatingClass) {
            return events.append(.failed(TransmissionError(.operatingClass, subject: "answer to reset")))
        }
        let choice: ProtocolChoice
        do throws(TransmissionError) {
            choice = try ProtocolChoice(
                answer, protocols: avoidsRequest ? [answer.defaultProtocol] : configuration.protocols,
                clockFrequency: configuration.clockFrequency,
                usesOfferedSpeed: configuration.usesOfferedSpeed && !avoidsRequest,
                implicitUnit: configuration.implicitUnit,
                standardUse: avoidsRequest ? nil : configuration.standardUse)
        } catch {
            return events.append(.failed(error))
        }
        let chosen = TransmissionParameters(
            protocolNumber: choice.protocolNumber, unit: choice.unit, answerToReset: answer)
        guard let request = choice.request else { return begin(chosen) }
        self.choice = choice
        let asking = TransmissionParameters(protocolNumber: 0, unit: .initial, answerToReset: answer)
        link.set(asking.timing(of: .reader), repetitions: answer.defaultProtocol == 0 ? configuration.repetitions : nil)
        pps = PPSNegotiation(request)
        parameters = chosen
    }

    private mutating func pump(_ result: Result<PPSMessage, TransmissionError>, _ now: Int) {
        guard let choice, let asked = parameters else { return }
        pps = nil
        parameters = nil
        switch result {
        case .success(let response):
            let unit = response.speed.flatMap(ElementaryTimeUnit.init(indices:)) ?? .initial
            begin(
                TransmissionParameters(
                    protocolNumber: choice.protocolNumber, unit: unit, answerToReset: asked.answerToReset))
        case .failure(let error):
            // A card that does not grant may still speak what needs no asking.
            guard !avoidsRequest, configuration.protocols.contains(asked.answerToReset.defaultProtocol) else {
                return events.append(.failed(error))
            }
            avoidsRequest = true
            again(error)
        }
    }

    private mutating func begin(_ parameters: TransmissionParameters) {
        self.parameters = parameters
        let isT0 = parameters.protocolNumber == 0
        link.set(parameters.timing(of: .reader), repetitions: isT0 ? configuration.repetitions : nil)
        if isT0 {
            t0 = T0Exchange(parameters, patience: configuration.patience)
        } else {
            t1 = T1Reader(parameters, settings: configuration.t1)
        }
        events.append(.ready(parameters))
    }

    private mutating func again(_ error: TransmissionError) {
        (atr, pps) = (nil, nil)
        link.stop()
        events.append(resets < configuration.resets ? .resetWanted : .failed(error))
    }
}
