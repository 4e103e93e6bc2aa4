public import ISO7816
internal import ValueElement
public import ValueProtocol

/// The card slot of an electric meter: shows the inserted card, redeems it into the meter, and carries a host's
/// commands to it.
///
/// The driver of the hardware, a PC/SC reader or the contact port, reports insertion and removal. The card is a
/// channel: a session between a host and the card passes through it unread, under keys that the meter does not have.
/// Removal at any moment loses nothing (protocol §7): the meter credits what it drew when the same card is inserted
/// again, the host what it stored in its next session with the card.
public final class CardSlot: CardChannel {
    /// What is in the slot.
    public enum Content: Sendable {
        case empty
        /// A card that cannot be used here, and why.
        case unusable(MeterError)
        case card(ShownCard)
    }

    /// Its name in errors.
    public let name: String
    public private(set) var content = Content.empty
    /// Whether a host has sent commands to the card since it was last read: the content shown may be out of date.
    /// Reading the card ends the host's session, so it waits until the line is quiet.
    public private(set) var mayHaveChanged = false
    private var channel: (any CardChannel)?
    /// Whether a card is in it that answers, usable here or not.
    public var hasCard: Bool { channel != nil }

    public init(name: String = "card slot") { self.name = name }

    /// A card was inserted and powered up.
    public func insert(_ channel: any CardChannel) {
        self.channel = channel
        look()
    }

    /// A card was inserted that does not communicate.
    ///
    /// - Parameter error: the reason to show.
    public func refuse(_ error: MeterError) {
        remove()
        content = .unusable(error)
    }

    /// The card was removed, or there never was one.
    public func remove() {
        channel = nil
        mayHaveChanged = false
        content = .empty
    }

    /// Reads the card again.
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

    /// Redeems the card into `meter`, as ``ElectricMeter/redeem(from:_:)`` does, and shows the remaining balance.
    ///
    /// - Throws: `MeterError`, `.emptySlot` without a card.
    public func redeem(into meter: ElectricMeter, _ asked: Amount = .all) throws(MeterError) -> Redemption {
        guard let channel else { throw MeterError(.emptySlot, name) }
        defer { look() }
        return try meter.redeem(from: channel, asked)
    }

    /// Sends one command to the card.
    ///
    /// - Throws: `CardError`, `.noCard` if there is none. A card that stops answering remains the slot's until the driver
    ///   reports its removal.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard let channel else { throw CardError(.noCard, subject: name) }
        mayHaveChanged = true
        return try channel.transmit(command)
    }
}

/// What a subscriber card shows without authentication: none of it is proven.
public struct ShownCard: Sendable, Hashable {
    public let id: PartyID
    public let state: LifeCycle
    /// Its purses, in order of service.
    public let purses: [PublicPurse]

    /// Selects the card's application and reads its purses.
    ///
    /// - Throws: `SessionError` `.noAnswer` if the card was removed, another if the card does not have the application.
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
