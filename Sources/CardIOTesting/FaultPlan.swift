/// Counts the exchanges of all channels that share it, and determines which message is lost.
///
/// Work over several channels, such as a desk between a card and a master-key card, shares one plan:
///
/// ```swift
/// let plan = FaultPlan(.losesAnswer(7))
/// let (card, master) = (FaultyChannel(toCard, plan: plan), FaultyChannel(toMaster, plan: plan))
/// ```
public final class FaultPlan {
    /// Which message is lost; may be changed between exchanges.
    public var fault: FaultyChannel.Fault
    /// How many exchanges were started over all channels.
    public private(set) var exchanges = 0
    /// Whether a message has been lost.
    public private(set) var hasDropped = false

    public init(_ fault: FaultyChannel.Fault = .none) { self.fault = fault }

    /// Starts an exchange.
    ///
    /// - Returns: its number, from 0.
    func begin() -> Int {
        defer { exchanges += 1 }
        return exchanges
    }

    /// Whether this message of an exchange is lost.
    func loses(_ message: FaultyChannel.Message, of exchange: Int) -> Bool {
        guard fault == .loses(message, of: exchange) else { return false }
        hasDropped = true
        return true
    }
}
