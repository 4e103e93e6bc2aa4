public import ISO7816

/// A reader on the I/O line, from the answer to reset to the last command: convention, PPS, and then T=0 or T=1
/// (ISO/IEC 7816-3, 6 to 11).
///
/// It does not drive the contacts: call `reset(at:)` when RST has gone high; ``Event/resetWanted`` requests a reset.
public struct InterfaceDevice: LineEnd, Sendable {
    /// The reader's capabilities, retries and timeouts.
    public struct Configuration: Sendable, Hashable {
        /// The protocols it supports, the preferred one first.
        public var protocols: [UInt8] = [1, 0]
        /// The clock in kilohertz, by which speeds are chosen.
        public var clockFrequency = 4_000
        /// Whether the speed of TA1 is requested.
        public var usesOfferedSpeed = true
        /// F/D of cards in the specific mode with implicit values instead of TA1's.
        public var implicitUnit: ElementaryTimeUnit?
        /// How often a character of T=0 is repeated; the standard sets no number.
        var repetitions = 3
        /// How often a reset is tried where the answer cannot be read.
        public var resets = 3
        /// Whether a wrong TCK is ignored in the last attempt: some cards in the field have one.
        var acceptsWrongCheck = true
        /// Maximum clock periods per TPDU of T=0, however many NULL bytes the card sends.
        public var timeout = 2_400_000_000
        /// PPS2, the use of the contact SPU, which is requested where the card indicates such a use (T=15, TB); nil for
        /// none. PPS3 is reserved for future use: it is never requested, and a response with it is refused.
        public var standardUse: UInt8?
        /// Its T=1 settings.
        public var t1 = T1Settings()

        public init() {}
    }

    /// What has occurred.
    public enum Event: Sendable {
        /// The card needs another reset: make RST low and high, then call `InterfaceDevice.reset(at:)`.
        case resetWanted
        /// Ready for commands.
        case ready(TransmissionParameters)
        /// A command has ended: APDUs in T=1, TPDUs in T=0.
        case exchanged(Result<[UInt8], TransmissionError>)
        /// The card cannot be used.
        case failed(TransmissionError)
    }

    /// The reader's configuration.
    public let configuration: Configuration
    /// The transmission parameters; nil until ready.
    public private(set) var parameters: TransmissionParameters?
    /// The answer to the last reset; nil until it was received.
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

    /// Dequeues the next event, oldest first.
    public mutating func dequeueEvent() -> Event? { events.isEmpty ? nil : events.removeFirst() }

    /// RST went high: the card answers.
    ///
    /// - Parameters:
    ///   - now: the time, in clock periods.
    ///   - isNew: false after ``Event/resetWanted``, so that attempts are counted.
    ///   - operatingClass: the card's supply; a card that indicates only other classes is not used (6.2.4). nil to
    ///     ignore the supply.
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

    /// The card was switched off, or removed.
    public mutating func deactivate() {
        (parameters, choice, atr, pps, t0, t1, events) = (nil, nil, nil, nil, nil, nil, [])
        link.stop()
    }

    /// Sends a command: an APDU in T=1, a TPDU in T=0. ``Event/exchanged(_:)`` reports the outcome.
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

    /// Aborts the current T=1 chain of a command or of its answer, by S(ABORT request) (11.6.2.3, rule 9);
    /// ``Event/exchanged(_:)`` reports the end. Does nothing where there is no chain.
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
            case .byte(let byte): deliver(byte, edge)
            case .unreadable: deliver(nil, edge)
            case .awaitsRepetition: break
            case .failed: deliver(nil, edge)
            }
        }
        pump(edge + character.unit.periods(10))
    }

    private mutating func deliver(_ byte: UInt8?, _ edge: Int) {
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

    /// Passes pending output from each part to the next.
    private mutating func pump(_ now: Int) {
        if let state = atr?.state { pump(state, now) }
        if let result = pps?.result { pump(result, now) }
        if let result = t0?.dequeueResult() { events.append(.exchanged(result)) }
        if let result = t1?.dequeueResult() { events.append(.exchanged(result)) }
        guard !link.isSending else { return }
        if pps?.hasOutgoing == true, let bytes = pps?.dequeueOutgoing() {
            link.send(bytes, at: now)
        } else if t0?.hasOutgoing == true, let bytes = t0?.dequeueOutgoing() {
            link.send(bytes, at: now)
        } else if t1?.hasOutgoing == true, let bytes = t1?.dequeueOutgoing() {
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
            // A card that does not grant PPS may still use its default protocol.
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
            t0 = T0Exchange(parameters, timeout: configuration.timeout)
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
