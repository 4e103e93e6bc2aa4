import Diagnostics
public import ISO7816

/// A slot's eight contacts as a simulated port: the reader sets levels, the card answers on I/O, time is what is waited.
///
/// It is one port for every card with contacts. A synchronous card is driven over it bit by bit (``TwoWireReader``,
/// ``I2CReader``); with an asynchronous one the clock runs, and characters go over I/O (``ContactSlot``).
/// ``detectCard(_:)`` finds out which it is.
public final class ContactPort {
    /// What the port is called in errors.
    public let name: String
    /// The levels that the reader gives.
    public private(set) var levels = ContactLevels()
    /// Nanoseconds that have passed.
    public private(set) var now: UInt64 = 0
    /// Clock periods that have passed while the clock ran.
    public private(set) var clockPeriods = 0
    /// Is told each level that a contact gets, as it gets it; a logic analyser on the contacts. Of a clock that runs it is
    /// told the beginning, as high, and the end.
    public var observer: ((Contact, Level, _ now: UInt64) -> Void)?
    /// How many cards were put in so far: another number is another card, or the same one put in again.
    public private(set) var insertions = 0
    let hasProgrammingVoltage: Bool
    private(set) var card: (any ContactCard)?
    private var presences: [CardPresence] = []
    /// Where the clock began to run: nanoseconds, periods.
    private var clockStart: (UInt64, Int) = (0, 0)

    /// - Parameters:
    ///   - name: what it is called in errors.
    ///   - hasProgrammingVoltage: whether C6 is given the idle state of VPP, as in the standard's first editions.
    public init(name: String = "contact port", hasProgrammingVoltage: Bool = false) {
        self.name = name
        self.hasProgrammingVoltage = hasProgrammingVoltage
    }

    /// Whether a card is in: the switch of the slot.
    public var isCardPresent: Bool { card != nil }

    var time: ContactTime { ContactTime(nanoseconds: now, clockPeriods: clockPeriods) }

    /// Puts a card in; one that was in is taken out first.
    public func insert(_ card: any ContactCard) {
        remove()
        self.card = card
        insertions += 1
        presences.append(.inserted(at: time))
    }

    /// Takes the card out, whatever the contacts carry: it loses power at once, and the port takes its own away.
    public func remove() {
        guard let card else { return }
        self.card = nil
        let old = levels
        levels = ContactLevels()
        card.contactsChanged(from: old, to: levels, at: time)
        presences.append(.removed(at: time))
    }

    /// Takes what the slot's switch told, the oldest first; nothing is lost between two calls.
    public func takePresences() -> [CardPresence] {
        defer { presences = [] }
        return presences
    }

    /// I/O as both sides see it: high unless one of them pulls it low.
    public var io: Level {
        guard levels.isPowered, levels.io == .high, card?.pullsLow != true else { return .low }
        return .high
    }

    /// Gives RST, CLK, SPU or I/O a level; of a clock that runs, stops it there.
    ///
    /// - Throws: `CardError` `.noCard`, `.cardUnresponsive` where the contacts have no power, `.unsupported` for a contact that
    ///   carries no signal here.
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

    /// Gives a contact a level in any order, as a reader with a fault would. What becomes of that is the card's; ``drive(_:_:)``,
    /// ``activate(_:clock:)`` and ``deactivate()`` keep the rules. VCC goes on in class A; GND, AUX1 and AUX2 have no effect.
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

    /// Switches VCC to a class in any order, as a reader with a fault would.
    public func force(supply: OperatingClass?) {
        var new = levels
        new.supply = supply
        set(new, .vcc, supply == nil ? .low : .high)
    }

    /// Lets the clock run, in any order: ``activate(_:clock:)`` comes first.
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
            clockPeriods = max(clockPeriods, clockStart.1 + Int((now - clockStart.0) * UInt64(frequency) / 1_000_000))
        }
        card?.wait(nanoseconds: nanoseconds, at: levels, until: time)
    }

    /// Lets so many clock periods pass; nothing where the clock stands.
    public func run(periods: Int) {
        guard let frequency = levels.clockFrequency, periods > 0 else { return }
        clockPeriods += periods
        let end = nanoseconds(atPeriod: clockPeriods, frequency)
        let passed = max(now, end) - now
        now += passed
        card?.wait(nanoseconds: passed, at: levels, until: time)
    }

    /// Counts periods that passed while a card was pulled out, for those who reckon by them.
    func align(periods: Int) {
        guard periods > clockPeriods else { return }
        clockPeriods = periods
        clockStart = (now, periods)
    }

    private func nanoseconds(atPeriod period: Int, _ frequency: Int) -> UInt64 {
        let periods = max(0, period - clockStart.1)
        return clockStart.0 + (UInt64(periods) * 1_000_000 + UInt64(frequency) - 1) / UInt64(frequency)
    }

    private func set(_ new: ContactLevels, _ contact: Contact, _ level: Level) {
        guard new != levels else { return }
        let old = levels
        levels = new
        let (told, card) = (time, card)
        // What the observer does, as pulling the card out, comes after what the card sees.
        card?.contactsChanged(from: old, to: new, at: told)
        observer?(contact, level, now)
    }

    /// Tells the observer the levels of a character on I/O.
    func tell(_ character: LineCharacter, edge: Int) {
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
