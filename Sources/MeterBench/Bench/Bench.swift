internal import ISO7816
public import Meter
public import ValueProtocol

/// A bench with an electric meter, its card slot, its loads and its operator, who may be a person or a program.
///
/// It is an engine: it is told what has happened and how much real time has passed, and knows no thread, clock, line or
/// terminal. ``BenchDriver`` drives it in real time.
///
///     let bench = Bench(unit, Bench.Setup(loads: loads, cards: cards))
///     try bench.carryOut(.putCardIn("card1"))
///     try bench.carryOut(.redeem(.all))
///     try bench.advance(milliseconds: 3_600_000)
///     print(bench.meter.reading.value)
///
/// It belongs to one thread.
public final class Bench {
    /// The meter and its surroundings.
    public let unit: BenchMeter
    /// The meter's.
    public let slot = CardSlot()
    public internal(set) var speed: SimulationSpeed
    public internal(set) var keypad: Keypad
    /// Whether a command or the time has ended it.
    public internal(set) var isOver = false
    /// Whether a command asked, in the last step, how things are.
    public internal(set) var isReportWanted = false
    /// What is to be said of the last command.
    public internal(set) var remark: BenchRemark? {
        didSet { if let remark { remarks.append(remark) } }
    }
    private var remarks: [BenchRemark] = []
    let loads: BenchLoads
    let cards: BenchCards
    /// The card in the reader that is the slot; nil without one.
    var readerCard: (any CardChannel)?
    var wasPowered: Bool
    /// Commands of a script that are not yet carried out.
    private var script: ArraySlice<BenchCommand>
    /// Milliseconds before which the script does not go on.
    private var scriptRests: Int64
    /// Milliseconds at which it ends.
    private let end: Int64?
    /// Of a millisecond that has passed and was not simulated.
    private var carried = 0.0

    /// As fast as it can, it goes on by so much at once.
    private static let quarter: Int64 = 900_000
    private static let day: Int64 = 86_400_000

    /// How a bench is set up.
    public struct Setup {
        public var speed: SimulationSpeed
        /// Commands to be carried out first.
        public var script: [BenchCommand]
        /// Simulated time after which it ends; nil for no end.
        public var duration: SimulatedDuration?
        public var loads: BenchLoads
        public var cards: BenchCards

        /// - Parameters:
        ///   - speed: simulated time per real time.
        ///   - script: commands to be carried out first.
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
    ///   - unit: the meter and its surroundings.
    ///   - setup: of the bench.
    public init(_ unit: BenchMeter, _ setup: Setup) {
        self.unit = unit
        (speed, script, loads, cards) = (setup.speed, setup.script[...], setup.loads, setup.cards)
        let installation = unit.installation
        scriptRests = installation.milliseconds
        keypad = Keypad(channels: installation.channels.count)
        wasPowered = installation.isPowered
        end = setup.duration.map { installation.milliseconds + Int64($0.seconds) * 1000 }
        let loads = loads
        installation.load = { loads.loads(at: $0) }
    }

    public var meter: ElectricMeter { unit.meter }
    public var installation: SimulatedInstallation { unit.installation }
    /// Simulated, whatever the meter's clock says.
    public var time: Timestamp { Timestamp(rawValue: UInt32(clamping: installation.milliseconds / 1000)) }

    /// Takes the remarks on all commands since this was asked last.
    public func dequeueRemarks() -> [BenchRemark] {
        defer { remarks = [] }
        return remarks
    }

    // MARK: Steps

    /// Goes on by one step: carries out what has come and what is due of the script, then lets time pass, as much as the
    /// speed says; as fast as it can, to the next quarter of an hour. Not beyond the script's next command, or the end.
    ///
    /// - Parameters:
    ///   - events: that have come.
    ///   - elapsed: real time since the last step.
    /// - Throws: `MeterError`, or the error of ``BenchEvent/failed(_:)``.
    public func step(_ events: [BenchEvent] = [], elapsed: Duration) throws {
        isReportWanted = false
        for event in events { try handle(event) }
        try continueScript()
        // What a command asks to be reported is reported as it is then; and the end is at once.
        if !isReportWanted, !isOver {
            let milliseconds = due(elapsed)
            if milliseconds > 0 { try installation.advance(meter, milliseconds: milliseconds) }
        }
        followPower()
        if let end, installation.milliseconds >= end, script.isEmpty { isOver = true }
    }

    /// Lets simulated time pass.
    ///
    /// - Parameter milliseconds: that pass.
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
        case .cardRemoved: takeCardOut()
        case .failed(let error): throw error
        }
    }

    private func continueScript() throws {
        while !isReportWanted, installation.milliseconds >= scriptRests, let command = script.popFirst() {
            if case .wait(let duration) = command {
                scriptRests = installation.milliseconds + Int64(duration.seconds) * 1000
            } else {
                try carryOut(command)
            }
        }
    }

    /// Milliseconds that are to pass.
    private func due(_ elapsed: Duration) -> Int64 {
        var milliseconds = Bench.quarter - installation.milliseconds % Bench.quarter
        if let factor = speed.factor {
            let due = elapsed / .milliseconds(1) * factor + carried
            milliseconds = min(Bench.day, Int64(due))
            carried = due - due.rounded(.down)
        }
        if !script.isEmpty { milliseconds = min(milliseconds, scriptRests - installation.milliseconds) }
        if let end, script.isEmpty { milliseconds = min(milliseconds, end - installation.milliseconds) }
        return milliseconds
    }

    /// The slot has power as long as the meter.
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
