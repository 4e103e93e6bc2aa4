package import ValueProtocol

/// The upper end of the trunk to one unit: the engine, with who waits for what.
package actor UpperLink {
    package let unit: PartyID
    private var engine: TrunkUpper
    private let time: TrunkTime
    private var callers: [ExchangeID: CheckedContinuation<ExchangeOutcome, Never>] = [:]
    private var session: TrunkSession?
    private var alarm = TrunkAlarm()
    private var hasEnded = false

    package init(to unit: PartyID, process: UInt64, limits: TrunkLimits, time: TrunkTime) {
        self.unit = unit
        self.time = time
        engine = TrunkUpper(process: process, limits: limits)
    }

    package var isConnected: Bool { engine.isOpen }
    /// Exchanges that have not ended.
    package var count: Int { engine.count }

    /// Nobody serves any more: whoever waits is told so.
    package func end() {
        hasEnded = true
        engine.end()
        settle()
    }

    // MARK: Who asks

    /// Carries an exchange out. A task that is cancelled takes it back where it still can.
    package func exchange(_ exchange: TrunkExchange) async -> ExchangeOutcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { start(exchange, $0) }
        } onCancel: {
            Task { await self.cancel(exchange.id) }
        }
    }

    private func start(_ exchange: TrunkExchange, _ caller: CheckedContinuation<ExchangeOutcome, Never>) {
        // An id that is in use is the same exchange, whose outcome another caller gets.
        guard callers[exchange.id] == nil else { return caller.resume(returning: .perhapsDone(.cancelled)) }
        guard !hasEnded else { return caller.resume(returning: .notSent(.disconnected)) }
        callers[exchange.id] = caller
        let now = time.now()
        engine.exchange(
            Exchange(
                exchange.id, with: exchange.meter, exchange.device, exchange.priority,
                until: now + min(exchange.timeLeft, .seconds(1 << 22)), command: exchange.command),
            at: now)
        settle()
    }

    private func cancel(_ id: ExchangeID) {
        engine.cancel(id, at: time.now())
        settle()
    }

    // MARK: The connection

    /// The unit has connected, in place of the connection before.
    package func open() -> TrunkSession {
        session?.end(isReplaced: true)
        let session = TrunkSession()
        self.session = session
        engine.connected(at: time.now())
        settle()
        return session
    }

    package func close(_ session: TrunkSession) {
        session.end()
        guard self.session === session else { return }
        self.session = nil
        engine.disconnected(at: time.now())
        settle()
    }

    /// - Returns: what the unit has reported; with its age as its time.
    /// - Throws: `TrunkError` where the session has to end.
    package func receive(_ message: TrunkMessage, _ session: TrunkSession) throws(TrunkError) -> [UnitReport] {
        guard self.session === session else { throw TrunkError(.replaced, "\(unit)") }
        try engine.receive(message, at: time.now())
        settle()
        let now = time.now()
        return engine.dequeueReports().map { $0.at(now - $0.time) }
    }

    /// The next message to send in this session.
    package func next(_ session: TrunkSession) -> TrunkMessage? {
        guard self.session === session else { return nil }
        let message = engine.dequeueMessage(at: time.now())
        finishCallers()
        setAlarm()
        return message
    }

    private func settle() {
        finishCallers()
        session?.wake()
        setAlarm()
    }

    private func finishCallers() {
        for answer in engine.dequeueOutcomes() {
            callers.removeValue(forKey: answer.id)?.resume(returning: answer.outcome)
        }
    }

    private func setAlarm() { alarm.set(engine.wake, time) { [weak self] in await self?.ring() } }

    private func ring() {
        alarm.clear()
        engine.advance(to: time.now())
        settle()
    }
}
