public import ValueProtocol

/// What a meter remembers of the letters that it took (protocol §10).
public struct LetterBook: Sendable, Hashable {
    /// Number of the last one; 0 before the first.
    public var last: UInt32 = 0
    /// Cards that it refuses, irreversibly, in the order in which letters named them.
    public var refusedCards: [PartyID] = []

    public init() {}
}

extension ElementImage {
    /// The meter once it has taken a letter whose MAC is good, or nil if it cannot take all of it, or took one with this
    /// number or a higher one.
    ///
    /// - Parameters:
    ///   - content: of the letter.
    ///   - now: by the meter's clock, before the letter sets it.
    ///   - channelCount: how many sources the meter measures separately.
    package func taking(_ content: LetterContent, at now: Timestamp, channelCount: Int) -> ElementImage? {
        guard content.number > letters.last else { return nil }
        var next = self
        if let rules = content.rules {
            guard rules.firstChannelWithoutSource(channelCount: channelCount) == nil,
                next.take(.rules(rules), time: now, now: now) == .done
            else { return nil }
        }
        if let clock = content.clock, clock > now {
            next.charges.advance(to: now)
            next.charges.advance(to: clock)
        }
        for card in content.refusedCards where !next.letters.refusedCards.contains(card) {
            next.letters.refusedCards.append(card)
            guard !next.credited.contains(where: { $0.card == card }) else { continue }
            // It takes a place as any card: none is ever forgotten.
            guard next.credited.count < ElementImage.maxCreditedCount else { return nil }
            next.credited.insert(CreditedDebit(card: card), at: 0)
        }
        next.letters.last = content.number
        return next
    }
}
