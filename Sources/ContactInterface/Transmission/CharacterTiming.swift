/// The distances of characters on the line, between leading edges, in clock periods (ISO/IEC 7816-3, 7.2, 10.2, 11.4).
public struct CharacterTiming: Sendable, Hashable {
    /// How long a moment of a character is.
    public let unit: ElementaryTimeUnit
    /// From one character to the next of the same end, at least.
    public let guardTime: Int
    /// From a character that came to the first that is sent, at least.
    public let turnaround: Int

    public init(unit: ElementaryTimeUnit, guardTime: Int, turnaround: Int) {
        self.unit = unit
        self.guardTime = guardTime
        self.turnaround = turnaround
    }

    /// In the answer to reset, and for whatever the card sends: 12 units, and 16 behind the reader's character.
    public static let initial = CharacterTiming(
        unit: .initial, guardTime: ElementaryTimeUnit.initial.periods(12),
        turnaround: ElementaryTimeUnit.initial.periods(16))

    /// How long a character lasts, from its leading edge to the end of its parity moment.
    var character: Int { unit.periods(10) }
}

/// Which end of the line it is.
public enum LineSide: Sendable, Hashable {
    /// The interface device.
    case reader
    /// The card.
    case card
}
