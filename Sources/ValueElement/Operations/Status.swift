internal import ValueProtocol

extension ElementImage {
    /// STATUS.
    func reportStatus(_ c3: [UInt8], _ facts: SessionFacts) -> (BusinessStatus, [UInt8]) {
        guard let order = AskStatus(c3) else { return (.malformed, []) }
        var bytes: [UInt8] = []
        answer(order, facts).append(to: &bytes)
        return (.done, bytes)
    }

    private func answer(_ order: AskStatus, _ facts: SessionFacts) -> AskStatus.Answer {
        if facts.identity.key.purpose == .transfer {
            guard let slot = slot(boundTo: facts.identity.pid) else {
                return AskStatus.Answer(nt: 0, found: false, amount: .zero, balance: .zero)
            }
            return AskStatus.Answer(
                nt: slot.nt, highest: HostTransaction(rawValue: UInt64(slot.number)), found: slot.nt > 0,
                amount: slot.amount, balance: slot.balance)
        }
        let found = kept.first { $0.htxn == order.htxn }
        return AskStatus.Answer(
            nt: nt, highest: kept.last?.htxn ?? .none, lowestKept: kept.first?.htxn ?? .none, found: found != nil,
            amount: found?.amount ?? .zero, balance: found?.balance ?? purse(order.service)?.balance ?? .zero)
    }
}
