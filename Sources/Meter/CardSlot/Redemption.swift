public import ISO7816
internal import ValueElement
public import ValueProtocol

/// The result of a redemption.
public struct Redemption: Sendable, Hashable {
    public let card: PartyID
    /// Drawn now.
    public let drawn: Amount
    /// Credited now from an earlier interrupted redemption.
    public let recovered: Amount
    /// The remaining balance of the card.
    public let cardBalance: Amount
    /// The meter's balance.
    public let meterBalance: Amount
}

extension OffLineMeter {
    /// Draws value from the card at `channel` into the meter: SELECT, INITIALIZE, EXECUTE (protocol §4, DEBIT).
    ///
    /// An amount left by an interrupted redemption is credited first. The card carries the meter's status to the host,
    /// even if it is empty.
    ///
    /// - Parameters:
    ///   - channel: the channel to the card.
    ///   - asked: `.all` for the whole balance, up to the limit of the meter's purse.
    /// - Throws: `MeterError`; with `.interrupted`, insert the same card again.
    public func redeem(from channel: any CardChannel, _ asked: Amount = .all) throws(MeterError) -> Redemption {
        try draw(asked, from: channel)
    }
}

extension ElectricMeter {
    /// Draws value from the card at `channel` into the meter by the meter's own authority: SELECT, INITIALIZE, EXECUTE
    /// (protocol §4, DEBIT). Debt is repaid from it, and supply is decided again.
    ///
    /// An amount left by an interrupted redemption is credited first. The card carries the meter's status to the host,
    /// even if it is empty.
    ///
    /// - Parameters:
    ///   - channel: the channel to the card in the meter's slot.
    ///   - asked: `.all` for the whole balance, up to the limit of the meter's purse.
    /// - Throws: `MeterError`; with `.interrupted`, insert the same card again.
    public func redeem(from channel: any CardChannel, _ asked: Amount = .all) throws(MeterError) -> Redemption {
        guard !isDown else { throw MeterError(.memory, name) }
        do {
            let drawn = try draw(asked, from: channel)
            try settle()
            return Redemption(
                card: drawn.card, drawn: drawn.drawn, recovered: drawn.recovered, cardBalance: drawn.cardBalance,
                meterBalance: purse?.balance ?? .zero)
        } catch {
            // An amount left by an earlier redemption may have been credited before this one failed.
            try settle()
            throw error
        }
    }
}
