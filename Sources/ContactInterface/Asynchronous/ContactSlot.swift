import Diagnostics
public import ISO7816

/// A reader of asynchronous cards at a ``ContactPort``: activation, answer to reset, and every command character by
/// character over T=0 or T=1, in simulated time.
///
/// This is a meter's card slot. The same card gives the same answers over it as over PC/SC and in process. If the card
/// is removed, at any time, an exchange ends with `.cardRemoved`; ``reset(_:)`` starts with the next card.
public final class ContactSlot: CardChannel {
    /// Configuration of the slot, and of the card.
    public struct Configuration: Sendable {
        /// The reader: protocols, clock, speeds, timeout.
        public var reader = InterfaceDevice.Configuration()
        /// The classes that the reader can supply, in the order in which they are tried: the lowest first, as the
        /// standard requires.
        public var classes: [OperatingClass] = [.c, .b, .a]
        /// The card, where the slot is created with one: its transceiver, which commands it accepts by ENVELOPE over
        /// T=0, and an answer to reset instead of its own.
        public var card = CardTransceiver.Configuration()
        public var envelopes = EnvelopeForm.commandsThatNeedIt
        public var answerToReset: [UInt8]?

        public init() {}
    }

    /// The contacts.
    public let port: ContactPort
    /// The slot's name in errors.
    public var name: String { port.name }
    let configuration: Configuration
    var line: CharacterLine<InterfaceDevice, PortLineEnd>
    private var isUsable = false
    /// Which insertion was reset last.
    private var insertion = 0
    private var stoppedAt: Level?

    /// Resets the card in the port and negotiates supply, protocol and speed.
    ///
    /// - Throws: `CardError` `.noCard`; `.cardUnresponsive` where the card does not answer to reset or its answer is
    ///   invalid; `.protocolMismatch` where they have no common protocol; `.cardRemoved`; `.unsupported` where they
    ///   have no common class.
    public init(_ port: ContactPort, configuration: Configuration = Configuration()) throws(CardError) {
        self.port = port
        self.configuration = configuration
        line = CharacterLine(reader: InterfaceDevice(configuration.reader), card: PortLineEnd(port: port))
        try reset(.cold)
    }

    /// Inserts `card` into a new port, and resets it.
    ///
    /// - Throws: `CardError` as ``init(_:configuration:)``.
    public convenience init(
        _ card: any IntegratedCircuitCard, configuration: Configuration = Configuration(), name: String = "contact port"
    ) throws(CardError) {
        var behaviour = AsynchronousCard.Configuration()
        behaviour.end = configuration.card
        behaviour.envelopes = configuration.envelopes
        behaviour.answerToReset = configuration.answerToReset
        let port = ContactPort(name: name)
        port.insert(try AsynchronousCard(card, configuration: behaviour))
        try self.init(port, configuration: configuration)
    }

    /// The transmission parameters; nil before a successful reset.
    public var parameters: TransmissionParameters? { line.reader.parameters }

    /// The answer to the last reset.
    public var answerToReset: AnswerToReset? { line.reader.answerToReset }

    /// The card's supply; nil while it is off.
    public var operatingClass: OperatingClass? { port.levels.supply }

    /// Clock periods that have passed in the slot.
    public var clockPeriods: Int { port.clockPeriods }

    /// How many characters were transmitted in each direction.
    public var characters: (toCard: Int, toReader: Int) { (line.sent.reader, line.sent.card) }

    /// What happens to characters on the line; nil for a line without faults.
    public var disturbance: ((LineTransit) -> [LineTransit])? {
        get { line.disturbance }
        set { line.disturbance = newValue }
    }

    /// Resets the card, reads its answer, and negotiates protocol and speed again.
    ///
    /// - Parameter kind: a warm reset leaves the supply on; it becomes a cold one where the contacts have no power, or
    ///   where another card was inserted.
    /// - Throws: `CardError` as the initializer.
    public func reset(_ kind: ResetKind = .warm) throws(CardError) {
        isUsable = false
        stoppedAt = nil
        guard port.isCardPresent else { throw CardError(.noCard, subject: name) }
        let isWarm = kind == .warm && port.levels.isPowered && insertion == port.insertions
        insertion = port.insertions
        if isWarm {
            port.startClockAgain(configuration.reader.clockFrequency)
            try answer(in: port.levels.supply ?? .a, isNew: true, isWarm: true)
        } else {
            try selectClass()
        }
        isUsable = true
    }

    /// Class selection (6.2.4): the lowest class first; if the card is mute, the next; if it indicates others, one of
    /// those; if it answers and indicates none, the class is kept.
    private func selectClass() throws(CardError) {
        var left = configuration.classes
        var last = CardError(.unsupported, subject: name, cause: Circumstance("no class of supply is allowed"))
        while let supply = left.first {
            left.removeFirst()
            do throws(CardError) {
                return try answer(in: supply, isNew: true, isWarm: false)
            } catch {
                last = error
                guard let cause = error.cause as? TransmissionError else { throw error }
                if cause.code == .operatingClass, let named = answerToReset?.classIndicator {
                    left = left.filter { !named.isDisjoint(with: $0.indicator) }
                } else if cause.code != .mute {
                    throw error
                }
            }
        }
        try off()
        throw last
    }

    /// One reset, or as many as the reader requests, in one class.
    private func answer(in supply: OperatingClass, isNew: Bool, isWarm: Bool) throws(CardError) {
        try applyReset(in: supply, isNew: isNew, isWarm: isWarm)
        while true {
            switch try event() {
            case .resetWanted: try applyReset(in: supply, isNew: false, isWarm: false)
            case .ready: return
            case .failed(let error):
                throw cardError(error)
            case .exchanged: break
            }
        }
    }

    private func applyReset(in supply: OperatingClass, isNew: Bool, isWarm: Bool) throws(CardError) {
        line.clear()
        line.reader.deactivate()
        if !isWarm {
            try off()
            port.align(periods: line.now)
            port.wait(nanoseconds: ContactPort.pause)
            try port.activate(supply, clock: configuration.reader.clockFrequency)
        }
        try port.pulseReset()
        guard insertion == port.insertions, port.isCardPresent else { throw CardError(.cardRemoved, subject: name) }
        catchUp()
        line.reader.reset(at: line.now, isNew: isNew, operatingClass: supply.indicator)
    }

    private func off() throws(CardError) {
        line.clear()
        try port.deactivate()
    }

    /// Deactivates the contacts in order. ``reset(_:)`` activates them again.
    public func deactivate() {
        isUsable = false
        stoppedAt = nil
        line.reader.deactivate()
        line.clear()
        // This fails only without a card, whose contacts are off already.
        do throws(CardError) { try port.deactivate() } catch { return }
    }

    /// Stops the clock, at the level that the card prefers, where it supports that (X in its class indicator's byte).
    /// The next command, or ``resumeClock()``, starts it again.
    ///
    /// - Throws: `CardError` `.unsupported` where the card does not support it, `.cardUnresponsive`, `.cardRemoved`.
    public func stopClock() throws(CardError) {
        try checkUsable()
        guard stoppedAt == nil else { return }
        let level: Level
        switch answerToReset?.clockStop ?? .notSupported {
        case .notSupported:
            throw CardError(
                .unsupported, subject: name,
                cause: Circumstance("by its answer to reset the card's clock must not stop"))
        case .low, .either: level = .low
        case .high: level = .high
        }
        advance(ContactPort.stillPeriods + ElementaryTimeUnit.initial.periods(12))
        try port.drive(.clk, level)
        stoppedAt = level
    }

    /// Starts the clock again, and waits as long as the card needs.
    ///
    /// - Throws: `CardError` `.cardUnresponsive`, `.cardRemoved`.
    public func resumeClock() throws(CardError) {
        try checkUsable()
        guard stoppedAt != nil else { return }
        stoppedAt = nil
        port.startClock(kilohertz: configuration.reader.clockFrequency)
        advance(ContactPort.resumptionPeriods)
    }

    private func checkUsable() throws(CardError) {
        if insertion != port.insertions || !port.isCardPresent {
            isUsable = false
            throw CardError(port.isCardPresent ? .cardRemoved : .noCard, subject: name)
        }
        guard isUsable, port.levels.isPowered else {
            throw CardError(.cardUnresponsive, subject: name, cause: Circumstance("it needs a reset"))
        }
    }
}

/// Transmission.
extension ContactSlot {
    /// That of the negotiated parameters; `.t1` before a successful reset.
    public var transmissionProtocol: TransmissionProtocol { parameters?.protocolNumber == 0 ? .t0 : .t1 }

    /// Sends `command` as it is and returns the card's answer: over T=0 a TPDU, with `61xx` and `6Cxx` passed through.
    ///
    /// `EnvelopeChannel(GetResponseChannel(slot))` carries every APDU over either protocol.
    ///
    /// - Throws: `CardError` with code `.cardUnresponsive` where no answer came, `.communication` where it was lost,
    ///   its cause then a `TransmissionError`; `.cardRemoved` where the card was removed meanwhile.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try checkUsable()
        try resumeClock()
        catchUp()
        line.reader.exchange(command.bytes, at: line.now)
        guard case .exchanged(let result) = try event() else { throw CardError(.communication, subject: name) }
        do throws(TransmissionError) {
            return try response(try result.get())
        } catch {
            // T=0 has no way to resynchronize.
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

    /// Runs the line, and the port's clock, until the reader has an event.
    private func event() throws(CardError) -> InterfaceDevice.Event {
        while true {
            guard insertion == port.insertions, port.isCardPresent else {
                isUsable = false
                line.reader.deactivate()
                line.clear()
                throw CardError(.cardRemoved, subject: name)
            }
            if let event = line.reader.dequeueEvent() { return event }
            guard line.step() else { throw CardError(.cardUnresponsive, subject: name) }
            port.run(periods: line.now - port.clockPeriods)
        }
    }

    /// Advances the line to the port's time, since others may have let the clock run.
    private func catchUp() {
        if port.clockPeriods > line.now { line.advance(by: port.clockPeriods - line.now) }
    }

    private func advance(_ periods: Int) {
        port.run(periods: periods)
        catchUp()
    }

    private func cardError(_ error: TransmissionError) -> CardError {
        let code: CardError.Code =
            switch error.code {
            case .noCommonProtocol: .protocolMismatch
            case .command, .aborted, .operatingClass, .nodeAddress: .unsupported
            case .resynchronized, .protocolViolation: .communication
            case .timeout: .deadlineExceeded
            default: .cardUnresponsive
            }
        return CardError(code, subject: name, cause: error)
    }
}

extension ContactPort {
    /// Starts a stopped clock.
    func startClockAgain(_ kilohertz: Int) {
        if levels.clockFrequency == nil { startClock(kilohertz: kilohertz) }
    }
}
