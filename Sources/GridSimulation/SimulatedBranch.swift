public import Grid
public import LineTesting
public import PowerLine
public import ValueProtocol

/// A local unit, its line and its meters, in virtual time: the engines that programs run, and an element behind each meter's.
///
/// Frames are delivered to the station that they are for, those to all to every station: a station that a frame is not for
/// would drop it. What is sent arrives whole, when its last byte does; that something is coming is known from its first.
/// The same seed gives the same run.
public struct SimulatedBranch {
    /// What answers a meter's commands; nil if it gives no answer.
    public typealias Element = (_ meter: Int, _ device: Exchange.Device, _ command: [UInt8]) -> [UInt8]?

    /// One meter of the branch.
    public struct Meter {
        public let eid: PartyID
        public internal(set) var station: HDLCStation
        /// What the line between it and the unit does.
        public var faults: SimulatedLine.Faults
        /// Whether it has power.
        public internal(set) var isOn = true
        /// The station that it wrote down.
        public internal(set) var kept: StationMembership.Assignment?
        /// How long its element takes for a command.
        public var processing = Duration.zero
    }

    /// One sending on the line, before the line has done anything to it.
    public struct Sending: Sendable {
        /// Its frames, at least one.
        public let frames: [HDLCFrame]
        /// The meter that sends, or for whom it is; nil for one to all stations.
        public let meter: Int?
    }

    /// What happens to one sending, beside what the line does by chance.
    public enum Disturbance: Sendable, Hashable {
        case lost, doubled
        /// It arrives later, and what follows it on the same way no earlier: a line keeps the order.
        case late(Duration)
        /// One of its bits is inverted: the remainder by their number.
        case hit(Int)
    }

    private enum Event {
        /// A sending of the unit arrives: which frames, and how they look to who hears them.
        case toMeter(Int, [UInt8], sending: Int)
        case toAll(HDLCFrame, sending: Int)
        case toUnit([UInt8], sending: Int)
        case unitHears(until: Duration)
        case meterWakes(Int)
        case elementAnswers(Int, HDLCDevice, HDLCSecondary.Command, power: Int)
        case unitWakes
        case changesRecorded
    }

    public private(set) var unit: LocalUnit
    public private(set) var meters: [Meter]
    public private(set) var now = Duration.zero
    /// The bytes that the unit and all meters sent.
    public private(set) var byteCount = 0
    /// The bytes themselves; nil while they are not kept.
    public var carried: [UInt8]?
    /// What became of exchanges, and when, since it was taken last.
    public var outcomes: [(id: ExchangeID, outcome: ExchangeOutcome, time: Duration)] = []
    /// What the unit reported, and when.
    public private(set) var reports: [(report: LocalUnit.Report, time: Duration)] = []
    /// How many commands the elements have received.
    public private(set) var commandCount = 0
    /// How long the unit takes to write changes of its list down.
    public var writing = Duration.milliseconds(1)
    /// What the unit wrote down.
    public private(set) var written: [StationList.Change] = []
    private var unwritten: [StationList.Change] = []
    /// Exchanges that the unit has taken and not ended; they outlive a restart.
    private var accepted: [ExchangeID: Exchange] = [:]
    /// Disturbs sendings one by one; nil for none.
    public var disturb: ((Sending) -> Disturbance?)?
    /// Asked after each command whether the meter's power failed meanwhile; nil for never.
    public var hasFailed: ((_ meter: Int) -> Bool)?
    /// Whether the unit runs.
    public private(set) var isUnitOn = true
    private let element: Element
    private let timing: HDLCTiming
    private let bitRate: Int
    private var random: LineRandom
    private var events = EventQueue<Event>()
    private var unitWake: Duration?
    private var meterWakes: [Duration?]
    private var powers: [Int]
    private var indices: [PartyID: Int] = [:]
    /// What is on the line, to the time when it has left: who sends at the same time spoils it.
    private var sendings: [(id: Int, begins: Duration, ends: Duration)] = []
    private var spoiled: Set<Int> = []
    private var sendingCount = 0
    /// Until when what was disturbed is on its way, by meter: to it, and from it.
    private var late: (down: [Int: Duration], up: [Int: Duration]) = ([:], [:])

    /// - Parameters:
    ///   - bitRate: of the line.
    ///   - count: how many meters it has.
    ///   - faults: what the line does between the unit and every meter, unless ``setFaults(_:of:)`` says otherwise.
    ///   - seed: of everything.
    ///   - eid: the unit's identifier.
    ///   - firstMeter: the number of the first meter; the others follow.
    ///   - configure: changes the unit's configuration.
    ///   - element: what answers.
    public init(
        bitRate: Int, meters count: Int, faults: SimulatedLine.Faults = .none, seed: UInt64 = 1,
        unit eid: PartyID = unitID, firstMeter: UInt32 = 1,
        configure: (inout LocalUnit.Configuration) -> Void = { _ in },
        element: @escaping Element = { _, _, command in command.reversed() + [0x90, 0x00] }
    ) {
        var random = LineRandom(seed: seed)
        let timing = HDLCTiming(bitRate: bitRate)
        var configuration = LocalUnit.Configuration(eid, timing)
        configuration.expected = count
        configure(&configuration)
        self.timing = timing
        self.bitRate = bitRate
        self.element = element
        unit = LocalUnit(
            configuration, nil, clock: 1_800_000_000, at: .zero, random: LineRandom(seed: random.next()))
        meters = (0..<count).map { index in
            let eid = PartyID(issuer: 0xA1, kind: .electricMeter, number: firstMeter + UInt32(index))
            let membership = StationMembership(of: eid, random: LineRandom(seed: random.next()))
            return Meter(eid: eid, station: Self.station(membership, timing), faults: faults)
        }
        meterWakes = Array(repeating: nil, count: count)
        powers = Array(repeating: 0, count: count)
        self.random = LineRandom(seed: random.next())
        for index in meters.indices { indices[meters[index].eid] = index }
        serveUnit()
    }

    /// The unit's identifier.
    public static let unitID = PartyID(issuer: 0xA1, kind: .localUnit, number: 1)

    private static func station(_ membership: StationMembership, _ timing: HDLCTiming) -> HDLCStation {
        HDLCStation(
            [HDLCDevice.element, .cardSlot].map { HDLCSecondary($0, timing: timing) }, timing: timing,
            membership: membership)
    }

    // MARK: What is done to it

    /// Has the unit carry an exchange out.
    public mutating func accept(_ exchange: Exchange) {
        accepted[exchange.id] = exchange
        unit.accept(exchange, at: now)
        serveUnit()
    }

    /// The host takes an exchange back.
    public mutating func cancel(_ id: ExchangeID) {
        unit.cancel(id)
        serveUnit()
    }

    /// Changes the line to a meter.
    public mutating func setFaults(_ faults: SimulatedLine.Faults, of meter: Int) { meters[meter].faults = faults }

    /// Changes how long a meter's element takes for a command.
    public mutating func setProcessing(_ time: Duration, of meter: Int) { meters[meter].processing = time }

    /// Cuts a meter's power, or restores it: what is not written down is lost.
    public mutating func setPower(_ isOn: Bool, of meter: Int) {
        guard meters[meter].isOn != isOn else { return }
        meters[meter].isOn = isOn
        powers[meter] += 1
        guard isOn else { return }
        let membership = StationMembership(
            of: meters[meter].eid, meters[meter].kept, random: LineRandom(seed: random.next()))
        meters[meter].station = Self.station(membership, timing)
    }

    /// Kills the unit, until ``restartUnit(keepsList:)``.
    public mutating func stopUnit() {
        isUnitOn = false
        unwritten = []
    }

    /// Kills the unit and starts it with what it has written down, or without.
    public mutating func restartUnit(keepsList: Bool = true) {
        isUnitOn = true
        unwritten = []
        if !keepsList { written = [] }
        unit = LocalUnit(
            unit.configuration, StationList(written), clock: 1_800_000_000 + UInt32(now.components.seconds), at: now,
            random: LineRandom(seed: random.next()))
        unitWake = nil
        for exchange in accepted.values.sorted(by: { $0.id.number < $1.id.number }) {
            unit.accept(exchange, wasAccepted: true, at: now)
        }
        serveUnit()
    }

    /// When something happens next; nil if nothing will.
    public var nextTime: Duration? { events.nextTime }

    /// Lets time pass.
    public mutating func run(until end: Duration) {
        while step(until: end) {}
        now = max(now, end)
    }

    /// Lets time pass until a condition holds, at most to `end`; whether it holds.
    public mutating func run(until end: Duration, _ condition: (SimulatedBranch) -> Bool) -> Bool {
        while !condition(self) {
            guard step(until: end) else {
                now = max(now, end)
                return condition(self)
            }
        }
        return true
    }

    private mutating func step(until end: Duration) -> Bool {
        guard let time = events.nextTime, time <= end, let event = events.pop() else { return false }
        now = max(now, time)
        switch event {
        case .unitWakes:
            guard unitWake == time, isUnitOn else { return true }
            unitWake = nil
            unit.advance(to: now)
            serveUnit()
        case .unitHears(let until):
            guard isUnitOn else { return true }
            unit.hears(until: until)
            serveUnit()
        case .toUnit(let bytes, let sending):
            guard isUnitOn else { return true }
            unit.receive(spoiled.contains(sending) ? random.bytes(bytes.count) : bytes, at: now)
            serveUnit()
        case .changesRecorded where isUnitOn:
            written += unwritten
            unwritten = []
            unit.changesRecorded(at: now)
            serveUnit()
        case .changesRecorded: break
        case .toMeter(let index, let bytes, let sending):
            guard meters[index].isOn, !spoiled.contains(sending) else { return true }
            meters[index].station.receive(bytes, at: now)
            serveMeter(index)
        case .toAll(let frame, let sending):
            guard !spoiled.contains(sending) else { return true }
            for index in meters.indices where meters[index].isOn && arrives(frame.length + 1, meters[index].faults) {
                meters[index].station.receive(frame, at: now)
                serveMeter(index)
            }
        case .meterWakes(let index):
            guard meterWakes[index] == time else { return true }
            meterWakes[index] = nil
            guard meters[index].isOn else { return true }
            meters[index].station.advance(to: now)
            serveMeter(index)
        case .elementAnswers(let index, let device, let command, let power):
            guard powers[index] == power else { return true }
            commandCount += 1
            let answer = element(index, device == .element ? .element : .cardSlot, command.bytes)
            guard hasFailed?(index) != true else {
                setPower(false, of: index)
                return true
            }
            meters[index].station[device]?.answer(answer, to: command, at: now)
            serveMeter(index)
        }
        return true
    }

    // MARK: The unit and its meters

    private mutating func serveUnit() {
        guard isUnitOn else { return }
        let changes = unit.dequeueChanges()
        if !changes.isEmpty {
            unwritten += changes
            events.push(.changesRecorded, at: now + writing)
        }
        let output = unit.dequeueOutput()
        if !output.isEmpty { send(output) }
        for (id, outcome) in unit.dequeueOutcomes() {
            accepted[id] = nil
            outcomes.append((id, outcome, now))
        }
        for report in unit.dequeueReports() { reports.append((report, now)) }
        if let wake = unit.wake.map({ max($0, now) }), wake != unitWake {
            unitWake = wake
            events.push(.unitWakes, at: wake)
        }
    }

    private mutating func serveMeter(_ index: Int) {
        if let change = meters[index].station.dequeueChange() {
            if case .assigned(let assignment) = change {
                meters[index].kept = assignment
            } else {
                meters[index].kept = nil
            }
        }
        for device in [HDLCDevice.element, .cardSlot] where meters[index].station.hasCommand {
            while let command = meters[index].station[device]?.dequeueCommand() {
                events.push(
                    .elementAnswers(index, device, command, power: powers[index]), at: now + meters[index].processing)
            }
        }
        let output = meters[index].station.dequeueOutput()
        if !output.isEmpty { answer(output, from: index) }
        if let wake = meters[index].station.wake.map({ max($0, now) }), wake != meterWakes[index] {
            meterWakes[index] = wake
            events.push(.meterWakes(index), at: wake)
        }
    }

    // MARK: The line

    /// The unit sends frames, each to one station or to all.
    private mutating func send(_ bytes: [UInt8]) {
        byteCount += bytes.count
        carried? += bytes
        let id = occupy(bytes.count)
        let ends = sendings.last?.ends ?? now
        var reader = HDLCFrameReader()
        let frames = reader.feed(bytes)
        guard let first = frames.first else { return }
        if first.server.station == .all {
            // Whole or not at all.
            switch disturb?(Sending(frames: frames, meter: nil)) {
            case .lost, .hit: return
            case .late(let delay): events.push(.toAll(first, sending: id), at: ends + delay)
            case .doubled:
                events.push(.toAll(first, sending: id), at: ends)
                events.push(.toAll(first, sending: id), at: ends + timing.byteTime * bytes.count)
            case nil: events.push(.toAll(first, sending: id), at: ends)
            }
            return
        }
        guard case .number(let number) = first.server.station, let meter = unit.list.meter(at: number),
            let index = indices[meter], meters[index].isOn
        else { return }
        deliver(bytes, frames, index, ends) { .toMeter(index, $0, sending: id) }
    }

    private mutating func answer(_ bytes: [UInt8], from index: Int) {
        byteCount += bytes.count
        carried? += bytes
        let id = occupy(bytes.count)
        let ends = sendings.last?.ends ?? now
        let faults = meters[index].faults
        var reader = HDLCFrameReader()
        deliver(bytes, disturb == nil ? [] : reader.feed(bytes), index, ends) { .toUnit($0, sending: id) }
        if !happens(faults.loses) { events.push(.unitHears(until: ends), at: now + timing.byteTime) }
    }

    private mutating func deliver(
        _ bytes: [UInt8], _ frames: [HDLCFrame], _ meter: Int, _ ends: Duration, _ event: ([UInt8]) -> Event
    ) {
        let faults = meters[meter].faults
        let disturbance = frames.isEmpty ? nil : disturb?(Sending(frames: frames, meter: meter))
        guard !happens(faults.loses), disturbance != .lost else { return }
        var delay = happens(faults.delays) ? faults.delay * Int.random(in: 1...100, using: &random) / 100 : .zero
        if case .late(let more) = disturbance { delay += more }
        let copies = happens(faults.doubles) || disturbance == .doubled ? 2 : 1
        let isDown = frames.first?.direction == .command
        let begins = max(ends + delay, (isDown ? late.down : late.up)[meter] ?? .zero)
        if case .late = disturbance { if isDown { late.down[meter] = begins } else { late.up[meter] = begins } }
        for copy in 0..<copies {
            var heard = spoil(bytes, faults)
            if case .hit(let bit) = disturbance, !heard.isEmpty {
                heard[bit / 8 % heard.count] ^= 1 << UInt8(bit % 8)
            }
            events.push(event(heard), at: begins + timing.byteTime * bytes.count * copy)
        }
    }

    /// Occupies the line; what is sent at the same time is not understood, and neither is this.
    private mutating func occupy(_ count: Int) -> Int {
        sendingCount += 1
        let ends = now + timing.byteTime * count
        if timing.byteTime > .zero {
            sendings.removeAll { $0.ends <= now }
            if !sendings.isEmpty { spoiled.formUnion(sendings.map(\.id) + [sendingCount]) }
        }
        // Long past, whatever the delay.
        if spoiled.count > 4_096 { spoiled = spoiled.filter { $0 > sendingCount - 2_048 } }
        sendings.append((sendingCount, now, ends))
        return sendingCount
    }

    private mutating func spoil(_ bytes: [UInt8], _ faults: SimulatedLine.Faults) -> [UInt8] {
        guard faults.bitErrorRate > 0 || faults.burstRate > 0 else { return bytes }
        var (heard, burst): ([UInt8], Int) = ([], 0)
        heard.reserveCapacity(bytes.count)
        // A byte is hit in one of its ten bits.
        let byteRate = faults.bitErrorRate * 10
        for byte in bytes {
            if happens(faults.burstRate) { burst = Int.random(in: 1...max(1, faults.burstLength), using: &random) }
            if burst > 0 {
                burst -= 1
                heard.append(UInt8(truncatingIfNeeded: random.next()))
            } else if happens(byteRate) {
                let bit = Int.random(in: 0..<10, using: &random)
                if bit < 8 { heard.append(byte ^ 1 << UInt8(bit)) }
            } else {
                heard.append(byte)
            }
        }
        return heard
    }

    /// Whether a frame to all arrives at one of them.
    private mutating func arrives(_ count: Int, _ faults: SimulatedLine.Faults) -> Bool {
        guard !happens(faults.loses) else { return false }
        guard faults.bitErrorRate > 0 || faults.burstRate > 0 else { return true }
        for _ in 0..<count where happens(faults.bitErrorRate * 10 + faults.burstRate) { return false }
        return true
    }

    private mutating func happens(_ probability: Double) -> Bool {
        probability > 0 && Double(random.next() >> 11) * 0x1p-53 < probability
    }
}
