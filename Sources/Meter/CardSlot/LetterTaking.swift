internal import ValueElement
internal import ValueProtocol

/// Letters that a card brings (protocol §10): what reaches a meter that no line reaches.
extension CardRedeemer {
    /// Fetches the letter in the card's slot, and takes it if it is genuine and new; any other is left.
    ///
    /// - Parameters:
    ///   - conversation: with the card.
    ///   - opened: when it began, by the meter's clock; it moves with the clock where the letter sets that.
    /// - Returns: false if the card does not know letters: the session has then ended.
    func takeLetter(
        from conversation: inout ElementConversation, openedAt opened: inout Timestamp
    ) throws(MeterError) -> Bool {
        let eid = conversation.element.eid
        let bytes: [UInt8]?
        do {
            bytes = try conversation.fetchLetter()
        } catch {
            switch error.code {
            case .refused: return false
            // Parts that do not fit each other are no letter.
            case .malformedAnswer: bytes = []
            default: throw MeterError(.interrupted, "\(eid)", cause: error)
            }
        }
        guard let bytes else { return true }
        guard let letter = Letter(bytes) else {
            try leaveLetter(number: 0)
            return true
        }
        let before = now
        try take(letter)
        opened = Timestamp(rawValue: opened.rawValue &+ (now.rawValue &- before.rawValue))
        return true
    }

    private func take(_ letter: Letter) throws(MeterError) {
        guard let image = card.element?.image else { return }
        let (content, now) = (letter.content, now)
        // A card carries it until the host has heard that it was taken.
        guard content.number != image.letters.last else { return }
        guard let key = image.key(KeyName(.tariff, letter.version)), letter.isGenuine(to: id, key: key, suite),
            image.taking(content, at: now, channelCount: channelCount) != nil
        else { return try leaveLetter(number: content.number) }
        try commitLetter(content, clock: content.clock.flatMap { $0 > now ? $0 : nil })
    }

    /// Refuses a card that a letter named, since another one replaced it; and one that the meter cannot remember.
    func requirePlace(for eid: PartyID) throws(MeterError) {
        guard let image = card.element?.image else { return }
        guard !image.letters.refusedCards.contains(eid) else { throw MeterError(.cardRefusedByLetter, "\(eid)") }
        guard
            image.credited.contains(where: { $0.card == eid })
                || image.credited.count < ElementImage.maxCreditedCount
        else { throw MeterError(.cardListFull, "\(eid)") }
    }
}
