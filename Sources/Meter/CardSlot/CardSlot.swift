public import ISO7816
internal import ValueElement
public import ValueProtocol

/// The card slot of an electric meter: shows the card that is in it, has it redeemed into the meter, and carries a
/// host's commands to it.
///
/// Whoever has the hardware, a PC/SC reader or the contact port, tells it of cards that come and go. The card is a
/// channel to it: a session between a host and the card goes through it unread, under keys that the meter has not.
/// Removal at any moment loses nothing (protocol §7): the meter credits what it drew when the same card comes again, the
/// host what it stored at its next session with the card.
public final class CardSlot: CardChannel {
    /// What is in the slot.
    public enum Content: Sendable {
        case empty
        /// A card that cannot be used here, and why.
        case unusable(MeterError)
        case card(ShownCard)
    }

    /// What it is called in errors.
    public let name: String
    public private(set) var content = Content.empty
    /// Whether a host's commands went to the card since it was looked at: what is shown may be old. A look ends the
    /// host's session with the card, so it waits until the line is quiet.
    public private(set) var mayHaveChanged = false
    private var channel: (any CardChannel)?

    public init(name: String = "card slot") { self.name = name }

    /// A card was put in, and has power.
    public func insert(_ channel: any CardChannel) {
        self.channel = channel
        look()
    }

    /// A card was put in with which there is no way to speak.
    ///
    /// - Parameter error: what there is to say of it.
    public func refuse(_ error: MeterError) {
        remove()
        content = .unusable(error)
    }

    /// The card was pulled out, or never was.
    public func remove() {
        channel = nil
        mayHaveChanged = false
        content = .empty
    }

    /// Reads anew what the card shows.
    public func look() {
        mayHaveChanged = false
        guard let channel else { return }
        do {
            content = .card(try ShownCard(over: channel))
        } catch {
            content = .unusable(
                error.code == .noAnswer
                    ? MeterError(.interrupted, name, cause: error)
                    : MeterError(.notACard, "what is in the \(name)", cause: error))
        }
    }

    /// Redeems the card into `meter`, as ``ElectricMeter/redeem(from:_:)`` does, and shows what is left on it.
    ///
    /// - Throws: `MeterError`, `.emptySlot` where there is no card.
    public func redeem(into meter: ElectricMeter, _ asked: Amount = .all) throws(MeterError) -> Redemption {
        guard let channel else { throw MeterError(.emptySlot, name) }
        defer { look() }
        return try meter.redeem(from: channel, asked)
    }

    /// Carries one command to the card.
    ///
    /// - Throws: `CardError`, `.noCard` where there is none; a card that gives no answer any more is one that was pulled.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard let channel else { throw CardError(.noCard, subject: name) }
        mayHaveChanged = true
        return try channel.transmit(command)
    }
}

/// What a subscriber card shows to everybody: nothing in it is proven.
public struct ShownCard: Sendable, Hashable {
    public let id: PartyID
    public let state: LifeCycle
    /// Those it has, in the order of the services.
    public let purses: [PublicPurse]

    /// Selects the card's application and asks for its purses.
    ///
    /// - Throws: `SessionError` `.noAnswer` where the card is gone, another where it is none of ours.
    public init(over channel: any CardChannel) throws(SessionError) {
        let info = try ElementInfo.select(over: channel)
        id = info.eid
        state = info.state
        var purses: [PublicPurse] = []
        for service in UtilityService.all {
            if let purse = try PublicPurse.read(service, over: channel) { purses.append(purse) }
        }
        self.purses = purses
    }
}
