public import PowerLine
public import ValueProtocol

/// A local unit: the primary station of a line with up to 256 meters, as an engine.
///
/// It finds meters and gives them stations, carries exchanges to them in the order of their priority, and notices who is quiet.
/// It has no clock, line, file or trunk: times are passed in as durations since any fixed moment, and what it wants is
/// dequeued after every call, in this order: ``dequeueChanges()`` to be written down, then confirmed with
/// ``changesRecorded(at:)``; ``dequeueBeginnings()`` likewise, if it is set up so; ``dequeueOutput()`` for the line; ``dequeueOutcomes()`` and ``dequeueReports()`` for the trunk;
/// ``dequeueOwnCommand()`` for the unit's own element.
///
/// It has no keys: what it carries is sealed for others.
public struct LocalUnit: Sendable {
    /// What a unit is set up with.
    public struct Configuration: Sendable {
        public let eid: PartyID
        public var timing: HDLCTiming
        public var offered = HDLCParameters.offered
        public var limits = HDLCConnection.Limits()
        /// The meters of its transformer; nil where the host has given no list: then every meter is taken.
        public var listed: Set<PartyID>?
        /// How many meters are expected, where there is no list.
        public var expected = 16
        /// How often it asks whether there are meters without a station.
        public var discoveryInterval = Duration.seconds(15 * 60)
        /// How often the quality of each line that is used is reported.
        public var qualityInterval = Duration.seconds(15 * 60)
        /// How long the line waits while a host thinks about its load's next command.
        public var thinkingLimit = Duration.milliseconds(300)
        /// The most exchanges that wait.
        public var maxWaiting = 1_024
        /// How many exchanges may be under way: those that pause let others have the line.
        public var maxRunning = 16
        /// Whether the beginning of a load or a recovery is written down before its command is sent; see
        /// ``LocalUnit/dequeueBeginnings()``.
        public var recordsBeginnings = false

        public init(_ eid: PartyID, _ timing: HDLCTiming) {
            self.eid = eid
            self.timing = timing
        }
    }

    struct LinkID: Sendable, Hashable {
        let meter: PartyID
        let device: Exchange.Device
    }

    /// A connection to a device of a meter, and what is under way on it.
    struct Link: Sendable {
        var connection: HDLCConnection
        var exchange: Exchange?
        var attempts = 0
        /// Of the connection's repeats, those that are counted.
        var repeats = 0
        var isRunning: Bool { connection.isBusy }
    }

    struct Meter: Sendable {
        var quality = Quality()
        var lastServed = Duration.zero
        var limit = SessionLimit()
        /// What was reported of its line last, and when.
        var reported: (quality: Quality, time: Duration)?
    }

    public private(set) var configuration: Configuration
    /// The meters that have a station.
    public internal(set) var list: StationList
    var random: LineRandom
    /// Whether it takes nothing any more.
    private(set) var isStopping = false
    /// What the unit's clock shows at zero, in seconds since 1970.
    private let clock: UInt32
    /// When the unit began: what happened before it has not heard.
    let began: Duration

    // The line.
    var reader: HDLCFrameReader
    /// When the last byte that was dequeued has left.
    var lineFree = Duration.zero
    /// To when the time was advanced.
    private var advanced: Duration
    /// Whose answer is awaited.
    private var holder: LinkID?
    /// Connections, idle or not.
    var links: [LinkID: Link] = [:]
    /// Those under way, in the order in which they began.
    var running: [LinkID] = []
    var meters: [PartyID: Meter] = [:]

    // The work.
    var queue = LineQueue()
    /// Exchanges of before a restart.
    private var restored: Set<ExchangeID> = []
    /// Loads and recoveries that are next: to be written down, being so, and done so.
    var beginnings: [ExchangeID] = []
    var beginningsUnderWay: Set<ExchangeID> = []
    var begun: Set<ExchangeID> = []
    /// Those of them for the unit's own element.
    var ownWaiting: [ExchangeID: Exchange] = [:]
    /// A load's host is thinking: the line waits for its next command.
    var thinking: (meter: PartyID, until: Duration)?
    var discovery: Discovery?
    var nextDiscovery: Duration
    /// Stations that are given once that is written down.
    var unrecorded: [StationMessage.Grant] = []
    var grants: [StationMessage.Grant] = []
    /// Meters that were assigned a station and have not proved it.
    var unproven: [PartyID] = []
    /// Those that did not answer then: they are asked again in the next round, since they answer no DISCOVER any more.
    var unanswered: [PartyID] = []
    var otherClients: Set<UInt8> = []
    /// Meters that were given no station, as reported: they answer in every round.
    var refused: Set<PartyID> = []
    /// When another unit last made this one begin a new list.
    var lastYield: Duration?
    /// Whether it was reported since then that this goes on.
    var isImpersonated = false

    // What is dequeued.
    var changes: [StationList.Change] = []
    var areChangesPending = false
    private var output: [UInt8] = []
    private var outcomes: [(id: ExchangeID, outcome: ExchangeOutcome)] = []
    private var reports: [Report] = []
    var ownCommands: [Exchange] = []

    /// - Parameters:
    ///   - configuration: of the unit.
    ///   - list: its list as it was written down; nil if that was lost, or there never was one.
    ///   - clock: the unit's clock, in seconds since 1970.
    ///   - now: that time, on the scale of all other times.
    ///   - random: of its address on the line.
    public init(
        _ configuration: Configuration, _ list: StationList?, clock: UInt32, at now: Duration,
        random: LineRandom = LineRandom()
    ) {
        self.configuration = configuration
        self.random = random
        self.clock = clock &- UInt32(truncatingIfNeeded: now.components.seconds)
        reader = HDLCFrameReader(for: configuration.offered)
        nextDiscovery = now
        began = now
        // Nothing of this moment was done yet.
        advanced = now - .nanoseconds(1)
        if let list {
            self.list = list
        } else {
            self.list = StationList(epoch: clock, client: 0)
            beginList(at: now)
        }
    }

    // MARK: What it is told

    /// Takes an exchange to be carried out until its deadline.
    ///
    /// - Parameters:
    ///   - exchange: with a deadline on this unit's scale of time.
    ///   - wasAccepted: whether the unit had taken it before a restart: its command may have been sent.
    ///   - now: the time.
    public mutating func accept(_ exchange: Exchange, wasAccepted: Bool = false, at now: Duration) {
        if isStopping {
            outcomes.append((exchange.id, wasAccepted ? .perhapsDone(.restarted) : .notSent(.restarted)))
        } else if exchange.meter == configuration.eid {
            if mayBegin(exchange) { ownCommands.append(exchange) } else { ownWaiting[exchange.id] = exchange }
        } else if queue.count >= configuration.maxWaiting {
            outcomes.append((exchange.id, .notSent(.full)))
        } else {
            if wasAccepted { restored.insert(exchange.id) }
            queue.append(exchange)
        }
        advance(to: now)
    }

    /// The host does not want an exchange any more. One that is under way goes on.
    public mutating func cancel(_ id: ExchangeID) {
        if let exchange = queue.remove(id) { end(exchange, .notSent(.cancelled)) }
    }

    /// Ends its work: what waits ends as not sent, what is under way goes on, and nothing else is taken; see ``isIdle``.
    public mutating func stop(at now: Duration) {
        isStopping = true
        for exchange in queue.removeAll() + ownWaiting.values { end(exchange, .notSent(.restarted)) }
        ownWaiting = [:]
        advance(to: now)
    }

    /// The host's list of the meters of this transformer; nil for none.
    public mutating func setListed(_ listed: Set<PartyID>?, at now: Duration) {
        configuration.listed = listed
        refused = []
        nextDiscovery = min(nextDiscovery, now)
    }

    /// Feeds bytes from the line.
    public mutating func receive(_ bytes: [UInt8], at now: Duration) {
        if let holder { links[holder]?.connection.heard(at: now) }
        discovery?.heard(at: now)
        for frame in reader.feed(bytes) { receive(frame, at: now) }
        advance(to: now)
    }

    /// Bytes are coming in until then, which are passed on together; for simulations.
    package mutating func hears(until end: Duration) { if let holder { links[holder]?.connection.heard(at: end) } }

    /// The carrier was interrupted: what was on its way is lost.
    public mutating func interrupted(at now: Duration) {
        resetReader()
        output = []
        if let holder { links[holder]?.connection.interrupted(at: now) }
        advance(to: now)
    }

    /// Everything from ``dequeueChanges()`` is written down.
    public mutating func changesRecorded(at now: Duration) {
        guard areChangesPending, changes.isEmpty else { return }
        areChangesPending = false
        grants += unrecorded
        unrecorded = []
        advance(to: now)
    }

    /// The unit's own element has answered.
    public mutating func answerOwn(_ exchange: Exchange, _ response: [UInt8]) {
        outcomes.append((exchange.id, .answered(response)))
    }

    // MARK: What it wants

    /// Dequeues changes of the list, to be written down before ``changesRecorded(at:)``.
    public mutating func dequeueChanges() -> [StationList.Change] {
        defer { changes = [] }
        return changes
    }

    /// Dequeues the bytes to send now.
    public mutating func dequeueOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// Dequeues what became of exchanges.
    public mutating func dequeueOutcomes() -> [(id: ExchangeID, outcome: ExchangeOutcome)] {
        defer { outcomes = [] }
        return outcomes
    }

    /// Dequeues what happened on the line.
    public mutating func dequeueReports() -> [Report] {
        defer { reports = [] }
        return reports
    }

    /// Dequeues a command for the unit's own element.
    public mutating func dequeueOwnCommand() -> Exchange? { ownCommands.isEmpty ? nil : ownCommands.removeFirst() }

    /// The line to a meter; nil if it was never served.
    public func quality(of meter: PartyID) -> Quality? { meters[meter]?.quality }
    /// How many exchanges wait for the line, and how many are under way.
    public var load: (waiting: Int, underWay: Int) {
        (queue.count + ownWaiting.count, running.count { links[$0]?.exchange != nil })
    }
    /// Whether no exchange waits or is under way.
    public var isIdle: Bool { load == (0, 0) && ownCommands.isEmpty }
    /// The meters that count as quiet.
    public var quiet: [PartyID] { meters.filter { $0.value.quality.isQuiet }.keys.sorted() }
    /// Whether an exchange is under way: its command may have been sent.
    public func isUnderWay(_ id: ExchangeID) -> Bool { running.contains { links[$0]?.exchange?.id == id } }
    /// Whether meters are being found, or their connections made.
    public var isRegistering: Bool {
        discovery != nil || !unproven.isEmpty || !grants.isEmpty || areChangesPending
            || running.contains { links[$0]?.exchange == nil }
    }

    mutating func report(_ report: Report) { reports.append(report) }

    /// What the unit's clock shows.
    func epoch(at now: Duration) -> UInt32 { clock &+ UInt32(truncatingIfNeeded: now.components.seconds) }

    // MARK: Time

    /// When ``advance(to:)`` next has something to do; nil while only bytes, exchanges or records can go on.
    public var wake: Duration? {
        var next = queue.nextDeadline
        func consider(_ time: Duration?) {
            // What was due when the time was last advanced was done then, or waits for something else.
            guard let time, time > advanced else { return }
            next = min(next ?? time, time)
        }
        if let holder {
            consider(links[holder]?.connection.wake)
        } else if let ends = discovery?.ends {
            consider(ends)
        } else {
            consider(lineFree)
            if discovery == nil, !areChangesPending { consider(max(nextDiscovery, lineFree)) }
            if let thinking { consider(max(thinking.until, lineFree)) }
            for id in running { consider(links[id]?.connection.wake.map { max($0, lineFree) }) }
        }
        return next
    }

    /// Advances the time: waits end, and whoever is next has the line.
    public mutating func advance(to now: Duration) {
        advanced = max(advanced, now)
        if let holder, links[holder]?.connection.isWaitOver(at: now) == true {
            // A false beginning may have hidden the answer.
            for frame in reader.breakOff() { receive(frame, at: now) }
            links[holder]?.connection.endWait(at: now)
        }
        settle(at: now)
        for exchange in queue.removeLate(at: now) {
            end(exchange, .notSent(list.station(of: exchange.meter) == nil ? .unknownMeter : .late))
        }
        closeSlots(at: now)
        while isLineFree(at: now), serveNext(at: now) { settle(at: now) }
    }

    private func isLineFree(at now: Duration) -> Bool {
        holder == nil && discovery?.ends == nil && output.isEmpty && now >= lineFree
    }

    // MARK: The line

    mutating func send(from id: LinkID, at now: Duration) {
        guard let frames = links[id]?.connection.dequeueFrames(), !frames.isEmpty else { return }
        holder = id
        send(frames, at: now)
    }

    mutating func send(_ frames: [HDLCFrame], at now: Duration) {
        let bytes = HDLCFrame.bytes(of: frames)
        output += bytes
        lineFree = max(now, lineFree) + configuration.timing.byteTime * bytes.count
        // What began before one's own turn is no answer.
        resetReader()
    }

    private mutating func resetReader() { reader = HDLCFrameReader(for: configuration.offered) }

    private mutating func receive(_ frame: HDLCFrame, at now: Duration) {
        if frame.control == .unnumberedInformation {
            if let message = StationMessage(frame.information) { receive(message, in: frame, at: now) }
        } else if frame.client != list.client {
            otherClients.insert(frame.client)
        } else if let holder {
            links[holder]?.connection.receive(frame, at: now)
        }
    }

    // MARK: The end of an exchange

    /// Takes what became of what was under way.
    private mutating func settle(at now: Duration) {
        if let id = holder, links[id]?.connection.isWaiting != true { holder = nil }
        for id in running {
            if let exchange = links[id]?.exchange, now >= exchange.deadline, holder != id {
                links[id]?.connection.cancel()
            }
            guard let outcome = links[id]?.connection.outcome, links[id]?.isRunning == false else { continue }
            running.removeAll { $0 == id }
            conclude(id, outcome, at: now)
        }
    }

    private mutating func conclude(_ id: LinkID, _ outcome: HDLCConnection.Outcome, at now: Duration) {
        guard let link = links[id] else { return }
        let exchange = link.exchange
        links[id]?.exchange = nil
        var meter = meters[id.meter, default: Meter()]
        meter.quality.byteErrorRate = link.connection.byteErrorRate
        meter.quality.repeats += link.connection.repeats - link.repeats
        links[id]?.repeats = link.connection.repeats
        var result: ExchangeOutcome?
        switch outcome {
        case .answered(let response):
            result = .answered(response)
            if let exchange { meter.limit.record(exchange.command, response) }
        case .connected, .disconnected: break
        case .refused: result = .notSent(id.device == .cardSlot ? .noCard : .silent)
        case .failed(let failure):
            if failure == .notSent, let exchange, link.attempts < 2, now < exchange.deadline, !meter.quality.isQuiet {
                // The connection was lost, as by a meter that was restarted.
                links[id]?.exchange = exchange
                links[id]?.attempts += 1
                links[id]?.connection.exchange(exchange.command, at: now)
                running.append(id)
                return
            }
            let cause: ExchangeOutcome.Cause = exchange.map { now >= $0.deadline } == true ? .late : .silent
            result = failure == .notSent ? .notSent(cause) : .perhapsDone(cause)
        }
        // One whose deadline has passed was cut short.
        if case .failed = outcome {
            if exchange.map({ now < $0.deadline }) ?? true { noteSilence(of: id, &meter) }
        } else {
            noteAnswer(of: id, &meter, at: now)
        }
        if exchange != nil { reportQuality(of: id.meter, &meter, at: now) }
        meters[id.meter] = meter
        guard let exchange, let result else {
            // It has proved the meter's station, and is made anew for what the meter is asked.
            links[id] = nil
            if case .failed = outcome { unanswered.append(id.meter) }
            return
        }
        if case .answered = result, exchange.priority != .reading {
            thinking = (exchange.meter, now + configuration.thinkingLimit)
        }
        end(exchange, result)
    }

    /// Ends what is under way: no connection is good any more.
    mutating func dropLinks() {
        for id in running {
            links[id]?.connection.cancel()
            guard let exchange = links[id]?.exchange else { continue }
            let wasSent = links[id]?.connection.outcome != .failed(.notSent)
            end(exchange, wasSent ? .perhapsDone(.restarted) : .notSent(.restarted))
        }
        (links, running, holder, thinking) = ([:], [], nil, nil)
    }

    private mutating func reportQuality(of eid: PartyID, _ meter: inout Meter, at now: Duration) {
        let (quality, last) = (meter.quality, meter.reported)
        if let last, now - last.time < configuration.qualityInterval { return }
        meter.reported = (quality, now)
        let count = quality.answered + quality.failed - (last.map { $0.quality.answered + $0.quality.failed } ?? 0)
        report(
            .quality(
                UnitReport.LineQuality(
                    of: eid, byteErrorRate: UInt32(quality.byteErrorRate * 1_000_000),
                    exchanges: UInt32(clamping: count),
                    repeats: UInt32(clamping: quality.repeats - (last?.quality.repeats ?? 0)))))
    }

    private mutating func noteSilence(of id: LinkID, _ meter: inout Meter) {
        meter.quality.failed += 1
        guard !meter.quality.isQuiet else { return }
        meter.quality.isQuiet = true
        report(.quiet(id.meter))
    }

    private mutating func noteAnswer(of id: LinkID, _ meter: inout Meter, at now: Duration) {
        if let station = list.station(of: id.meter), meter.quality.lastHeard == nil {
            report(.joined(id.meter, station: station))
        }
        meter.quality.answered += 1
        meter.quality.lastHeard = now
        guard meter.quality.isQuiet else { return }
        meter.quality.isQuiet = false
        report(.back(id.meter))
    }

    mutating func end(_ exchange: Exchange, _ outcome: ExchangeOutcome) {
        begun.remove(exchange.id)
        beginningsUnderWay.remove(exchange.id)
        var outcome = outcome
        if restored.remove(exchange.id) != nil, case .notSent = outcome { outcome = .perhapsDone(.restarted) }
        outcomes.append((exchange.id, outcome))
    }
}
