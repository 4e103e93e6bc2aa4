/// A card at its contacts: it sees levels, and may pull I/O low.
public protocol ContactCard: AnyObject {
    /// Whether the card pulls I/O low now.
    var pullsLow: Bool { get }

    /// A level has changed. Contacts change one at a time, or all at once where the card is pulled out.
    func contactsChanged(from old: ContactLevels, to new: ContactLevels, at time: ContactTime)

    /// Time passes without a contact change, up to `time`; if the clock is running it continues.
    func wait(nanoseconds: UInt64, at levels: ContactLevels, until time: ContactTime)
}

extension ContactCard {
    /// Most cards have no time of their own.
    public func wait(nanoseconds: UInt64, at levels: ContactLevels, until time: ContactTime) {}
}

/// A card that exchanges whole characters with the port: what happens on I/O between two changes of the other contacts.
/// It is a class-bound `LineEnd`, whose times are the port's clock periods.
public protocol CharacterCard: ContactCard {
    /// When the card acts by itself; nil where it waits for the reader.
    var nextTime: Int? { get }

    /// Does what was due at ``nextTime``: nil where it puts nothing on the line.
    func act(at now: Int) -> LineOutput?

    /// Receives a character from the reader, after its end.
    func receive(_ character: LineCharacter, edge: Int)

    /// Receives the reader's error signal for the last character sent.
    func receiveErrorSignal(at now: Int)
}

/// An event of the slot's card switch.
public enum CardPresence: Sendable, Hashable {
    /// A card was inserted.
    case inserted(at: ContactTime)
    /// The card was removed, whatever the state of the contacts.
    case removed(at: ContactTime)
}
