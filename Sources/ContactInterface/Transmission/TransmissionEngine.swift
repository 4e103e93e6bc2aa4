/// One side of a protocol over characters: characters and time go in, characters and the next deadline come out.
///
/// It works on bytes only: its driver keeps the guard times, checks parity and repeats characters, as a smart-card UART
/// does; ``InterfaceDevice`` and ``CardTransceiver`` do it for a bare line. Times are clock periods, those of
/// characters their leading edges.
public protocol TransmissionEngine {
    /// When to call ``timeReached(_:)``, unless something happens before.
    var deadline: Int? { get }

    /// Whether ``dequeueOutgoing()`` has something.
    var hasOutgoing: Bool { get }

    /// Returns and removes what is to be sent now.
    mutating func dequeueOutgoing() -> [UInt8]

    /// Everything was sent; the last character has its leading edge at `edge`.
    mutating func sent(edge: Int)

    /// A character was received; nil where it could not be read.
    mutating func received(_ byte: UInt8?, edge: Int)

    /// Called at the deadline.
    mutating func timeReached(_ now: Int)
}
