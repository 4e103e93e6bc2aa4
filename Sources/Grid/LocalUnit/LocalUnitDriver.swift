internal import Dispatch
public import ISO7816
public import PowerLine
internal import Synchronization
public import ValueProtocol

/// Runs a ``LocalUnit`` on its line: one thread, which waits for the line, for time, and for exchanges.
///
///     let driver = try LocalUnitDriver(unit, over: addresses, stations: file, element: transformer) { report in … }
///     async let end: Void = driver.run()
///     let outcome = await driver.carry(exchange)
///     driver.stop()
public final class LocalUnitDriver: Sendable {
    /// What its owner is told, on the line's thread.
    public enum Event: Sendable {
        case report(LocalUnit.Report)
        /// A carrier of the line is not there.
        case lineLost(LineError)
        /// All of them are there.
        case lineBack
        /// Stations cannot be written down: none is assigned until they can.
        case listNotKept(UnitError)
        /// Exchanges cannot be written down: no load is carried out until they can.
        case exchangesNotKept(UnitError)
    }

    fileprivate typealias Continuation = CheckedContinuation<ExchangeOutcome, Never>

    /// What other threads ask for.
    private struct Mailbox: Sendable {
        var exchanges: [(TrunkExchange, Continuation)] = []
        var cancelled: [ExchangeID] = []
        var listed: Set<PartyID>??
        var stops = false
        /// What is under way is ended within that time, and then the driver.
        var drains: Duration?
        /// Nobody serves any more.
        var hasEnded = false
    }

    /// What the line's thread takes out of it.
    fileprivate struct Mail {
        let exchanges: [(TrunkExchange, Continuation)]
        let cancelled: [ExchangeID]
        let listed: Set<PartyID>??
        let stops: Bool
        let drains: Duration?
    }

    private let mailbox = Mutex(Mailbox())
    private let waker: LineCarrier.Waker
    private let thread: LineThread
    /// Where the unit keeps loads and recoveries over a restart; nil if it keeps none.
    public let kept: ExchangeFile?

    /// - Parameters:
    ///   - configuration: of the unit.
    ///   - addresses: of its line's carriers, at least one; its timing is theirs.
    ///   - stations: where its list is written down.
    ///   - kept: where it keeps loads and recoveries over a restart, as does its trunk; nil for a unit that keeps none.
    ///   - clock: the time of day in seconds since 1970, for the epoch of a new list.
    ///   - element: the unit's own; it is used on the line's thread.
    ///   - report: called for each event.
    /// - Throws: `LineError` `.noResources`.
    public init(
        _ configuration: LocalUnit.Configuration, over addresses: [LineAddress], stations: sending StationListFile,
        kept: ExchangeFile? = nil, clock: UInt32, element: sending any LocalUnitElement,
        report: @escaping @Sendable (Event) -> Void
    ) throws(LineError) {
        let carrier = try LineCarrier(addresses)
        waker = carrier.waker
        self.kept = kept
        thread = LineThread(carrier, stations, kept, configuration, clock, element, report)
    }

    /// Serves the line until ``stop()``. Exchanges that are under way then end as *perhaps done*, others as *not sent*.
    public func run() async {
        await withCheckedContinuation { continuation in
            // A serial queue has its own thread while it blocks.
            DispatchQueue(label: "line of \(thread.eid)").async {
                self.thread.run {
                    self.mailbox.withLock { mailbox in
                        defer { mailbox = Mailbox() }
                        return Mail(
                            exchanges: mailbox.exchanges, cancelled: mailbox.cancelled, listed: mailbox.listed,
                            stops: mailbox.stops, drains: mailbox.drains)
                    }
                }
                // What came too late for the line has not been sent.
                let late = self.mailbox.withLock { mailbox in
                    mailbox.hasEnded = true
                    return mailbox.exchanges
                }
                for (_, exchange) in late { exchange.resume(returning: .notSent(.restarted)) }
                continuation.resume()
            }
        }
    }

    /// Ends ``run()``.
    public func stop() {
        mailbox.withLock { $0.stops = true }
        waker.wake()
    }

    /// Ends ``run()`` once what is under way has ended. What waits ends as not sent, and nothing else is taken.
    ///
    /// - Parameter limit: after this time, what is still under way ends as *perhaps done*.
    public func drain(for limit: Duration) {
        mailbox.withLock { $0.drains = limit }
        waker.wake()
    }

    /// Has an exchange carried out. A task that is cancelled takes it back where it still can.
    public func carry(_ exchange: TrunkExchange) async -> ExchangeOutcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isServed = mailbox.withLock { mailbox in
                    if !mailbox.hasEnded { mailbox.exchanges.append((exchange, continuation)) }
                    return !mailbox.hasEnded
                }
                guard isServed else { return continuation.resume(returning: .notSent(.restarted)) }
                waker.wake()
            }
        } onCancel: {
            mailbox.withLock { $0.cancelled.append(exchange.id) }
            waker.wake()
        }
    }

    /// The unit.
    public var eid: PartyID { thread.eid }

    /// How the unit is doing, as of at most a second ago.
    public struct Status: Sendable, Hashable {
        /// Exchanges that wait for the line.
        public var waiting = 0
        /// Exchanges that are under way.
        public var underWay = 0
        /// Meters that do not answer.
        public var quiet: [PartyID] = []
        /// Carriers of the line that are not there.
        public var lostCarriers = 0
    }

    public var status: Status { thread.status.withLock { $0 } }

    /// The meters that have a station.
    public var meters: [PartyID] { thread.meters.withLock { $0 } }

    /// Takes the host's list of the meters of this transformer; nil for none.
    public func setListed(_ listed: Set<PartyID>?) {
        mailbox.withLock { $0.listed = .some(listed) }
        waker.wake()
    }
}

/// A local unit's own element, and what it measures.
public protocol LocalUnitElement: IntegratedCircuitCard {
    /// Measures up to now; called at least every second.
    func measure()
    /// The line has ended: nothing more is measured.
    func end()
}

/// What the line's thread has.
private final class LineThread: @unchecked Sendable {
    let eid: PartyID
    let meters: Mutex<[PartyID]>
    let status = Mutex(LocalUnitDriver.Status())
    // Used on the line's thread alone.
    private let carrier: LineCarrier
    /// Open, and so locked, until the line ends.
    private var stations: StationListFile?
    private let kept: ExchangeFile?
    private let element: any LocalUnitElement
    private let report: @Sendable (LocalUnitDriver.Event) -> Void
    private var unit: LocalUnit
    private let begin = ContinuousClock.now
    private var waiting: [ExchangeID: CheckedContinuation<ExchangeOutcome, Never>] = [:]
    private var unwritten: [StationList.Change] = []
    private var writeAgain = ContinuousClock.now
    private var isLineWhole = false
    /// When the driver ends at the latest; nil while it goes on.
    private var drained: ContinuousClock.Instant?

    init(
        _ carrier: LineCarrier, _ stations: StationListFile, _ kept: ExchangeFile?,
        _ configuration: LocalUnit.Configuration, _ clock: UInt32, _ element: any LocalUnitElement,
        _ report: @escaping @Sendable (LocalUnitDriver.Event) -> Void
    ) {
        self.carrier = carrier
        self.stations = stations
        self.kept = kept
        self.element = element
        self.report = report
        eid = configuration.eid
        var configuration = configuration
        configuration.recordsBeginnings = kept != nil
        unit = LocalUnit(configuration, stations.list, clock: clock, at: .zero)
        meters = Mutex(unit.list.all)
    }

    private var now: Duration { ContinuousClock.now - begin }

    func run(_ mail: () -> LocalUnitDriver.Mail) {
        while true {
            let mail = mail()
            for (exchange, continuation) in mail.exchanges { accept(exchange, continuation) }
            for id in mail.cancelled { unit.cancel(id) }
            if let listed = mail.listed { unit.setListed(listed, at: now) }
            if let limit = mail.drains, drained == nil {
                drained = .now + limit
                unit.stop(at: now)
            }
            serve()
            let isDrained = drained.map { unit.isIdle || $0 <= .now } ?? false
            guard !mail.stops, !isDrained else { return end() }
            element.measure()
            let limit = min(ContinuousClock.now + .seconds(1), drained ?? .now + .seconds(1))
            switch carrier.wait(until: unit.wake.map { min(begin + $0, limit) } ?? limit) {
            case .bytes(let bytes): unit.receive(bytes, at: now)
            case .interrupted: unit.interrupted(at: now)
            case .woken: break
            case .time: unit.advance(to: now)
            }
            reportLine()
            let load = unit.load
            let status = LocalUnitDriver.Status(
                waiting: load.waiting, underWay: load.underWay, quiet: unit.quiet, lostCarriers: carrier.errors.count)
            self.status.withLock { $0 = status }
        }
    }

    private func accept(_ exchange: TrunkExchange, _ continuation: CheckedContinuation<ExchangeOutcome, Never>) {
        // The first one with this number may be carried out.
        guard waiting[exchange.id] == nil else { return continuation.resume(returning: .perhapsDone(.full)) }
        waiting[exchange.id] = continuation
        unit.accept(
            Exchange(
                exchange.id, with: exchange.meter, exchange.device, exchange.priority, until: now + exchange.timeLeft,
                command: exchange.command), at: now)
    }

    /// Everything that the unit wants now.
    private func serve() {
        unwritten += unit.dequeueChanges()
        write()
        recordBeginnings()
        while let own = unit.dequeueOwnCommand() {
            let response: [UInt8]
            do throws(CardError) { response = try element.process(own.command) } catch { response = [] }
            unit.answerOwn(own, response)
        }
        let output = unit.dequeueOutput()
        if !output.isEmpty, !carrier.send(output) { unit.interrupted(at: now) }
        for (id, outcome) in unit.dequeueOutcomes() { waiting.removeValue(forKey: id)?.resume(returning: outcome) }
        for event in unit.dequeueReports() { report(.report(event)) }
    }

    private func write() {
        guard !unwritten.isEmpty, .now >= writeAgain else { return }
        do throws(UnitError) {
            try stations?.append(unwritten)
            unwritten = []
            meters.withLock { $0 = unit.list.all }
            unit.changesRecorded(at: now)
        } catch {
            writeAgain = .now + .seconds(5)
            report(.listNotKept(error))
        }
    }

    /// What may be on the line is first written down.
    private func recordBeginnings() {
        while case let ids = unit.dequeueBeginnings(), !ids.isEmpty {
            do throws(UnitError) {
                try kept?.began(ids)
                unit.beginningsRecorded(ids, at: now)
            } catch {
                unit.beginningsNotRecorded(ids, at: now)
                report(.exchangesNotKept(error))
            }
        }
    }

    private func reportLine() {
        let errors = carrier.errors
        guard errors.isEmpty != isLineWhole else { return }
        isLineWhole = errors.isEmpty
        if isLineWhole { report(.lineBack) }
        for error in errors { report(.lineLost(error)) }
    }

    private func end() {
        for (id, continuation) in waiting {
            continuation.resume(returning: unit.isUnderWay(id) ? .perhapsDone(.restarted) : .notSent(.restarted))
        }
        waiting = [:]
        stations = nil
        element.end()
    }
}
