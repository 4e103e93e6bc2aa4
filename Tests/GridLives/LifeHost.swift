import CardCrypto
import GRDB
import Grid
import HeadEnd
import ISO7816
import Records
import ValueProtocol

/// The host: its records, its keys, the upper ends of its trunks, and the contacts that are under way.
final class LifeHost {
    /// What somebody wants of one meter, until it is done, and asks for again until then.
    struct Job {
        let number: Int
        let meter: PartyID
        let task: ContactTask
        let priority: Exchange.Priority
        /// When it is asked for next.
        var due: Duration
        var asked = 0

        /// Whether it is asked for once only: an order without a reference would be another one.
        var isOnce: Bool { if case .order(let request) = task { request.reference == nil } else { false } }
    }

    private struct Running {
        var job: Job
        var operation: GridOperation
        var contact: ElementContact
        let authority: SoftwareAuthority
        var exchange: ExchangeID?
        /// Of a contact that is to begin then.
        var begins: Duration?
        /// When the host takes its exchange back.
        var cancels: Duration?
        /// When the contact began.
        var since: Duration
        /// Through which the meter was reached when the contact began.
        var area: PartyID?
    }

    static let base: UInt32 = 1_800_000_000
    static let pid = PartyID(issuer: 0xA1, kind: .host, number: 7)

    let records: LifeRecords
    let uppers: [PartyID: LifePipe.Upper]
    let keys: HostKeys
    private let suite: CipherSuite
    private let chance: LifeChance
    private let randomness: LifeRandomness
    private let areas: [PartyID]
    private var routes = MeterRoutes()
    private var areaOf: [PartyID: PartyID] = [:]
    private(set) var restartsAt: Duration?
    private var running: [PartyID: Running] = [:]
    /// Jobs that are not done.
    private(set) var jobs: [Job] = []
    private var waiting: [ExchangeID: Waiting] = [:]

    /// An exchange that has no outcome yet.
    struct Waiting {
        let meter: PartyID
        let command: [UInt8]
        let sent: Duration
        let deadline: Duration
    }

    /// What each meter had applied that the records did not know.
    private(set) var accepted: [PartyID: AcceptedNumbers] = [:]
    private var process: UInt64
    private var lastNumber: UInt64 = 0
    /// By how much its clock is wrong, in seconds.
    var clockError: Int64 = 0
    private var now = Duration.zero

    /// What the life has to look at.
    enum Event {
        /// The transactions of a meter may have changed.
        case recorded(PartyID)
        case answered(ExchangeID, Waiting, ExchangeOutcome)
        case ended(Job, GridOperation.Stage, since: Duration)
    }

    var events: [Event] = []
    private(set) var violation: String?

    init(
        _ uppers: [PartyID: LifePipe.Upper], keys: HostKeys, _ suite: CipherSuite, _ chance: LifeChance
    ) throws {
        (self.uppers, self.keys, self.suite, self.chance) = (uppers, keys, suite, chance)
        areas = uppers.keys.sorted()
        randomness = LifeRandomness(seed: chance.random.next())
        process = chance.random.next() | 1
        records = try LifeRecords()
    }

    var isUp: Bool { restartsAt == nil }

    var clock: Timestamp {
        Timestamp(rawValue: UInt32(clamping: Int64(Self.base) + now.components.seconds + clockError))
    }

    var wake: Duration? {
        guard isUp else { return restartsAt }
        var wake = areas.compactMap { uppers[$0]?.engine.wake }.min()
        func consider(_ time: Duration?) { if let time { wake = min(wake ?? time, time) } }
        for one in running.values {
            consider(one.begins)
            consider(one.cancels)
        }
        for job in jobs where running[job.meter] == nil { consider(job.due) }
        return wake
    }

    /// Somebody wants something.
    func add(_ job: Job) { jobs.append(job) }

    /// Whether everything is done.
    var isIdle: Bool { jobs.isEmpty && running.isEmpty }

    // MARK: Time

    func advance(to now: Duration) throws {
        self.now = now
        if let restartsAt, now >= restartsAt { try restart() }
        guard isUp else { return }
        for area in areas { uppers[area]?.engine.advance(to: now) }
        try serve(at: now)
    }

    /// Takes what the trunks brought, and begins what is due.
    ///
    /// - Returns: whether anything moved.
    @discardableResult
    func serve(at now: Duration) throws -> Bool {
        self.now = now
        guard isUp else { return false }
        var hasMoved = false
        for area in areas {
            for report in uppers[area]?.engine.dequeueReports() ?? [] {
                hasMoved = true
                guard case .meters(let roster) = report.content else { continue }
                routes.apply(roster, of: report.unit)
                areaOf[report.unit] = area
            }
            for answer in uppers[area]?.engine.dequeueOutcomes() ?? [] {
                hasMoved = true
                try take(answer)
                guard isUp else { return true }
            }
        }
        for meter in running.keys.sorted() {
            guard let one = running[meter] else { continue }
            if let cancels = one.cancels, cancels <= now, let id = one.exchange, let area = one.area {
                hasMoved = true
                running[meter]?.cancels = nil
                if let kind = waiting[id].flatMap({ FaultTable.CommandKind($0.command) }) {
                    chance.table.commands.hit(kind, .takenBack)
                }
                uppers[area]?.engine.cancel(id, at: now)
            }
            if let begins = one.begins, begins <= now {
                hasMoved = true
                try begin(meter)
            }
            guard isUp else { return true }
        }
        for job in jobs where job.due <= now && running[job.meter] == nil {
            hasMoved = true
            try start(job)
            guard isUp else { return true }
        }
        return hasMoved
    }

    // MARK: Operations

    private func start(_ job: Job) throws {
        guard let index = jobs.firstIndex(where: { $0.number == job.number }) else { return }
        jobs[index].asked += 1
        running[job.meter] = Running(
            job: jobs[index], operation: GridOperation(job.task, attempts: 4, pause: .seconds(2)),
            contact: ElementContact(job.task, expecting: job.meter), authority: authority(), since: now)
        try begin(job.meter)
    }

    private func authority() -> SoftwareAuthority {
        SoftwareAuthority(
            pid: Self.pid, keys: keys, register: records.file, randomness: randomness, suite: suite)
    }

    /// A contact of a meter's operation begins.
    private func begin(_ meter: PartyID) throws {
        guard var one = running[meter] else { return }
        one.begins = nil
        one.operation.begin()
        one.contact = ElementContact(one.operation.task, expecting: meter)
        one.since = now
        one.area = routes.unit(of: meter).flatMap { areaOf[$0] }
        let isReached = one.area != nil
        let step = one.contact.start(at: clock)
        running[meter] = one
        guard isReached else {
            return end(meter, .failure(HostError(.noSession, "\(meter), which no unit has reported")))
        }
        try go(on: meter, step)
    }

    /// Does what a contact wants until it waits.
    private func go(on meter: PartyID, _ first: ContactStep) throws {
        var step = first
        while true {
            let event: ContactEvent
            switch step {
            case .send(let command): return try send(command, to: meter)
            case .authorize(let request):
                guard let authority = running[meter]?.authority else { return }
                let isSession = if case .authenticate = request { true } else { false }
                event = try withDisk(isSession ? .session : nil) { authority.event(for: request) }
            case .record(let request):
                event = try withDisk(FaultTable.RecordKind(request)) { records.file.event(for: request, at: clock) }
                switch request {
                case .begin, .beginAgain, .conclude, .acceptNumbers: events.append(.recorded(meter))
                default: break
                }
            case .done(let result): return end(meter, result)
            }
            guard !records.disk.isDead else { return die(at: now) }
            guard let next = running[meter]?.contact.advance(event, at: clock) else { return }
            step = next
        }
    }

    /// Writes, on a disk that perhaps fails.
    private func withDisk(_ kind: FaultTable.RecordKind?, _ body: () -> ContactEvent) throws -> ContactEvent {
        guard let kind else { return body() }
        chance.table.records.see(kind)
        let fault = chance.fault(FaultTable.RecordFault.self, weight: kind.weight)
        records.disk.plan(fault)
        defer { records.disk.plan(nil) }
        let event = body()
        if let fault, records.disk.hasHappened { chance.table.records.hit(kind, fault) }
        return event
    }

    private func end(_ meter: PartyID, _ result: Result<ContactReport, HostError>) {
        guard var one = running[meter] else { return }
        let next = one.operation.advance(result)
        chance.note("\(one.job.number) of \(meter): \(one.operation.stage) \(result.text)", at: now)
        running[meter] = one
        if case .success(let report) = result, case .numbers(let numbers) = report.result { accepted[meter] = numbers }
        switch next {
        case .contact: running[meter]?.begins = now
        case .pause(let pause): running[meter]?.begins = now + pause
        case .over:
            running[meter] = nil
            guard let index = jobs.firstIndex(where: { $0.number == one.job.number }) else { return }
            switch one.operation.stage {
            case .confirmed, .refused, .needsPerson: jobs.remove(at: index)
            case .queued, .sent, .inDoubt, .notApplied, .failed:
                jobs[index].due = now + chance.time(3_000...60_000)
                if one.job.isOnce { jobs.remove(at: index) }
            }
            events.append(.ended(one.job, one.operation.stage, since: one.since))
        }
    }

    // MARK: Commands

    private func send(_ command: CommandAPDU, to meter: PartyID) throws {
        guard let area = running[meter]?.area, let priority = running[meter]?.job.priority else { return }
        lastNumber += 1
        let id = ExchangeID(origin: process, number: lastNumber)
        running[meter]?.exchange = id
        chance.note("\(id.number) to \(meter)", at: now, command.bytes)
        let kind = FaultTable.CommandKind(command.bytes)
        let limit: Duration = priority == .load ? .seconds(60) : .seconds(180)
        waiting[id] = Waiting(meter: meter, command: command.bytes, sent: now, deadline: now + limit)
        uppers[area]?.engine.exchange(
            Exchange(id, with: meter, .element, priority, until: now + limit, command: command.bytes), at: now)
        guard let kind else { return }
        switch chance.fault(SendFault.self, weight: 0.8 * kind.weight) {
        case .killed:
            chance.table.commands.hit(kind, .hostKilled)
            die(at: now)
        case .takenBack: running[meter]?.cancels = now + chance.time(0...4_000)
        case nil: break
        }
    }

    private enum SendFault: CaseIterable { case killed, takenBack }
    private enum AnswerFault: CaseIterable { case killed }

    private func take(_ answer: TrunkAnswer) throws {
        guard let asked = waiting.removeValue(forKey: answer.id) else {
            violation = "\(answer.id) has ended twice"
            return
        }
        let (meter, command) = (asked.meter, asked.command)
        events.append(.answered(answer.id, asked, answer.outcome))
        if let kind = FaultTable.CommandKind(command),
            chance.fault(AnswerFault.self, weight: 0.2 * kind.weight) != nil
        {
            chance.table.commands.hit(kind, .hostKilledAfter)
            return die(at: now)
        }
        running[meter]?.exchange = nil
        running[meter]?.cancels = nil
        let channel = TrunkCardChannel(to: meter, over: Nowhere())
        let event: ContactEvent
        do throws(CardError) {
            event = .answered(try channel.response(of: answer.outcome))
        } catch {
            event = .lost(error)
        }
        guard let step = running[meter]?.contact.advance(event, at: clock) else { return }
        try go(on: meter, step)
    }

    /// The channel is asked for its errors alone.
    private struct Nowhere: Trunk {
        func exchange(
            with meter: PartyID, device: Exchange.Device, priority: Exchange.Priority, timeLimit: Duration,
            command: [UInt8]
        ) async -> ExchangeOutcome { .notSent(.disconnected) }
    }

    // MARK: Its process

    /// Dies, for a while: what was not committed is gone, and whoever asked asks again.
    func die(at now: Duration) {
        guard isUp else { return }
        chance.note("the host dies", at: now)
        let restart = now + chance.downTime()
        restartsAt = restart
        chance.trouble(until: restart + .seconds(5))
        (running, waiting, routes, areaOf) = ([:], [:], MeterRoutes(), [:])
        jobs.removeAll { $0.isOnce && $0.asked > 0 }
        for index in jobs.indices { jobs[index].due = max(jobs[index].due, now + chance.time(200...30_000)) }
        for area in areas { uppers[area]?.isUp = false }
    }

    /// Dies, and begins anew with other records.
    func restore(_ copy: DatabaseQueue, at now: Duration) throws {
        die(at: now)
        try records.restore(copy)
    }

    private func restart() throws {
        chance.note("the host runs again", at: now)
        restartsAt = nil
        try records.restart()
        process = chance.random.next() | 1
        lastNumber = 0
        for area in areas {
            guard let upper = uppers[area] else { continue }
            upper.engine = TrunkUpper(process: process, limits: upper.limits)
            upper.isUp = true
        }
    }
}

extension Result<ContactReport, HostError> {
    fileprivate var text: String {
        switch self {
        case .success: "over"
        case .failure(let error): "\(error)"
        }
    }
}
