public import Meter

/// What is to be said of a command that was carried out.
public enum BenchRemark: Sendable {
    /// The meter has no channel of this number, counted from 1.
    case noChannel(Int)
    /// The contact of a channel's relay, counted from 1.
    case contact(channel: Int, isStuck: Bool)
    case loadByProfile
    case noProfile
    /// The meter has no power, so nothing can be done at it.
    case noPower
    case emergencyAsked
    case noEmergency
    /// A card was put in, and waits for the meter's power.
    case cardWaits
    /// A card is in, and how the slot speaks with it: nil where a reader does.
    case card(ShownCard, CardInterface?)
    case cardOut
    case redeemed(Redemption)
    /// It could not be done: `MeterError`, `MemoryError`, `BenchError`.
    case failed(any Error)
}

/// How slot and card speak with each other.
public struct CardInterface: Sendable, Hashable {
    /// 0 or 1, of T=0 and T=1.
    public let protocolNumber: Int
    /// Of the card's supply.
    public let millivolts: Int

    public init(protocolNumber: Int, millivolts: Int) {
        self.protocolNumber = protocolNumber
        self.millivolts = millivolts
    }
}
