import ISO7816
import Meter
import MeterBench
import PowerLine
import ValueElement
import ValueProtocol

/// A meter that runs: time passes at its speed, orders are carried out, hosts are served, and what is to be seen is shown.
///
/// It lives on one thread.
final class BenchRun {
    let stand: BenchMeter
    let slot = CardSlot()
    let queue: CommandQueue
    private let server: MeterLineServer?
    private let loads: BenchLoads
    private let cards: BenchCards
    /// The card in the reader that is the slot.
    private var inReader: (any CardChannel)?
    private(set) var speed: Double?
    private(set) var keypad: Keypad
    private(set) var isOver = false
    /// What is to be said of the last order.
    private(set) var remark = "" {
        didSet { if !remark.isEmpty { remarks.append(remark) } }
    }
    /// What is to be said of orders since the last look.
    private var remarks: [String] = []
    /// An order asks for a line of how things are.
    var wantsLine = false
    /// Orders of a file that are not yet carried out.
    private var script: ArraySlice<BenchCommand>
    /// Milliseconds before which the script does not go on.
    private var scriptRests: Int64
    /// Milliseconds at which it ends.
    private let end: Int64?
    /// Of a millisecond that has passed and not been simulated.
    private var carried = 0.0
    private var lastServed = ContinuousClock.now
    private var servedBefore = 0
    private var wasPowered: Bool

    var meter: ElectricMeter { stand.meter }
    var installation: SimulatedInstallation { stand.installation }
    var line: LineAddress? { server?.address }
    var time: Timestamp { Timestamp(rawValue: UInt32(clamping: installation.milliseconds / 1000)) }

    struct Setup {
        var speed: Double?
        var script: [BenchCommand] = []
        var seconds: UInt32?
        var loads: BenchLoads
        var cards: BenchCards
        var line: LineAddress?
    }

    /// - Throws: `LineError` where the line cannot be served.
    init(_ stand: BenchMeter, _ setup: Setup, queue: CommandQueue) throws {
        self.stand = stand
        self.queue = queue
        (speed, script, loads, cards) = (setup.speed, setup.script[...], setup.loads, setup.cards)
        scriptRests = stand.installation.milliseconds
        keypad = Keypad(channels: stand.installation.channels.count)
        wasPowered = stand.installation.isPowered
        end = setup.seconds.map { stand.installation.milliseconds + Int64($0) * 1000 }
        server = try setup.line.map { try MeterLineServer($0, id: stand.meter.id) }
        let loads = loads
        stand.installation.load = { loads.now(at: $0) }
    }

    /// Runs until an order or the time ends it.
    ///
    /// - Parameters:
    ///   - frame: real time between two looks.
    ///   - show: is called after each step.
    /// - Throws: `MeterError`, `Failure`.
    func run(frame: Duration, show: (BenchRun) throws -> Void) throws {
        var last = ContinuousClock.now
        var lastKept = last
        while !isOver {
            try takeOrders()
            let now = ContinuousClock.now
            // What an order asks to be shown is shown as it is then; and the end is at once.
            if !wantsLine, !isOver { try pass(now - last) }
            last = now
            followPower()
            lookAtCard()
            if now - lastKept > .seconds(1) {
                try stand.keepSurroundings()
                lastKept = now
            }
            if let end, installation.milliseconds >= end, script.isEmpty { isOver = true }
            try show(self)
            if !isOver { rest(speed == nil ? .zero : frame) }
        }
    }

    /// Time passes: as much as the speed says, or a quarter of an hour at once; not beyond the next order, or the end.
    private func pass(_ real: Duration) throws {
        let quarter: Int64 = 900_000
        var milliseconds = quarter - installation.milliseconds % quarter
        if let speed {
            let due = real / .milliseconds(1) * speed + carried
            milliseconds = min(86_400_000, Int64(due))
            carried = due - due.rounded(.down)
        }
        if !script.isEmpty { milliseconds = min(milliseconds, scriptRests - installation.milliseconds) }
        if let end, script.isEmpty { milliseconds = min(milliseconds, end - installation.milliseconds) }
        if milliseconds > 0 { try installation.advance(meter, milliseconds: milliseconds) }
    }

    /// Serves hosts, or waits for orders, for a while.
    private func rest(_ duration: Duration) {
        guard let server else {
            if duration > .zero { queue.wait(atMost: duration) }
            return
        }
        guard installation.isPowered else {
            queue.wait(atMost: duration)
            return
        }
        server.serve(for: duration, meter, slot: slot)
        if server.served != servedBefore { lastServed = .now }
        servedBefore = server.served
    }

    /// The slot has power as long as the meter.
    private func followPower() {
        guard installation.isPowered != wasPowered else { return }
        wasPowered = installation.isPowered
        if wasPowered {
            activateCard()
        } else {
            slot.remove()
            cards.deactivate()
        }
    }

    /// A card to which a host sent commands is looked at once the line is quiet.
    private func lookAtCard() {
        if slot.mayHaveChanged, ContinuousClock.now - lastServed > .seconds(1) { slot.look() }
    }

    // MARK: Orders

    private func takeOrders() throws {
        for entry in queue.take() {
            switch entry {
            case .order(let order): try carryOut(order)
            case .cardIn(let channel):
                inReader = channel
                activateCard()
            case .cardOut: takeOut()
            case .failed(let error): throw error
            }
        }
        while !wantsLine, installation.milliseconds >= scriptRests, let order = script.popFirst() {
            if case .wait(let seconds) = order {
                scriptRests = installation.milliseconds + Int64(seconds) * 1000
            } else {
                try carryOut(order)
            }
        }
    }

    /// What was to be said of orders since this was asked last.
    func takeRemarks() -> [String] {
        defer { remarks = [] }
        return remarks
    }

    private func carryOut(_ order: BenchCommand) throws {
        remark = ""
        switch order {
        case .page(let page): keypad.show(page)
        case .key(let key): try press(key)
        case .emergency: try askForEmergency()
        case .load(let channel, let watts, let powerFactor):
            guard channel < installation.channels.count else {
                remark = "there is no channel \(channel + 1)"
                return
            }
            loads.set(channel, Load(watts: watts, powerFactor: powerFactor))
        case .channel(let channel, let isOn):
            guard channel < installation.channels.count else {
                remark = "there is no channel \(channel + 1)"
                return
            }
            let isOff = meter.state(ofChannel: channel) != .on
            if installation.isPowered { try meter.setChannel(channel, isOn: isOn ?? isOff) }
        case .relay(let channel, let isStuck):
            guard channel < installation.relays.count else {
                remark = "there is no channel \(channel + 1)"
                return
            }
            installation.relays[channel].isStuck = isStuck ?? !installation.relays[channel].isStuck
            remark =
                "the contact of channel \(channel + 1) \(installation.relays[channel].isStuck ? "is stuck" : "moves again")"
        case .changeLoad(let factor): loads.change(by: factor)
        case .profile: remark = loads.followProfile() ? "load by the profile" : "there is no profile"
        case .putCardIn(let file): putCardIn(file)
        case .takeCardOut: takeOut()
        case .toggleCard: if inReader == nil, !cards.isCardIn { putCardIn(nil) } else { takeOut() }
        case .redeem(let amount): redeem(amount)
        case .bypass, .cover, .magnet, .surge: try change(order)
        case .sag(let factor): installation.lineFactor = factor ?? (installation.lineFactor == 1 ? 0.6 : 1)
        case .power(let isOn, let withLastGasp):
            if isOn ?? !installation.isPowered {
                try installation.restorePower(of: meter)
            } else {
                try installation.cutPower(of: meter, withLastGasp: withLastGasp)
            }
            followPower()
        case .speed(let factor): speed = factor
        case .changeSpeed(let factor): speed = min(100_000, max(1, (speed ?? 100_000) * factor))
        case .show: wantsLine = true
        case .wait: break
        case .quit: isOver = true
        }
    }

    private func change(_ order: BenchCommand) throws {
        var reading = installation.sensors.reading
        switch order {
        case .bypass(let isOn): reading.isBypassed = isOn ?? !reading.isBypassed
        case .cover(let isOpen): reading.isCoverOpen = isOpen ?? !reading.isCoverOpen
        case .magnet(let isOn): reading.isMagnetNear = isOn ?? !reading.isMagnetNear
        default: reading.surges += 1
        }
        installation.sensors.reading = reading
        if installation.isPowered { try meter.watch() }
    }

    /// What a key of the meter asks for.
    private func press(_ key: Keypad.Key) throws {
        guard hasPower() else { return }
        switch keypad.press(key) {
        case .emergency: try askForEmergency()
        case .redeem(let amount): redeem(amount)
        case .show, nil: break
        }
    }

    /// Says so where it has none: then no key does anything.
    private func hasPower() -> Bool {
        if !installation.isPowered { remark = "the meter has no power" }
        return installation.isPowered
    }

    private func askForEmergency() throws {
        guard hasPower() else { return }
        remark = try meter.askForEmergency() ? "emergency credit asked for" : "there is no emergency credit now"
    }

    private func putCardIn(_ file: String?) {
        emptySlot()
        do {
            try cards.insert(file)
            if !installation.isPowered { remark = "card in; the meter has no power" }
            activateCard()
        } catch {
            remark = explained(error)
        }
    }

    /// Gives the card that is in power, and looks at it; without power of the meter it waits for that.
    private func activateCard() {
        guard installation.isPowered else { return }
        do throws(MeterError) {
            if let inReader {
                slot.insert(inReader)
            } else if let channel = try cards.activate() {
                slot.insert(channel)
            }
        } catch {
            slot.refuse(error)
        }
        switch slot.content {
        case .empty: break
        case .unusable(let error): remark = explained(error)
        case .card(let card):
            let purses = card.purses.map { "\($0.service) \($0.balance) \($0.currency)" }.joined(separator: ", ")
            remark =
                "card \(card.id), \(card.state): \(purses.isEmpty ? "no purse" : purses)"
                + (cards.summary.map { ", by \($0)" } ?? "")
        }
    }

    private func takeOut() {
        emptySlot()
        remark = "card out"
    }

    private func emptySlot() {
        slot.remove()
        inReader = nil
        cards.remove()
    }

    private func redeem(_ amount: Amount) {
        guard hasPower() else { return }
        do {
            let done = try slot.redeem(into: meter, amount)
            let before = done.recovered > .zero ? " and \(done.recovered) of an interrupted redemption" : ""
            remark = "redeemed \(done.drawn)\(before); on the card \(done.cardBalance)"
        } catch {
            remark = explained(error)
        }
    }
}
