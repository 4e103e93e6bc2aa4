import Diagnostics
public import ISO7816

/// A reader of asynchronous cards at a ``ContactPort``: activation, answer to reset, and every command character by
/// character over T=0 or T=1, in simulated time.
///
/// This is the slot of a meter. The same card answers over it as over PC/SC and in process. A card that is taken out,
/// whenever it is, ends an exchange with `.cardRemoved`; ``reset(_:)`` begins with the next.
public final class ContactSlot: CardChannel {
    /// How slot and card go together.
    public struct Configuration: Sendable {
        /// The reader's end: protocols, clock, speeds, patience.
        public var reader = InterfaceDevice.Configuration()
        /// The classes that the reader can supply, in the order in which they are tried: the lowest first, as the standard
        /// wants it.
        public var classes: [OperatingClass] = [.c, .b, .a]
        /// Of the card, where the slot is made with one: its end, which commands it takes by ENVELOPE over T=0, and an
        /// answer to reset in the place of its own.
        public var card = CardTransceiver.Configuration()
        public var envelopes = EnvelopeForm.commandsThatNeedIt
        public var answerToReset: [UInt8]?

        public init() {}
    }

    /// The contacts.
    public let port: ContactPort
    /// What the slot is called in errors.
    public var name: String { port.name }
    let configuration: Configuration
    var line: CharacterLine<InterfaceDevice, PortLineEnd>
    private var isUsable = false
    /// Which card it was that was reset.
    private var insertion = 0
    private var stoppedAt: Level?

    /// Resets the card that is in the port, and agrees with it on supply, protocol and speed.
    ///
    /// - Throws: `CardError` `.noCard`; `.cardUnresponsive` where the card does not answer to reset or its answer cannot
    ///   be read; `.protocolMismatch` where there is no protocol in common; `.cardRemoved`; `.unsupported` where there is
    ///   no class in common.
    public init(_ port: ContactPort, configuration: Configuration = Configuration()) throws(CardError) {
        self.port = port
        self.configuration = configuration
        line = CharacterLine(reader: InterfaceDevice(configuration.reader), card: PortLineEnd(port: port))
        try reset(.cold)
    }

    /// Puts `card` into a port of its own, and resets it.
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

    /// How card and reader speak; nil before a successful reset.
    public var parameters: TransmissionParameters? { line.reader.parameters }

    /// What the card answered to the last reset.
    public var answerToReset: AnswerToReset? { line.reader.answerToReset }

    /// The supply that the card has; nil while it has none.
    public var operatingClass: OperatingClass? { port.levels.supply }

    /// Clock periods that have passed in the slot.
    public var clockPeriods: Int { port.clockPeriods }

    /// How many characters went over the line, in either direction.
    public var characters: (toCard: Int, toReader: Int) { (line.sent.reader, line.sent.card) }

    /// What becomes of characters on their way; nil for a line without faults.
    public var disturbance: ((LineTransit) -> [LineTransit])? {
        get { line.disturbance }
        set { line.disturbance = newValue }
    }

    /// Resets the card, reads its answer, and agrees on protocol and speed anew.
    ///
    /// - Parameter kind: a warm reset leaves the supply on; it is a cold one where the contacts have none, or where
    ///   another card is in.
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

    /// Class selection (6.2.4): the lowest class first; a card that is mute gets the next, one that names others one of
    /// those; a card that answers and names none keeps the class.
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

    /// One reset, or as many as the reader wants, in one class.
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

    /// Switches the contacts off, in their order. ``reset(_:)`` brings the card back.
    public func deactivate() {
        isUsable = false
        stoppedAt = nil
        line.reader.deactivate()
        line.clear()
        // Only a card that is out refuses, and its contacts are off.
        do throws(CardError) { try port.deactivate() } catch { return }
    }

    /// Stops the clock, at the level that the card prefers, where it can stand it (X of its class indicator's byte).
    /// The next command, or ``resumeClock()``, lets it run again.
    ///
    /// - Throws: `CardError` `.unsupported` where the card cannot stand it, `.cardUnresponsive`, `.cardRemoved`.
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

    /// Lets the clock run again, and waits as long as the card needs.
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

/// Commands.
extension ContactSlot {
    /// That of the parameters agreed on; `.t1` before a successful reset.
    public var transmissionProtocol: TransmissionProtocol { parameters?.protocolNumber == 0 ? .t0 : .t1 }

    /// Sends `command` as it is and gives the card's answer: over T=0 a TPDU, and `61xx` and `6Cxx` as they come.
    ///
    /// `EnvelopeChannel(GetResponseChannel(slot))` carries every APDU over either protocol.
    ///
    /// - Throws: `CardError` with code `.cardUnresponsive` where no answer came, `.communication` where it was lost,
    ///   its cause then a `TransmissionError`; `.cardRemoved` where the card went out meanwhile.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try checkUsable()
        try resumeClock()
        catchUp()
        line.reader.exchange(command.bytes, at: line.now)
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

    /// Runs the line until the reader has something to say. The port's clock runs with it.
    private func event() throws(CardError) -> InterfaceDevice.Event {
        while true {
            guard insertion == port.insertions, port.isCardPresent else {
                isUsable = false
                line.reader.deactivate()
                line.clear()
                throw CardError(.cardRemoved, subject: name)
            }
            if let event = line.reader.takeEvent() { return event }
            guard line.step() else { throw CardError(.cardUnresponsive, subject: name) }
            port.run(periods: line.now - port.clockPeriods)
        }
    }

    /// Brings the line to the port's time: others may have let the clock run.
    private func catchUp() {
        if port.clockPeriods > line.now { line.pass(port.clockPeriods - line.now) }
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
            case .patience: .deadlineExceeded
            default: .cardUnresponsive
            }
        return CardError(code, subject: name, cause: error)
    }
}

extension ContactPort {
    /// Lets a clock run that was stopped.
    func startClockAgain(_ kilohertz: Int) {
        if levels.clockFrequency == nil { startClock(kilohertz: kilohertz) }
    }
}
