package import ValueProtocol

/// The lower end of a trunk: the engine, with what its owner works on.
package actor LowerLink {
    private var engine: TrunkLower
    private let time: TrunkTime
    private let limit: Int
    private let serve: @Sendable (TrunkExchange) async -> ExchangeOutcome
    private let upperChanged: @Sendable () -> Void
    private var running: [ExchangeID: Task<Void, Never>] = [:]
    private var session: TrunkSession?
    private var alarm = TrunkAlarm()

    /// - Parameters:
    ///   - limit: the most exchanges that `serve` works on at a time.
    ///   - upperChanged: called when another process of the upper side has said hello.
    ///   - serve: carries one exchange out; its task is cancelled where the upper side takes it back.
    package init(
        process: UInt64, limits: TrunkLimits, limit: Int, time: TrunkTime, upperChanged: @escaping @Sendable () -> Void,
        serve: @escaping @Sendable (TrunkExchange) async -> ExchangeOutcome
    ) {
        engine = TrunkLower(process: process, limits: limits)
        self.time = time
        self.limit = limit
        self.serve = serve
        self.upperChanged = upperChanged
    }

    package var isOpen: Bool { engine.isOpen }

    package func report(_ content: UnitReport.Content, from unit: PartyID) {
        engine.report(UnitReport(from: unit, at: time.now(), content))
        settle()
    }

    /// One that another unit has reported, with its age.
    package func relay(_ report: UnitReport) {
        engine.report(UnitReport(from: report.unit, at: time.now() - report.time, report.content))
        settle()
    }

    // MARK: The connection

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

    /// - Throws: `TrunkError` where the session has to end.
    package func receive(_ message: TrunkMessage, _ session: TrunkSession) throws(TrunkError) {
        guard self.session === session else { throw TrunkError(.replaced, message.name) }
        // What came before a fault in a message counts.
        defer { settle() }
        try engine.receive(message, at: time.now())
    }

    /// The next message to send in this session.
    package func next(_ session: TrunkSession) -> TrunkMessage? {
        guard self.session === session else { return nil }
        let message = engine.dequeueMessage(at: time.now())
        setAlarm()
        return message
    }

    // MARK: The owner

    private func settle() {
        for event in engine.dequeueEvents() {
            switch event {
            case .newUpper: upperChanged()
            case .cancelled(let id): running[id]?.cancel()
            }
        }
        let now = time.now()
        while running.count < limit, let exchange = engine.next(at: now) {
            let handed = TrunkExchange(
                exchange.id, with: exchange.meter, exchange.device, exchange.priority,
                timeLeft: exchange.deadline - now, command: exchange.command)
            running[exchange.id] = Task { [serve] in
                let outcome = await serve(handed)
                self.finish(handed.id, outcome)
            }
        }
        session?.wake()
        setAlarm()
    }

    private func finish(_ id: ExchangeID, _ outcome: ExchangeOutcome) {
        running[id] = nil
        engine.finish(id, outcome)
        settle()
    }

    private func setAlarm() { alarm.set(engine.wake, time) { [weak self] in await self?.ring() } }

    private func ring() {
        alarm.clear()
        engine.advance(to: time.now())
        settle()
    }
}
