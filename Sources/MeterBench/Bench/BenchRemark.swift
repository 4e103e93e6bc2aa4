public import Meter

/// The result of an executed command.
public enum BenchRemark: Sendable {
    /// The meter has no channel of this number, counted from 1.
    case noChannel(Int)
    /// The contact of a channel's relay, counted from 1.
    case contact(channel: Int, isStuck: Bool)
    case loadByProfile
    case noProfile
    /// The meter has no power, so it accepts no command.
    case noPower
    case emergencyAsked
    case noEmergency
    /// A card was inserted, and waits for the meter's power.
    case cardWaits
    /// A card is inserted, and its transmission interface with the slot; nil in a reader.
    case card(ShownCard, CardInterface?)
    case cardOut
    case redeemed(Redemption)
    /// The command failed: `MeterError`, `MemoryError`, `BenchError`.
    case failed(any Error)
}

/// The transmission interface of slot and card.
public struct CardInterface: Sendable, Hashable {
    /// 0 or 1, for T=0 and T=1.
    public let protocolNumber: Int
    /// Of the card's supply.
    public let millivolts: Int

    public init(protocolNumber: Int, millivolts: Int) {
        self.protocolNumber = protocolNumber
        self.millivolts = millivolts
    }
}
