public import ISO7816
public import Records
public import ValueProtocol

extension CreditDesk {
    /// Collects the status that off-line meters reported through the card, and records it (protocol §6, series 06).
    ///
    /// - Returns: the new records.
    /// - Throws: `HostError` `.noSession`, or of the records. What was already read stays on the card too.
    public func collectMeterStatus(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> [MeterStatusRecord] {
        let card = try select(over: channel, expecting: expected)
        let collected: [MeterStatusRecord]
        do {
            var conversation = try open(.usage, with: card, over: channel)
            collected = try read(&conversation)
        } catch {
            throw HostError(.noSession, "\(card.eid)", cause: error)
        }
        return try records.record(collected, from: card.eid, at: now)
    }

    private func read(_ conversation: inout ElementConversation) throws(SessionError) -> [MeterStatusRecord] {
        var collected: [MeterStatusRecord] = []
        var cursor: UInt16 = 0
        repeat {
            let page = try conversation.execute(
                ReadUsage(
                    time: now, series: .meterStatus, from: Timestamp(rawValue: 0), to: Timestamp(rawValue: .max),
                    cursor: cursor))
            guard let answer = page.answer, let records = MeterStatusRecord.records(answer.records) else {
                throw SessionError(.malformedAnswer, "READ USAGE of \(conversation.element.eid)")
            }
            collected += records
            cursor = answer.next
        } while cursor != ReadUsage.end
        return collected
    }
}
