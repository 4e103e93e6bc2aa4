/// A protocol over characters, at one end: characters and time go in, characters and a time to be woken come out.
///
/// It knows bytes only: whoever drives it keeps the guard times, checks parity and repeats characters, as a smart-card
/// UART does; ``InterfaceDevice`` and ``CardTransceiver`` do it for those who have the bare line. Times are clock periods, those
/// of characters their leading edges.
public protocol TransmissionEngine {
    /// When ``timeReached(_:)`` is to be called, unless something happens before.
    var deadline: Int? { get }

    /// Whether ``takeOutgoing()`` has something.
    var hasOutgoing: Bool { get }

    /// Takes what is to be sent now.
    mutating func takeOutgoing() -> [UInt8]

    /// All of it was sent, the last character with its leading edge at `edge`.
    mutating func sent(edge: Int)

    /// A character that came; nil where it could not be read.
    mutating func received(_ byte: UInt8?, edge: Int)

    /// The deadline came.
    mutating func timeReached(_ now: Int)
}
