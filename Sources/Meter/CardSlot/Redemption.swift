public import ISO7816
internal import ValueElement
public import ValueProtocol

/// What a redemption did.
public struct Redemption: Sendable, Hashable {
    public let card: PartyID
    /// Drawn now.
    public let drawn: Amount
    /// Of a redemption before that was interrupted, and credited now.
    public let recovered: Amount
    /// What is left on the card.
    public let cardBalance: Amount
    /// What the meter holds.
    public let meterBalance: Amount
}

extension OffLineMeter {
    /// Draws value from the card at `channel` into the meter: SELECT, INITIALIZE, EXECUTE (protocol §4, DEBIT).
    ///
    /// What an interrupted redemption left on the way is credited first. The card takes the meter's status home, also
    /// where it is empty.
    ///
    /// - Parameters:
    ///   - channel: leads to the card.
    ///   - asked: `.all` for all there is, as far as the meter's purse can take it.
    /// - Throws: `MeterError`; with `.interrupted`, put the same card in again.
    public func redeem(from channel: any CardChannel, _ asked: Amount = .all) throws(MeterError) -> Redemption {
        try draw(asked, from: channel)
    }
}

extension ElectricMeter {
    /// Draws value from the card at `channel` into the meter by the meter's own authority: SELECT, INITIALIZE, EXECUTE
    /// (protocol §4, DEBIT). What is owed is repaid of it, and supply is decided anew.
    ///
    /// What an interrupted redemption left on the way is credited first. The card takes the meter's status home, also
    /// where it is empty.
    ///
    /// - Parameters:
    ///   - channel: leads to the card in the meter's slot.
    ///   - asked: `.all` for all there is, as far as the meter's purse can take it.
    /// - Throws: `MeterError`; with `.interrupted`, put the same card in again.
    public func redeem(from channel: any CardChannel, _ asked: Amount = .all) throws(MeterError) -> Redemption {
        guard !isDown else { throw MeterError(.memory, name) }
        do {
            let drawn = try draw(asked, from: channel)
            try settle()
            return Redemption(
                card: drawn.card, drawn: drawn.drawn, recovered: drawn.recovered, cardBalance: drawn.cardBalance,
                meterBalance: purse?.balance ?? .zero)
        } catch {
            // What an earlier redemption had left on the way may have been credited before this one failed.
            try settle()
            throw error
        }
    }
}
