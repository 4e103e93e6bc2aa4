import Grid
import GridSimulation
import LineTesting
import PowerLine
import ValueProtocol

/// A local unit with its line and its meters, and the lower end of its trunk.
final class LifeLocal {
    let eid: PartyID
    let lower: LifePipe.Lower
    let meters: [LifeMeter]
    private(set) var branch: SimulatedBranch
    private let bitRate: Int
    private let chance: LifeChance
    /// When it runs again; nil while it runs.
    private(set) var restartsAt: Duration?
    /// When it died last.
    private(set) var lastDeath = Duration.zero
    /// The local unit dies at the end of this step.
    private var dies = false
    /// Exchanges that its process was handed.
    private var handed: Set<ExchangeID> = []
    /// Until when each exchange may be sent.
    private var deadlines: [[UInt8]: Duration] = [:]
    private var commands: [ExchangeID: (meter: Int, command: [UInt8])] = [:]
    private(set) var violation: String?

    init(_ eid: PartyID, _ lower: LifePipe.Lower, _ meters: [LifeMeter], bitRate: Int, _ chance: LifeChance) {
        (self.eid, self.lower, self.meters, self.bitRate, self.chance) = (eid, lower, meters, bitRate, chance)
        var fall: ((Int, [UInt8]) -> [UInt8]?)?
        // Short fields and small windows too, so that commands and answers go in several frames.
        let offered =
            chance.happens(0.5)
            ? .offered : HDLCParameters(length: chance.number(24...128), window: chance.number(1...3))
        branch = SimulatedBranch(
            bitRate: bitRate, meters: meters.count, seed: chance.random.next(), unit: eid,
            firstMeter: meters[0].eid.number,
            configure: { configuration in
                configuration.discoveryInterval = .seconds(120)
                configuration.offered = offered
            },
            element: { meter, device, command in device == .element ? fall?(meter, command) : nil })
        branch.hasFailed = { meters[$0].hasFailed }
        branch.writing = chance.time(1...200)
        for meter in meters.indices where chance.happens(0.25) {
            var faults = SimulatedLine.Faults.bitErrors([0.000_1, 0.001].randomElement(using: &chance.random) ?? 0)
            faults.burstRate = 0.000_5
            branch.setFaults(faults, of: meter)
        }
        fall = { [unowned self] in self.process($1, by: $0) }
        branch.disturb = { [unowned self] in self.disturb($0) }
    }

    var isUp: Bool { restartsAt == nil }

    /// When something happens next.
    var wake: Duration? {
        var wake = branch.nextTime
        for other in [restartsAt, powerBack.values.min()] {
            guard let other else { continue }
            wake = min(wake ?? other, other)
        }
        guard isUp, let next = lower.engine.wake else { return wake }
        return min(wake ?? next, next)
    }

    // MARK: Time

    private var now = Duration.zero
    /// When each meter's power returns.
    private var powerBack: [Int: Duration] = [:]

    func advance(to now: Duration) throws {
        self.now = now
        branch.run(until: now)
        if let restartsAt, now >= restartsAt { restart(at: now) }
        for meter in powerBack.keys.sorted() where powerBack[meter] ?? now <= now {
            powerBack[meter] = nil
            try meters[meter].powerUp()
            branch.setPower(true, of: meter)
            chance.note("\(meters[meter].eid) has power", at: now)
        }
        branch.run(until: now)
        cutPowers()
        for (index, meter) in branch.meters.enumerated() where !meter.isOn && powerBack[index] == nil {
            let back = now + chance.time(500...90_000)
            powerBack[index] = back
            chance.trouble(until: back)
            chance.note("\(meter.eid) loses power", at: now)
        }
        serve(at: now)
        if dies { die(at: now) }
    }

    /// Takes what the trunk hands on, and gives it what became of it.
    ///
    /// - Returns: whether anything moved.
    @discardableResult
    func serve(at now: Duration) -> Bool {
        guard isUp else { return false }
        var hasMoved = false
        for event in lower.engine.dequeueEvents() {
            hasMoved = true
            switch event {
            case .newUpper: report(.meters(UnitReport.MeterRoster(present: recordedMeters, isComplete: true)), at: now)
            case .cancelled(let id): branch.cancel(id)
            }
        }
        while let exchange = lower.engine.next(at: now) {
            hasMoved = true
            if !handed.insert(exchange.id).inserted { violation = "\(eid) was handed \(exchange.id) twice" }
            if let meter = meters.firstIndex(where: { $0.eid == exchange.meter }) {
                commands[exchange.id] = (meter, exchange.command)
                deadlines[exchange.command] = exchange.deadline
            }
            branch.accept(exchange)
        }
        for (id, outcome, _) in branch.outcomes {
            hasMoved = true
            lower.engine.finish(id, check(id, outcome))
        }
        branch.outcomes = []
        while reportCount < branch.reports.count {
            hasMoved = true
            if case .joined = branch.reports[reportCount].report { chance.trouble(until: now) }
            if let content = branch.reports[reportCount].report.content { report(content, at: now) }
            reportCount += 1
        }
        return hasMoved
    }

    private var reportCount = 0

    private func report(_ content: UnitReport.Content, at now: Duration) {
        lower.engine.report(UnitReport(from: eid, at: now, content))
    }

    private var recordedMeters: [PartyID] { StationList(branch.written)?.all ?? [] }

    // MARK: Its line

    /// What a meter's element answers to a command.
    private func process(_ command: [UInt8], by index: Int) -> [UInt8]? {
        let meter = meters[index]
        let kind = FaultTable.CommandKind(command)
        if kind != .select, let deadline = deadlines[command], now > deadline + Self.slack {
            violation = "\(meter.eid) received \(kind?.rawValue ?? "?") \(now - deadline) after its deadline"
        }
        chance.note("\(meter.eid) receives \(kind?.rawValue ?? "?")", at: now, command)
        if let kind, isUp, chance.fault(UnitFault.self, weight: 0.2 * kind.weight) != nil {
            chance.table.commands.hit(kind, .unitKilled)
            dies = true
        }
        let response = meter.process(command)
        if let response { chance.note("\(meter.eid) answers", at: now, response) }
        return response
    }

    private enum UnitFault: CaseIterable { case killed }

    /// What a command takes on the slowest line, once it was begun before its deadline.
    private static let slack = Duration.seconds(15)

    private func check(_ id: ExchangeID, _ outcome: ExchangeOutcome) -> ExchangeOutcome {
        guard let (meter, command) = commands[id] else { return outcome }
        commands[id] = nil
        let kind = FaultTable.CommandKind(command)
        switch outcome {
        case .notSent: meters[meter].forbid(command, "\(eid)'s trunk")
        case .answered(let response):
            if !response.isEmpty, meters[meter].truth.answers[command]?.contains(response) != true {
                violation = "\(eid) answers \(kind?.rawValue ?? "?") as \(meters[meter].eid) did not"
            }
            if let kind, !response.isEmpty, chance.fault(AnswerFault.self, weight: 0.2 * kind.weight) != nil {
                chance.table.commands.hit(kind, .answerCorrupted)
                var changed = response
                let bit = chance.number(0...8 * changed.count - 1)
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                corrupted.insert(id)
                return .answered(changed)
            }
        case .perhapsDone: break
        }
        return outcome
    }

    private enum AnswerFault: CaseIterable { case corrupted }

    /// Exchanges whose answer it changed.
    private(set) var corrupted: Set<ExchangeID> = []

    private func disturb(_ sending: SimulatedBranch.Sending) -> SimulatedBranch.Disturbance? {
        checkWindow(sending)
        guard let first = sending.frames.first, let kind = FaultTable.FrameKind(first) else { return nil }
        chance.table.line.see(kind)
        chance.note("\(sending.meter.map { "\(meters[$0].eid)" } ?? "all"): \(sending.frames)", at: now, [])
        guard let fault = chance.fault(FaultTable.FrameFault.self, weight: kind.weight) else { return nil }
        if fault == .powerCut, sending.meter == nil { return nil }
        chance.table.line.hit(kind, fault)
        chance.trouble(until: now + .seconds(5))
        chance.note("\(kind.rawValue): \(fault.rawValue)", at: now)
        switch fault {
        case .lost: return .lost
        case .doubled: return .doubled
        // Later than the unit waits for it, and not so late that it was given up twice: no line stores more.
        case .late: return .late(chance.time(bitRate > 9_600 ? 1...25 : 1...60))
        case .corrupted: return .hit(chance.number(0...1 << 20))
        case .unitKilled:
            dies = true
            return nil
        case .powerCut:
            if let meter = sending.meter { cutsPower.insert(meter) }
            return nil
        }
    }

    /// What each meter has agreed on: from its UA.
    private var agreed: [Int: HDLCParameters] = [:]

    /// Nobody sends more or longer frames than was agreed.
    private func checkWindow(_ sending: SimulatedBranch.Sending) {
        guard let meter = sending.meter else { return }
        var count = 0
        for frame in sending.frames {
            let isCommand = frame.direction == .command
            switch frame.control {
            case .unnumberedAcknowledgement: agreed[meter] = HDLCParameters(frame.information)
            case .information:
                count += 1
                guard let agreed = agreed[meter] else { continue }
                let length = isCommand ? agreed.receiveLength : agreed.transmitLength
                let window = isCommand ? agreed.receiveWindow : agreed.transmitWindow
                if frame.information.count > length || count > window {
                    violation =
                        "on the line of \(meters[meter].eid): \(count) frames, one of "
                        + "\(frame.information.count) bytes, where \(window) of \(length) were agreed"
                }
            default: break
            }
        }
    }

    /// Meters whose power is cut once this step is over: the line is at work.
    private var cutsPower: Set<Int> = []

    /// Cuts the power of those meters.
    private func cutPowers() {
        for meter in cutsPower.sorted() { branch.setPower(false, of: meter) }
        cutsPower = []
    }

    /// Cuts a meter's power.
    func cutPower(of meter: Int) { branch.setPower(false, of: meter) }

    // MARK: Its process

    /// Dies, for a while.
    func die(at now: Duration) {
        dies = false
        guard isUp else { return }
        chance.note("\(eid) dies", at: now)
        let restart = now + chance.downTime()
        restartsAt = restart
        lastDeath = now
        chance.trouble(until: restart + .seconds(5))
        lower.isUp = false
        branch.stopUnit()
    }

    private func restart(at now: Duration) {
        chance.note("\(eid) runs again", at: now)
        restartsAt = nil
        handed = []
        lower.engine = TrunkLower(process: chance.random.next() | 1, limits: lower.limits)
        lower.isUp = true
        // An epoch is a second: a list that is lost and begun anew within one would be taken for the same.
        let losesList = !chance.isCalm && now - lastDeath > .seconds(2) && chance.happens(0.1)
        branch.restartUnit(keepsList: !losesList)
    }

    /// Whether a meter has the station that it is asked at.
    func isReached(_ meter: PartyID) -> Bool {
        guard isUp, let found = branch.meters.first(where: { $0.eid == meter }), found.isOn, let kept = found.kept,
            kept.unit.eid == eid
        else { return false }
        return kept.unit.epoch == branch.unit.list.epoch && branch.unit.list.station(of: meter) == kept.station
    }

    /// The line is as good as any from now on.
    func calm() {
        for meter in meters.indices { branch.setFaults(.none, of: meter) }
    }

    private var seenStations: (kept: [StationMembership.Assignment?], count: Int) = ([], 0)

    /// What does not hold of its stations: a meter with a station has one that was written down, and no other has it.
    func stationViolation() -> String? {
        let kept = branch.meters.map(\.kept)
        guard kept != seenStations.kept || branch.written.count != seenStations.count else { return nil }
        seenStations = (kept, branch.written.count)
        let list = StationList(branch.written)
        var holders: [UInt16: PartyID] = [:]
        for meter in branch.meters {
            guard let kept = meter.kept, kept.unit.eid == eid, let list, kept.unit.epoch == list.epoch else { continue }
            if list.station(of: meter.eid) != kept.station {
                return "\(meter.eid) has station \(kept.station), which \(eid) has not written down as its own"
            }
            if let other = holders.updateValue(meter.eid, forKey: kept.station) {
                return "\(meter.eid) and \(other) both have station \(kept.station)"
            }
        }
        return nil
    }
}

/// An area unit: the trunks to its local units and the one to its host, and what passes between them.
final class LifeArea {
    let eid: PartyID
    let lower: LifePipe.Lower
    let uppers: [PartyID: LifePipe.Upper]
    private let locals: [PartyID]
    private let chance: LifeChance
    private var routes = MeterRoutes()
    private(set) var restartsAt: Duration?
    private(set) var lastDeath = Duration.zero
    private var dies = false
    /// Through which unit each exchange went.
    private var ways: [ExchangeID: PartyID] = [:]

    init(_ eid: PartyID, _ lower: LifePipe.Lower, _ uppers: [PartyID: LifePipe.Upper], _ chance: LifeChance) {
        (self.eid, self.lower, self.uppers, self.chance) = (eid, lower, uppers, chance)
        locals = uppers.keys.sorted()
    }

    var isUp: Bool { restartsAt == nil }

    var wake: Duration? {
        guard isUp else { return restartsAt }
        return ([lower.engine.wake] + locals.map { uppers[$0]?.engine.wake }).compactMap { $0 }.min()
    }

    func advance(to now: Duration) {
        if let restartsAt, now >= restartsAt { restart(at: now) }
        guard isUp else { return }
        lower.engine.advance(to: now)
        for local in locals { uppers[local]?.engine.advance(to: now) }
        serve(at: now)
    }

    /// Passes on what came from above and from below.
    ///
    /// - Returns: whether anything moved.
    @discardableResult
    func serve(at now: Duration) -> Bool {
        guard isUp else { return false }
        var hasMoved = false
        for event in lower.engine.dequeueEvents() {
            hasMoved = true
            switch event {
            case .newUpper:
                for unit in routes.all {
                    let meters = routes.meters(of: unit).sorted()
                    let roster = UnitReport.MeterRoster(present: meters, isComplete: true)
                    lower.engine.report(UnitReport(from: unit, at: now, .meters(roster)))
                }
            case .cancelled(let id): if let way = ways[id] { uppers[way]?.engine.cancel(id, at: now) }
            }
        }
        while let exchange = lower.engine.next(at: now) {
            hasMoved = true
            guard let unit = routes.unit(of: exchange.meter), let upper = uppers[unit] else {
                lower.engine.finish(exchange.id, .notSent(.unknownMeter))
                continue
            }
            ways[exchange.id] = unit
            upper.engine.exchange(exchange, at: now)
            if let kind = FaultTable.CommandKind(exchange.command),
                chance.fault(AreaFault.self, weight: 0.2 * kind.weight) != nil
            {
                chance.table.commands.hit(kind, .areaKilled)
                dies = true
            }
        }
        for local in locals {
            for answer in uppers[local]?.engine.dequeueOutcomes() ?? [] {
                hasMoved = true
                ways[answer.id] = nil
                lower.engine.finish(answer.id, answer.outcome)
            }
            for report in uppers[local]?.engine.dequeueReports() ?? [] {
                hasMoved = true
                if case .meters(let roster) = report.content {
                    routes.apply(roster, of: local)
                } else {
                    routes.add(local)
                }
                lower.engine.report(report)
            }
        }
        if dies { die(at: now) }
        return hasMoved
    }

    private enum AreaFault: CaseIterable { case killed }

    /// Dies, for a while.
    ///
    /// - Parameter time: how long; nil for a time by chance.
    func die(at now: Duration, for time: Duration? = nil) {
        dies = false
        guard isUp else { return }
        chance.note("\(eid) dies", at: now)
        let restart = now + (time ?? chance.downTime())
        restartsAt = restart
        lastDeath = now
        chance.trouble(until: restart + .seconds(5))
        lower.isUp = false
        for local in locals { uppers[local]?.isUp = false }
    }

    private func restart(at now: Duration) {
        chance.note("\(eid) runs again", at: now)
        restartsAt = nil
        (routes, ways) = (MeterRoutes(), [:])
        lower.engine = TrunkLower(process: chance.random.next() | 1, limits: lower.limits)
        lower.isUp = true
        for local in locals {
            guard let upper = uppers[local] else { continue }
            upper.engine = TrunkUpper(process: chance.random.next() | 1, limits: upper.limits)
            upper.isUp = true
        }
    }
}
