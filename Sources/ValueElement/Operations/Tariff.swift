internal import ValueProtocol

extension ElementImage {
    /// CONVERT TARIFF.
    mutating func convertTariff(_ c3: [UInt8], now: Timestamp) -> (BusinessStatus, [UInt8]) {
        guard eid.kind.isMeter, let order = ConvertTariff(c3) else { return (.malformed, []) }
        switch match(of: order.htxn, { $0.op == .convertTariff && $0.table == order.table.id }) {
        case .same: return (.alreadyApplied, tariffAnswer(order.htxn))
        case .other: return (.malformed, [])
        case .old: return (.stale, [])
        case .new: break
        }
        guard state != .blocked else { return (.blocked, []) }
        let service = UtilityService(rawValue: eid.kind.rawValue)
        guard let purse = purse(service) else { return (.unknownService, []) }
        guard purse.currency == order.table.currency else { return (.wrongCurrency, []) }
        promoteDueTariff(now: now)
        let held = StoredTariff(effective: order.effective, time: order.time, table: order.table)
        if order.effective <= now { currentTariff = held } else { nextTariff = held }
        lastTable = order.table.id
        keep(
            AppliedTransaction(
                htxn: order.htxn, op: .convertTariff, service: service, currency: purse.currency, amount: .zero,
                balance: purse.balance, time: order.time, table: order.table.id))
        return (.done, tariffAnswer(order.htxn))
    }

    /// Makes the next table current once its effective time is reached.
    mutating func promoteDueTariff(now: Timestamp) {
        guard let next = nextTariff, next.effective <= now else { return }
        (currentTariff, nextTariff) = (next, nil)
    }

    private func tariffAnswer(_ htxn: HostTransaction) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: lastTable)
        bytes.append(bigEndian: htxn.rawValue)
        return bytes
    }
}
