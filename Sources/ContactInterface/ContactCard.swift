/// A card as its contacts see it: it looks at levels, and may pull I/O low.
public protocol ContactCard: AnyObject {
    /// Whether the card pulls I/O low now.
    var pullsLow: Bool { get }

    /// A level has changed. `old` is what it was; one contact changes at a time, and all at once where the card is pulled
    /// out.
    func contactsChanged(from old: ContactLevels, to new: ContactLevels, at time: ContactTime)

    /// Time passes in which no contact changes, up to `time`; a clock that runs at these levels goes on.
    func wait(nanoseconds: UInt64, at levels: ContactLevels, until time: ContactTime)
}

extension ContactCard {
    /// Most cards have no clock of their own.
    public func wait(nanoseconds: UInt64, at levels: ContactLevels, until time: ContactTime) {}
}

/// A card whose characters the port carries whole: what lies on I/O between two changes of the other contacts. It is a
/// `LineEnd` of ISO7816 that is an object, whose times are the port's clock periods.
public protocol CharacterCard: ContactCard {
    /// When the card does something by itself; nil where it waits for the reader for ever.
    var nextTime: Int? { get }

    /// Does what was due at ``nextTime``: nil where nothing is put on the line.
    func act(at now: Int) -> LineOutput?

    /// Takes a character of the reader's when it is over.
    func receive(_ character: LineCharacter, edge: Int)

    /// Takes the reader's error signal for the character that was sent last.
    func receiveErrorSignal(at now: Int)
}

/// What happened at a slot's switch.
public enum CardPresence: Sendable, Hashable {
    /// A card came in.
    case inserted(at: ContactTime)
    /// The card went out, whatever the contacts carried.
    case removed(at: ContactTime)
}
