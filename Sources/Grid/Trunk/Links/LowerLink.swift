package import ValueProtocol

/// The lower end of a trunk: the engine, with what its owner works on.
package actor LowerLink {
    private var engine: TrunkLower
    private let time: TrunkTime
    private let limit: Int
    private let serve: @Sendable (TrunkExchange) async -> ExchangeOutcome
    private let upperChanged: @Sendable () -> Void
    private let store: (any TrunkStore)?
    private let notKept: @Sendable (UnitError) -> Void
    private var isWriting = false
    private var writeAgain = Duration.zero
    private var running: [ExchangeID: Task<Void, Never>] = [:]
    private var session: TrunkSession?
    private var alarm = TrunkAlarm()

    /// - Parameters:
    ///   - limit: the most exchanges that `serve` works on at a time.
    ///   - store: where it keeps loads and recoveries; nil for one that keeps none.
    ///   - notKept: called where it cannot be.
    ///   - upperChanged: called when another process of the upper side has said hello.
    ///   - serve: carries one exchange out; its task is cancelled where the upper side takes it back.
    package init(
        process: UInt64, limits: TrunkLimits, limit: Int, time: TrunkTime, store: (any TrunkStore)? = nil,
        notKept: @escaping @Sendable (UnitError) -> Void = { _ in },
        upperChanged: @escaping @Sendable () -> Void,
        serve: @escaping @Sendable (TrunkExchange) async -> ExchangeOutcome
    ) {
        engine = TrunkLower(process: process, limits: limits, kept: store?.queue)
        self.store = store
        self.notKept = notKept
        self.time = time
        self.limit = limit
        self.serve = serve
        self.upperChanged = upperChanged
    }

    package var isOpen: Bool { engine.isOpen }
    /// Exchanges whose answers the upper side awaits, or has not acknowledged.
    package var awaitedCount: Int { engine.awaitedCount }

    /// Waits until the upper side has every answer; not if there is no connection, and no longer than `limit`.
    package func drained(within limit: Duration) async {
        let end = time.now() + limit
        while engine.awaitedCount > 0, session != nil, time.now() < end {
            do {
                try await time.sleep(.milliseconds(10))
            } catch {
                // Cancelled: nobody waits any more.
                return
            }
        }
    }

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
        write()
        session?.wake()
        setAlarm()
    }

    /// Writes down what is to be kept, in batches: what comes meanwhile is in the next.
    private func write() {
        guard let store, !isWriting, time.now() >= writeAgain else { return }
        let records = engine.dequeueRecords()
        guard !records.isEmpty else { return }
        isWriting = true
        Task {
            let result: Result<Void, UnitError>
            do throws(UnitError) {
                result = .success(try await store.append(records))
            } catch {
                result = .failure(error)
            }
            self.written(records, result)
        }
    }

    private func written(_ records: [TrunkRecord], _ result: Result<Void, UnitError>) {
        isWriting = false
        switch result {
        case .success: engine.recorded(at: time.now())
        case .failure(let error):
            engine.notRecorded(at: time.now())
            notKept(error)
            // What is not refused waits for the file; what is to be accepted is refused at once.
            if !records.contains(where: { if case .accepted = $0 { true } else { false } }) {
                writeAgain = time.now() + .seconds(1)
            }
        }
        settle()
    }

    private func finish(_ id: ExchangeID, _ outcome: ExchangeOutcome) {
        running[id] = nil
        engine.finish(id, outcome)
        settle()
    }

    private func setAlarm() {
        var due = engine.wake
        if store != nil, !isWriting, engine.hasRecords { due = min(due ?? writeAgain, writeAgain) }
        alarm.set(due, time) { [weak self] in await self?.ring() }
    }

    private func ring() {
        alarm.clear()
        engine.advance(to: time.now())
        settle()
    }
}
