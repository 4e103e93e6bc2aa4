internal import ISO7816
public import Meter
public import ValueProtocol

/// A bench with an electric meter, its card slot, its loads and its operator, who may be a person or a program.
///
/// It is an engine: events and elapsed real time are its inputs, and it uses no thread, clock, line or terminal.
/// ``BenchDriver`` drives it in real time.
///
///     let bench = Bench(unit, Bench.Setup(loads: loads, cards: cards))
///     try bench.carryOut(.insertCard("card1"))
///     try bench.carryOut(.redeem(.all))
///     try bench.advance(milliseconds: 3_600_000)
///     print(bench.meter.reading.value)
///
/// Use it on one thread only.
public final class Bench {
    /// The meter and its environment.
    public let unit: BenchMeter
    /// The meter's.
    public let slot = CardSlot()
    public internal(set) var speed: SimulationSpeed
    public internal(set) var keypad: Keypad
    /// Whether a command or the end of time has ended it.
    public internal(set) var isOver = false
    /// Whether a command of the last step requested a report.
    public internal(set) var isReportWanted = false
    /// The result of the last command.
    public internal(set) var remark: BenchRemark? {
        didSet { if let remark { remarks.append(remark) } }
    }
    private var remarks: [BenchRemark] = []
    let loads: BenchLoads
    let cards: BenchCards
    /// The card in the reader that serves as the slot; nil without one.
    var readerCard: (any CardChannel)?
    var wasPowered: Bool
    /// Commands of the script that have not been executed yet.
    private var script: ArraySlice<BenchCommand>
    /// The script waits until this many milliseconds.
    private var scriptWaitsUntil: Int64
    /// End in milliseconds.
    private let end: Int64?
    /// Fraction of a millisecond that has passed but was not simulated.
    private var carried = 0.0

    /// Step at maximum speed.
    private static let quarter: Int64 = 900_000
    private static let day: Int64 = 86_400_000

    /// The setup of a bench.
    public struct Setup {
        public var speed: SimulationSpeed
        /// Commands to execute first.
        public var script: [BenchCommand]
        /// Simulated time after which it ends; nil for no end.
        public var duration: SimulatedDuration?
        public var loads: BenchLoads
        public var cards: BenchCards

        /// - Parameters:
        ///   - speed: simulated time per real time.
        ///   - script: commands to execute first.
        ///   - duration: simulated time after which it ends.
        ///   - loads: on the channels.
        ///   - cards: of the slot's own contacts.
        public init(
            speed: SimulationSpeed = .real, script: [BenchCommand] = [], duration: SimulatedDuration? = nil,
            loads: BenchLoads, cards: BenchCards
        ) {
            self.speed = speed
            self.script = script
            self.duration = duration
            self.loads = loads
            self.cards = cards
        }
    }

    /// - Parameters:
    ///   - unit: the meter and its environment.
    ///   - setup: of the bench.
    public init(_ unit: BenchMeter, _ setup: Setup) {
        self.unit = unit
        (speed, script, loads, cards) = (setup.speed, setup.script[...], setup.loads, setup.cards)
        let installation = unit.installation
        scriptWaitsUntil = installation.milliseconds
        keypad = Keypad(channels: installation.channels.count)
        wasPowered = installation.isPowered
        end = setup.duration.map { installation.milliseconds + Int64($0.seconds) * 1000 }
        let loads = loads
        installation.load = { loads.loads(at: $0) }
        installation.untilLoadChange = { loads.untilChange(at: $0) }
    }

    public var meter: ElectricMeter { unit.meter }
    public var installation: SimulatedInstallation { unit.installation }
    /// Simulated time, independent of the meter's clock.
    public var time: Timestamp { Timestamp(rawValue: UInt32(clamping: installation.milliseconds / 1000)) }

    /// Dequeues the remarks on all commands since the last call.
    public func dequeueRemarks() -> [BenchRemark] {
        defer { remarks = [] }
        return remarks
    }

    // MARK: Steps

    /// Advances by one step: executes the events and the script's due commands, then lets time pass according to the
    /// speed; at maximum speed, to the next quarter of an hour. It stops at the script's next command and at the end.
    ///
    /// - Parameters:
    ///   - events: that have occurred.
    ///   - elapsed: real time since the last step.
    /// - Throws: `MeterError`, or the error of ``BenchEvent/failed(_:)``.
    public func step(_ events: [BenchEvent] = [], elapsed: Duration) throws {
        isReportWanted = false
        for event in events { try handle(event) }
        try continueScript()
        // A requested report shows the state at this moment, and an end takes effect at once.
        if !isReportWanted, !isOver {
            let milliseconds = due(elapsed)
            if milliseconds > 0 { try installation.advance(meter, milliseconds: milliseconds) }
        }
        followPower()
        if let end, installation.milliseconds >= end, script.isEmpty { isOver = true }
    }

    /// Lets simulated time pass.
    ///
    /// - Parameter milliseconds: the duration.
    /// - Throws: `MeterError`.
    public func advance(milliseconds: Int64) throws(MeterError) {
        try installation.advance(meter, milliseconds: milliseconds)
        followPower()
    }

    private func handle(_ event: BenchEvent) throws {
        switch event {
        case .command(let command): try carryOut(command)
        case .cardInserted(let channel):
            readerCard = channel
            activateCard()
        case .cardRemoved: removeCard()
        case .failed(let error): throw error
        }
    }

    private func continueScript() throws {
        while !isReportWanted, installation.milliseconds >= scriptWaitsUntil, let command = script.popFirst() {
            if case .wait(let duration) = command {
                scriptWaitsUntil = installation.milliseconds + Int64(duration.seconds) * 1000
            } else {
                try carryOut(command)
            }
        }
    }

    /// Milliseconds to simulate.
    private func due(_ elapsed: Duration) -> Int64 {
        var milliseconds = Bench.quarter - installation.milliseconds % Bench.quarter
        if let factor = speed.factor {
            let due = elapsed / .milliseconds(1) * factor + carried
            milliseconds = min(Bench.day, Int64(due))
            carried = due - due.rounded(.down)
        }
        if !script.isEmpty { milliseconds = min(milliseconds, scriptWaitsUntil - installation.milliseconds) }
        if let end, script.isEmpty { milliseconds = min(milliseconds, end - installation.milliseconds) }
        return milliseconds
    }

    /// The slot has power while the meter has.
    func followPower() {
        guard installation.isPowered != wasPowered else { return }
        wasPowered = installation.isPowered
        if wasPowered {
            activateCard()
        } else {
            slot.remove()
            cards.deactivate()
        }
    }
}
