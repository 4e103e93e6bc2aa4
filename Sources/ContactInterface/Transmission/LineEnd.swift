/// What an end of the I/O line puts on it.
public enum LineOutput: Sendable, Hashable {
    /// A character whose start has its leading edge now.
    case character(LineCharacter)
    /// The error signal of T=0: the line is held low, since the character before had a wrong parity (7.3).
    case errorSignal
}

/// One end of the I/O line, reader or card, as a state machine over time.
///
/// Whoever moves the characters asks for ``nextTime``, calls ``act(at:)`` when it has come, and hands over what comes
/// from the other end. All times are clock periods since any one moment, and never run backwards.
public protocol LineEnd {
    /// When this end does something by itself; nil where it waits for the other end for ever.
    var nextTime: Int? { get }

    /// Does what was due at ``nextTime``: nil where that was a timer and nothing is put on the line.
    mutating func act(at now: Int) -> LineOutput?

    /// Takes a character when it is over, 10 elementary time units behind its leading edge `edge`.
    mutating func receive(_ character: LineCharacter, edge: Int)

    /// Takes the other end's error signal for the character that was sent last.
    mutating func receiveErrorSignal(at now: Int)
}
