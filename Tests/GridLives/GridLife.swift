import CardCrypto
import Grid
import HeadEnd
import PowerLine
import Records
import ValueProtocol

/// One life of a whole tree in virtual time: a host, its area units, their local units with lines and meters, and everything
/// that happens to them, from one seed.
///
/// The engines are those that the programs run; the records are the host's in SQLite; the elements are real. After every step
/// the truth, which only the life knows, is held against what everybody believes.
package final class GridLife {
    /// How large a life is.
    package struct Size: Sendable {
        /// For how long something fails.
        package var trouble = Duration.seconds(1_800)
        /// How many orders and readings are asked for meanwhile.
        package var jobs = 1...14
        /// Area units, local units of each, meters of each of these.
        package var areas = 1...2
        package var locals = 1...2
        package var meters = 1...3

        package init() {}

        /// A life that takes a tenth of a second.
        package static var short: Size {
            var size = Size()
            size.trouble = .seconds(240)
            size.jobs = 1...3
            size.areas = 1...1
            size.meters = 1...1
            return size
        }
    }

    /// What does not hold.
    package struct Violation: Error, CustomStringConvertible {
        package let seed: UInt64
        /// The number of the step, and its time.
        package let step: Int
        package let time: Duration
        package let what: String
        package var description: String {
            "seed \(seed), step \(step), \(LifeChance.seconds(time)) s: \(what)"
        }
    }

    package let seed: UInt64
    let chance: LifeChance
    let host: LifeHost
    let areas: [LifeArea]
    let locals: [LifeLocal]
    let pipes: [LifePipe]
    let meters: [LifeMeter]
    private var plan: [(time: Duration, action: Action)] = []
    private(set) var now = Duration.zero
    package private(set) var stepCount = 0
    private(set) var jobCount = 0
    var truth = LifeTruth()

    /// What is done to the tree, beside what chance does to messages.
    private enum Action {
        case ask(Int)
        case killHost
        case killArea(Int)
        case killLocal(Int)
        case cutPower(Int)
        case cutPipe(Int)
        case spend(Int, Int64)
        case setClockWrong(Int64)
    }

    /// - Parameters:
    ///   - seed: everything follows from it.
    ///   - size: how much there is.
    ///   - isLogged: whether what happens is kept as text.
    package init(seed: UInt64, _ size: Size = Size(), isLogged: Bool = false) throws {
        self.seed = seed
        let chance = LifeChance(seed: seed, isLogged: isLogged)
        self.chance = chance
        let suite = try CipherSuite()
        let keys = HostKeys(pid: LifeHost.pid, auditKey: LifeRecords.auditKey)
        for purpose in Purpose.allCases {
            keys.hold(Secret(copying: [UInt8](repeating: purpose.rawValue, count: 16)), as: KeyName(purpose, 1))
        }
        var (areas, locals, pipes, meters): ([LifeArea], [LifeLocal], [LifePipe], [LifeMeter]) = ([], [], [], [])
        var hostUppers: [PartyID: LifePipe.Upper] = [:]
        for area in 1...chance.number(size.areas) {
            let eid = PartyID(issuer: 0xA1, kind: .areaUnit, number: UInt32(area))
            var uppers: [PartyID: LifePipe.Upper] = [:]
            for _ in 1...chance.number(size.locals) {
                let local = PartyID(issuer: 0xA1, kind: .localUnit, number: UInt32(locals.count + 1))
                let first = UInt32(locals.count * 256 + 1)
                let own = try (0..<chance.number(size.meters)).map { index in
                    try LifeMeter(
                        PartyID(issuer: 0xA1, kind: .electricMeter, number: first + UInt32(index)), index: index,
                        keys: keys, suite, chance, seed: chance.random.next())
                }
                let lower = LifePipe.Lower(Self.limits(chance, grace: 0), process: chance.random.next() | 1)
                let upper = LifePipe.Upper(Self.limits(chance, grace: 5), process: chance.random.next() | 1)
                let bitRate = [2_400, 9_600, 38_400, 128_000].randomElement(using: &chance.random) ?? 9_600
                locals.append(LifeLocal(local, lower, own, bitRate: bitRate, chance))
                pipes.append(LifePipe("\(eid) – \(local)", upper, lower, chance))
                uppers[local] = upper
                meters += own
            }
            let lower = LifePipe.Lower(Self.limits(chance, grace: 0), process: chance.random.next() | 1)
            areas.append(LifeArea(eid, lower, uppers, chance))
            let upper = LifePipe.Upper(Self.limits(chance, grace: 10), process: chance.random.next() | 1)
            hostUppers[eid] = upper
            pipes.append(LifePipe("host – \(eid)", upper, lower, chance))
        }
        (self.areas, self.locals, self.pipes, self.meters) = (areas, locals, pipes, meters)
        host = try LifeHost(hostUppers, keys: keys, suite, chance)
        for meter in meters {
            meter.usage.begins = LifeHost.base - 20 * 3_600
            truth.states[meter.eid] = LifeTruth.State()
        }
        makePlan(size)
    }

    private static func limits(_ chance: LifeChance, grace: Int) -> TrunkLimits {
        var limits = TrunkLimits()
        limits.credit = chance.number(1...32)
        limits.items = chance.number(1...8)
        limits.grace = .seconds(grace)
        return limits
    }

    private func makePlan(_ size: Size) {
        let last = Int(size.trouble.components.seconds)
        func time() -> Duration { .milliseconds(chance.number(0...last * 1_000)) }
        for index in 0..<chance.number(size.jobs) * meters.count { plan.append((time(), .ask(index % meters.count))) }
        for _ in 0..<chance.number(0...2) { plan.append((time(), .killHost)) }
        for _ in 0..<chance.number(0...2) { plan.append((time(), .killArea(chance.number(0...areas.count - 1)))) }
        for _ in 0..<chance.number(0...2) { plan.append((time(), .killLocal(chance.number(0...locals.count - 1)))) }
        for _ in 0..<chance.number(0...2) { plan.append((time(), .cutPower(chance.number(0...meters.count - 1)))) }
        for _ in 0..<chance.number(0...2) { plan.append((time(), .cutPipe(chance.number(0...pipes.count - 1)))) }
        for index in meters.indices { plan.append((time(), .spend(index, Int64(chance.number(1...400_000))))) }
        if chance.happens(0.2) { plan.append((time(), .setClockWrong(Int64(chance.number(-7_200...7_200))))) }
        plan.sort { $0.time < $1.time }
    }

    // MARK: A life

    /// Lives it to its end: trouble, then calm in which everything that was asked for comes to its end.
    ///
    /// - Returns: the hash of its history.
    /// - Throws: `Violation`, or what a part throws that nothing had failed in.
    @discardableResult
    package func live(trouble: Duration) throws -> HistoryHash {
        try run(until: trouble) { false }
        calm()
        try settle("what was asked for")
        // Everybody says what there is, and nothing is left open.
        for meter in meters {
            ask(.recover, of: meter, .recovery, at: now)
            ask(.readUse(everything: false), of: meter, .reading, at: now)
        }
        try settle("the last reading")
        try expectEnd()
        return chance.history
    }

    /// Nothing fails any more.
    func calm() {
        chance.isCalm = true
        chance.trouble(until: now)
        for local in locals { local.calm() }
        chance.note("calm", at: now)
    }

    package var table: FaultTable { chance.table }
    package var log: [String] { chance.log }
    /// Orders that were confirmed, and those that were refused.
    package var ended: (confirmed: Int, refused: Int) { (truth.confirmedCount, truth.refusedCount) }

    func settle(_ what: String) throws {
        let limit = now + .seconds(3_600)
        try run(until: limit) { self.host.isIdle }
        guard host.isIdle else {
            let open = host.jobs.map { "\($0.number): \($0.task) of \($0.meter), asked \($0.asked) times" }
            throw violation("\(what) does not come to its end: \(open)")
        }
    }

    func violation(_ what: String) -> Violation { Violation(seed: seed, step: stepCount, time: now, what: what) }

    /// Lets time pass until `end`, or until something is reached.
    func run(until end: Duration, _ isReached: () -> Bool) throws {
        while !isReached(), let time = nextTime, time <= end { try step(at: max(now, time)) }
        if !isReached() { now = end }
    }

    private var nextTime: Duration? {
        var next = plan.first?.time
        func consider(_ time: Duration?) { if let time { next = min(next ?? time, time) } }
        consider(host.wake)
        for area in areas { consider(area.wake) }
        for local in locals { consider(local.wake) }
        for pipe in pipes { consider(pipe.wake) }
        return next
    }

    private func step(at time: Duration) throws {
        now = time
        stepCount += 1
        let seconds = UInt32(now.components.seconds)
        for meter in meters {
            meter.clock.time = Timestamp(rawValue: LifeHost.base + seconds)
            meter.usage.time = LifeHost.base + seconds
        }
        while let (time, action) = plan.first, time <= now {
            plan.removeFirst()
            try perform(action)
        }
        for local in locals { try local.advance(to: now) }
        for area in areas { area.advance(to: now) }
        try host.advance(to: now)
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            for pipe in pipes {
                let (moved, victim) = pipe.advance(to: now)
                hasMoved = hasMoved || moved
                if let victim { kill(victim, of: pipe) }
            }
            for local in locals { hasMoved = local.serve(at: now) || hasMoved }
            for area in areas { hasMoved = area.serve(at: now) || hasMoved }
            hasMoved = try host.serve(at: now) || hasMoved
        }
        try check()
    }

    private func kill(_ victim: LifePipe.Victim, of pipe: LifePipe) {
        switch victim {
        case .upper:
            if let area = areas.first(where: { $0.uppers.values.contains { $0 === pipe.upper } }) {
                area.die(at: now)
            } else {
                host.die(at: now)
            }
        case .lower:
            if let local = locals.first(where: { $0.lower === pipe.lower }) {
                local.die(at: now)
            } else {
                areas.first { $0.lower === pipe.lower }?.die(at: now)
            }
        }
    }

    // MARK: What is done to it

    private func perform(_ action: Action) throws {
        switch action {
        case .ask(let index): ask(anything(of: meters[index]), of: meters[index], nil, at: now)
        case .killHost: host.die(at: now)
        case .killArea(let index): areas[index].die(at: now)
        case .killLocal(let index): locals[index].die(at: now)
        case .cutPower(let index):
            let meter = meters[index]
            locals.first { $0.meters.contains { $0 === meter } }?.cutPower(of: meter.index)
        case .cutPipe(let index): pipes[index].cut(at: now)
        case .spend(let index, let amount): try meters[index].spend(amount)
        case .setClockWrong(let seconds): host.clockError = seconds
        }
    }

    /// What somebody may want.
    func anything(of meter: LifeMeter) -> ContactTask {
        func order(_ kind: CreditTransaction.Kind, _ amount: Int, _ tariff: TariffOrder? = nil) -> ContactTask {
            .order(
                CreditRequest(
                    kind: kind, service: .electricity, currency: LifeMeter.currency,
                    amount: Amount(rawValue: UInt64(amount)),
                    reference: chance.happens(0.2) ? nil : "order \(jobCount + 1)", tariff: tariff))
        }
        switch chance.number(0...9) {
        case 0...3: return order(.storeCredit, chance.number(1...20) * 100_000)
        case 4, 5: return order(.refund, chance.number(1...6) * 100_000)
        case 6:
            guard
                let table = TariffTable(
                    id: UInt16(jobCount + 1), price: Amount(rawValue: UInt64(chance.number(1...9) * 100_000)),
                    currency: LifeMeter.currency)
            else { return .snapshot }
            return order(.convertTariff, 0, TariffOrder(table, effective: Timestamp(rawValue: LifeHost.base)))
        case 7: return .setClock(nil)
        case 8: return .snapshot
        default: return .readUse(everything: false)
        }
    }

    func ask(_ task: ContactTask, of meter: LifeMeter, _ priority: Exchange.Priority?, at time: Duration) {
        jobCount += 1
        let isOrder = if case .order = task { true } else { false }
        let priority = priority ?? (isOrder ? .load : .reading)
        host.add(LifeHost.Job(number: jobCount, meter: meter.eid, task: task, priority: priority, due: time))
    }
}
