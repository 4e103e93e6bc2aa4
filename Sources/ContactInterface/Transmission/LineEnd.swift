/// What an end of the I/O line puts on it.
public enum LineOutput: Sendable, Hashable {
    /// A character whose leading edge is now.
    case character(LineCharacter)
    /// The error signal of T=0: the line is held low because the last character had wrong parity (7.3).
    case errorSignal
}

/// One end of the I/O line, reader or card, as a state machine over time.
///
/// The driver asks for ``nextTime``, calls ``act(at:)`` when it has come, and passes in what the other end sends. All
/// times are clock periods since an arbitrary origin, and never decrease.
public protocol LineEnd {
    /// When this end acts by itself; nil where it waits for the other end.
    var nextTime: Int? { get }

    /// Does what was due at ``nextTime``: nil where it puts nothing on the line.
    mutating func act(at now: Int) -> LineOutput?

    /// Receives a character at its end, 10 etu after its leading edge `edge`.
    mutating func receive(_ character: LineCharacter, edge: Int)

    /// Receives the other end's error signal for the last character sent.
    mutating func receiveErrorSignal(at now: Int)
}
