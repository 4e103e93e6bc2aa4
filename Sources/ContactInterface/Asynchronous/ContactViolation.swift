/// A violation of ISO/IEC 7816-3, clause 6, by the reader.
public enum ContactViolation: Sendable, Hashable {
    /// A contact got a signal before VCC was on (6.2.1).
    case signalWithoutSupply(Contact)
    /// The clock began before I/O was in reception (6.2.1).
    case clockBeforeReception
    /// The clock's frequency, in kilohertz, is not between 1 and 5 MHz (5.2.3).
    case clockFrequency(Int)
    /// RST went high after fewer than the minimum 400 clock periods (6.2.2, 6.2.3).
    case shortReset(periods: Int)
    /// VCC changed its class without a deactivation (6.2.4).
    case supplyChanged
    /// VCC came back after less than the minimum 10 ms (6.2.4).
    case shortPause(nanoseconds: UInt64)
    /// The clock was stopped at a level that the card does not support, or with a card without clock stop (6.3.2).
    case clockStopped(Level)
    /// The clock was stopped when I/O had been idle for fewer than the minimum 1,860 clock periods (6.3.2).
    case earlyClockStop(periods: Int)
    /// A character was sent when the clock had run again for fewer than the minimum 700 periods (6.3.2).
    case earlyCharacter(periods: Int)
    /// A contact was switched off in the wrong order (6.4).
    case deactivationOrder(Contact)
}

extension ContactViolation: CustomStringConvertible {
    public var description: String {
        switch self {
        case .signalWithoutSupply(let contact): "\(contact) got a signal before VCC was on"
        case .clockBeforeReception: "the clock began before I/O was in reception"
        case .clockFrequency(let frequency): "a clock of \(frequency) kHz, not 1 to 5 MHz"
        case .shortReset(let periods): "RST low for \(periods) clock periods, not 400"
        case .supplyChanged: "VCC changed without a deactivation"
        case .shortPause(let nanoseconds): "VCC off for \(nanoseconds) ns, not 10 ms"
        case .clockStopped(let level):
            "the clock stopped \(level == .low ? "low" : "high"), which the card does not allow"
        case .earlyClockStop(let periods): "the clock stopped when I/O was still for \(periods) periods, not 1860"
        case .earlyCharacter(let periods): "a character \(periods) periods after the clock ran again, not 700"
        case .deactivationOrder(let contact): "\(contact) off before what has to be off first"
        }
    }
}
