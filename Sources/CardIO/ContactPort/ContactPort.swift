public import ISO7816

/// A card as its contacts see it: it looks at levels, and may pull I/O low.
public protocol ContactCard: AnyObject {
    /// Whether the card pulls I/O low now.
    var pullsLow: Bool { get }

    /// A level has changed. `old` is what it was; one contact changes at a time.
    func contactsChanged(from old: ContactLevels, to new: ContactLevels)

    /// Time passes in which no contact changes.
    func wait(nanoseconds: UInt64)
}

extension ContactCard {
    /// Most cards have no clock of their own.
    public func wait(nanoseconds: UInt64) {}
}

/// A slot's eight contacts as a simulated port: the reader sets levels, the card answers on I/O, time is what is waited.
///
/// It holds the reader to ISO/IEC 7816-3: contacts get levels only between activation and deactivation, in the order of
/// clause 6. A synchronous card is driven over it bit by bit (``TwoWireReader``, ``I2CReader``); an asynchronous card's
/// characters go over ``ContactSlot``, which simulates the same I/O contact character by character.
public final class ContactPort {
    /// What the port is called in errors.
    public let name: String
    /// The levels that the reader gives.
    public private(set) var levels = ContactLevels()
    /// Nanoseconds that have passed.
    public private(set) var now: UInt64 = 0
    /// Is told each level that the reader changes, as it changes; a logic analyser on the contacts.
    public var observer: ((Contact, Level, _ now: UInt64) -> Void)?
    private var card: (any ContactCard)?

    public init(name: String = "contact port") { self.name = name }

    /// Whether a card is in: the switch of the slot.
    public var isCardPresent: Bool { card != nil }

    /// Puts a card in; one that was in is taken out first.
    public func insert(_ card: any ContactCard) {
        remove()
        self.card = card
    }

    /// Takes the card out, whatever the contacts carry: it loses power at once.
    public func remove() {
        guard let card else { return }
        self.card = nil
        card.contactsChanged(from: levels, to: ContactLevels())
        levels = ContactLevels()
    }

    /// I/O as both sides see it: high unless one of them pulls it low.
    public var io: Level {
        guard levels.isPowered, levels.io == .high, card?.pullsLow != true else { return .low }
        return .high
    }

    /// Gives a contact a level.
    ///
    /// - Throws: `CardError` `.noCard`, `.cardUnresponsive` where the contacts have no power, `.unsupported` for a contact that
    ///   carries no signal here.
    public func drive(_ contact: Contact, _ level: Level) throws(CardError) {
        guard levels.isPowered else {
            throw CardError(
                card == nil ? .noCard : .cardUnresponsive, subject: name,
                remedy: card == nil ? nil : "Activate the contacts first: they carry no power.")
        }
        try change(contact, level)
    }

    /// Lets time pass.
    public func wait(nanoseconds: UInt64) {
        now += nanoseconds
        card?.wait(nanoseconds: nanoseconds)
    }

    /// Activation (ISO/IEC 7816-3, 6.2): RST low, VCC on, I/O let go, CLK low until it is used.
    ///
    /// - Throws: `CardError` `.noCard`.
    public func activate() throws(CardError) {
        guard let card else { throw CardError(.noCard, subject: name) }
        guard !levels.isPowered else { return }
        let old = levels
        levels = ContactLevels()
        levels.isPowered = true
        observer?(.vcc, .high, now)
        card.contactsChanged(from: old, to: levels)
        try change(.io, .high)
        // VCC is stable long before the card is spoken to.
        wait(nanoseconds: 100_000)
    }

    /// Deactivation (ISO/IEC 7816-3, 6.4): RST low, CLK low, I/O low, VCC off.
    public func deactivate() throws(CardError) {
        guard levels.isPowered else { return }
        try change(.rst, .low)
        try change(.clk, .low)
        try change(.io, .low)
        let old = levels
        levels.isPowered = false
        observer?(.vcc, .low, now)
        card?.contactsChanged(from: old, to: levels)
    }

    private func change(_ contact: Contact, _ level: Level) throws(CardError) {
        let old = levels
        switch contact {
        case .rst: levels.rst = level
        case .clk: levels.clk = level
        case .io: levels.io = level
        case .vcc, .gnd, .spu, .auxiliary1, .auxiliary2:
            throw CardError(
                .unsupported, subject: "\(name), \(contact)",
                remedy: "RST, CLK and I/O can be driven; VCC by activate().")
        }
        guard levels != old else { return }
        observer?(contact, level, now)
        card?.contactsChanged(from: old, to: levels)
    }
}
