import Diagnostics
public import ISO7816

/// A slot's eight contacts as a simulated port: the reader sets levels, the card responds on I/O, time passes only by
/// waiting.
///
/// One port serves every contact card. A synchronous card is driven over it bit by bit (``TwoWireReader``,
/// ``I2CReader``); for an asynchronous one the clock runs, and characters go over I/O (``ContactSlot``).
/// ``detectCard(_:)`` detects which it is.
public final class ContactPort {
    /// The port's name in errors.
    public let name: String
    /// The levels that the reader applies.
    public private(set) var levels = ContactLevels()
    /// Nanoseconds that have passed.
    public private(set) var now: UInt64 = 0
    /// Clock periods that have passed while the clock ran.
    public private(set) var clockPeriods = 0
    /// Called for each level change of a contact, like a logic analyser. For a running clock it is called at the start,
    /// as high, and at the end.
    public var observer: ((Contact, Level, _ now: UInt64) -> Void)?
    /// How many cards were inserted so far: a changed number means another card, or the same one inserted again.
    public private(set) var insertions = 0
    let hasProgrammingVoltage: Bool
    private(set) var card: (any ContactCard)?
    private var presences: [CardPresence] = []
    /// When the clock started: nanoseconds, periods.
    private var clockStart: (UInt64, Int) = (0, 0)

    /// - Parameters:
    ///   - name: the port's name in errors.
    ///   - hasProgrammingVoltage: whether C6 has the idle state of VPP, as in the standard's first editions.
    public init(name: String = "contact port", hasProgrammingVoltage: Bool = false) {
        self.name = name
        self.hasProgrammingVoltage = hasProgrammingVoltage
    }

    /// Whether a card is present: the slot's card switch.
    public var isCardPresent: Bool { card != nil }

    var time: ContactTime { ContactTime(nanoseconds: now, clockPeriods: clockPeriods) }

    /// Inserts a card; a previous one is removed first.
    public func insert(_ card: any ContactCard) {
        remove()
        self.card = card
        insertions += 1
        presences.append(.inserted(at: time))
    }

    /// Removes the card in any state of the contacts: it loses power at once, and the port switches its contacts off.
    public func remove() {
        guard let card else { return }
        self.card = nil
        let old = levels
        levels = ContactLevels()
        card.contactsChanged(from: old, to: levels, at: time)
        presences.append(.removed(at: time))
    }

    /// Dequeues the events of the card switch, oldest first; nothing is lost between two calls.
    public func dequeuePresences() -> [CardPresence] {
        defer { presences = [] }
        return presences
    }

    /// I/O as both sides see it: high unless one of them pulls it low.
    public var io: Level {
        guard levels.isPowered, levels.io == .high, card?.pullsLow != true else { return .low }
        return .high
    }

    /// Sets the level of RST, CLK, SPU or I/O; a running clock is stopped at that level.
    ///
    /// - Throws: `CardError` `.noCard`, `.cardUnresponsive` where the contacts have no power, `.unsupported` for a
    ///   contact without a signal here.
    public func drive(_ contact: Contact, _ level: Level) throws(CardError) {
        guard levels.isPowered else {
            throw CardError(
                card == nil ? .noCard : .cardUnresponsive, subject: name,
                cause: card == nil ? nil : Circumstance("the contacts carry no power"))
        }
        switch contact {
        case .rst, .clk, .io, .spu: force(contact, level)
        case .vcc, .gnd, .auxiliary1, .auxiliary2:
            throw CardError(
                .unsupported, subject: "\(name), \(contact)",
                cause: Circumstance("RST, CLK, SPU and I/O can be driven; VCC by activate(_:clock:)"))
        }
    }

    /// Sets a contact's level in any order, as a faulty reader would. What follows is up to the card; ``drive(_:_:)``,
    /// ``activate(_:clock:)`` and ``deactivate()`` keep the rules. VCC goes on in class A; GND, AUX1 and AUX2 have no
    /// effect.
    public func force(_ contact: Contact, _ level: Level) {
        var new = levels
        switch contact {
        case .vcc: new.supply = level == .high ? .a : nil
        case .rst: new.rst = level
        case .clk: (new.clk, new.clockFrequency) = (level, nil)
        case .spu: new.spu = level
        case .io: new.io = level
        case .gnd, .auxiliary1, .auxiliary2: return
        }
        set(new, contact, level)
    }

    /// Switches VCC to a class in any order, as a faulty reader would.
    public func force(supply: OperatingClass?) {
        var new = levels
        new.supply = supply
        set(new, .vcc, supply == nil ? .low : .high)
    }

    /// Starts the clock, in any order; normally ``activate(_:clock:)`` does it.
    ///
    /// - Parameter kilohertz: its frequency; not 0.
    public func startClock(kilohertz: Int) {
        precondition(kilohertz > 0, "a clock that runs has a frequency")
        var new = levels
        new.clockFrequency = kilohertz
        clockStart = (now, clockPeriods)
        set(new, .clk, .high)
    }

    /// Lets time pass.
    public func wait(nanoseconds: UInt64) {
        now += nanoseconds
        if let frequency = levels.clockFrequency {
            let (passed, _) = Self.scale(now - clockStart.0, by: UInt64(frequency), over: 1_000_000)
            clockPeriods = max(clockPeriods, clockStart.1 + Int(passed))
        }
        card?.wait(nanoseconds: nanoseconds, at: levels, until: time)
    }

    /// Lets clock periods pass; does nothing where the clock is stopped.
    public func run(periods: Int) {
        guard let frequency = levels.clockFrequency, periods > 0 else { return }
        clockPeriods += periods
        let end = nanoseconds(atPeriod: clockPeriods, frequency)
        let passed = max(now, end) - now
        now += passed
        card?.wait(nanoseconds: passed, at: levels, until: time)
    }

    /// Counts periods that passed while the card was removed, for the line that runs by them.
    func align(periods: Int) {
        guard periods > clockPeriods else { return }
        clockPeriods = periods
        clockStart = (now, periods)
    }

    private func nanoseconds(atPeriod period: Int, _ frequency: Int) -> UInt64 {
        let periods = UInt64(max(0, period - clockStart.1))
        let (passed, part) = Self.scale(periods, by: 1_000_000, over: UInt64(frequency))
        return clockStart.0 + passed + (part > 0 ? 1 : 0)
    }

    /// `value` × `factor` ÷ `divisor`, with a product of 128 bits: after 53 days it exceeds 64.
    private static func scale(
        _ value: UInt64, by factor: UInt64, over divisor: UInt64
    ) -> (quotient: UInt64, remainder: UInt64) {
        divisor.dividingFullWidth(value.multipliedFullWidth(by: factor))
    }

    private func set(_ new: ContactLevels, _ contact: Contact, _ level: Level) {
        guard new != levels else { return }
        let old = levels
        levels = new
        let (reported, card) = (time, card)
        // The observer, which may pull the card out, is called after the card.
        card?.contactsChanged(from: old, to: new, at: reported)
        observer?(contact, level, now)
    }

    /// Reports the levels of a character on I/O to the observer.
    func report(_ character: LineCharacter, edge: Int) {
        guard let observer, let frequency = levels.clockFrequency else { return }
        var last = true
        for moment in 0...10 where card != nil {
            let isHigh = moment == 0 ? false : moment == 10 ? true : character.levels >> UInt16(moment - 1) & 1 == 1
            guard isHigh != last else { continue }
            last = isHigh
            observer(
                .io, isHigh ? .high : .low, nanoseconds(atPeriod: edge + character.unit.periods(moment), frequency))
        }
    }
}
