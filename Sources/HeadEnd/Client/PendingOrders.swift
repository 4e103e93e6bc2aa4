public import ISO7816
public import Records
public import ValueProtocol

/// What the records still owe an element: it is sent at the next contact, whatever that is for.
extension ElementClient {
    /// Stores the value that is carried over to an element, and sends a meter the next table once it has
    /// room for it. Nothing is sent where nothing is owed.
    ///
    /// - Returns: the orders that were sent, or would be.
    /// - Throws: as `storeCredit`.
    public func completePending(of eid: PartyID, over channel: any CardChannel) throws(HostError) -> [CreditResult] {
        let isCarried = try !records.openCarryOvers(to: eid).isEmpty
        let carried = isCarried ? try completeCarryOver(over: channel, expecting: eid) : []
        guard eid.kind.isMeter, let sent = try sendQueuedTariff(to: eid, over: channel) else { return carried }
        return carried + [sent]
    }

    /// Sends the next table that waits for a meter, if the meter has room for it.
    private func sendQueuedTariff(
        to meter: PartyID, over channel: any CardChannel
    ) throws(HostError) -> CreditResult? {
        let waiting = try records.queuedTariffs(of: meter)
        guard !waiting.isEmpty, try records.element(meter)?.status == .inUse else { return nil }
        for next in waiting {
            if try records.tariffsAhead(of: meter, at: Timestamp(rawValue: 0)).contains(where: {
                $0.tariff == next.order
            }) {
                // It was taken; its answer came at another contact.
                _ = try records.dequeueTariff(effective: next.effective, of: meter, at: now)
                continue
            }
            let most = CreditTransaction.maxTariffsAhead
            guard try records.tariffsAhead(of: meter, at: now).count < most else { return nil }
            // A place is free by the meter's clock, or it would refuse.
            let clock = try snapshot(over: channel, expecting: meter).clock
            guard try records.tariffsAhead(of: meter, at: clock).count < most else { return nil }
            let result = try convertTariff(
                to: next.table, effective: next.effective, over: channel, reference: next.reference, expecting: meter)
            switch result.outcome {
            // What the meter refuses it would refuse again.
            case .done, .refused: _ = try records.dequeueTariff(effective: next.effective, of: meter, at: now)
            case .declined, .queued: break
            }
            return result
        }
        return nil
    }
}
