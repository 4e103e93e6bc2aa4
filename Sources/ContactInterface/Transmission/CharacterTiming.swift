/// The distances of characters on the line, between leading edges, in clock periods (ISO/IEC 7816-3, 7.2, 10.2, 11.4).
public struct CharacterTiming: Sendable, Hashable {
    /// The duration of a moment of a character.
    public let unit: ElementaryTimeUnit
    /// Minimum time from one character to the next of the same end.
    public let guardTime: Int
    /// Minimum time from a received character to the first one sent.
    public let turnaround: Int

    public init(unit: ElementaryTimeUnit, guardTime: Int, turnaround: Int) {
        self.unit = unit
        self.guardTime = guardTime
        self.turnaround = turnaround
    }

    /// In the answer to reset, and for all that the card sends: 12 etu, and 16 after the reader's character.
    public static let initial = CharacterTiming(
        unit: .initial, guardTime: ElementaryTimeUnit.initial.periods(12),
        turnaround: ElementaryTimeUnit.initial.periods(16))

    /// The duration of a character, from its leading edge to the end of its parity moment.
    var character: Int { unit.periods(10) }
}

/// Which end of the line it is.
public enum LineSide: Sendable, Hashable {
    /// The interface device.
    case reader
    /// The card.
    case card
}
