package import ValueProtocol

extension ElementImage {
    /// CONVERT TARIFF.
    mutating func convertTariff(_ c3: [UInt8], _ environment: ElementEnvironment) -> (BusinessStatus, [UInt8]) {
        guard eid.kind.isMeter, let order = ConvertTariff(c3), order.table.id > 0, environment.channelCount == 1 else {
            return (.malformed, [])
        }
        switch match(of: order.htxn, { $0.op == .convertTariff && $0.table == order.table.id }) {
        case .same: return (.alreadyApplied, tariffAnswer(order.htxn))
        case .other: return (.malformed, [])
        case .old: return (.stale, [])
        case .new: break
        }
        guard state != .blocked else { return (.blocked, []) }
        guard let purse = purse(ownService) else { return (.unknownService, []) }
        let system = ChargeSystem.table(order.table, effective: order.effective)
        let status = take(system, time: order.time, now: environment.clock.now)
        guard status == .done else { return (status, []) }
        keep(.convertTariff, order.htxn, order.table.id, purse, order.time)
        return (.done, tariffAnswer(order.htxn))
    }

    private func tariffAnswer(_ htxn: HostTransaction) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: lastTable)
        bytes.append(bigEndian: htxn.rawValue)
        return bytes
    }

    /// CONVERT RULES: a part waits in the session; the list changes with the last one.
    mutating func convertRules(
        _ c3: [UInt8], _ facts: inout SessionFacts, _ environment: ElementEnvironment
    ) -> (BusinessStatus, [UInt8]) {
        guard eid.kind.isMeter, let order = ConvertRules(c3) else { return (.malformed, []) }
        // A part does not tell the id of the rules: whoever asks again compares it.
        switch match(of: order.htxn, { $0.op == .convertRules }) {
        case .same:
            let kept = kept.first { $0.htxn == order.htxn }
            return (.alreadyApplied, rulesAnswer(order, held: order.parts, id: kept?.table ?? 0))
        case .other: return (.malformed, [])
        case .old: return (.stale, [])
        case .new: break
        }
        guard state != .blocked else { return (.blocked, []) }
        guard let purse = purse(ownService) else { return (.unknownService, []) }
        let buffer = PartBuffer(order.bytes, part: order.part, of: order.parts, order.htxn, after: facts.rules)
        guard let buffer else { return (.malformed, []) }
        guard buffer.isWhole else {
            facts.rules = buffer
            return (.done, rulesAnswer(order, held: buffer.held, id: 0))
        }
        let rules: SupplyRules
        do {
            rules = try SupplyRules(buffer.bytes)
        } catch {
            return (.malformed, [])
        }
        guard rules.firstChannelWithoutSource(channelCount: environment.channelCount) == nil else {
            return (.malformed, [])
        }
        let status = take(.rules(rules), time: order.time, now: environment.clock.now)
        guard status == .done else { return (status, []) }
        facts.rules = nil
        keep(.convertRules, order.htxn, rules.id, purse, order.time)
        return (.done, rulesAnswer(order, held: buffer.held, id: rules.id))
    }

    private func rulesAnswer(_ order: ConvertRules, held: UInt8, id: UInt16) -> [UInt8] {
        var bytes: [UInt8] = []
        ConvertRules.Answer(held: held, rules: id, htxn: order.htxn).append(to: &bytes)
        return bytes
    }

    /// Takes a table or rules into the list.
    ///
    /// - Returns: `.wrongCurrency` or `.overLimit`, and nothing changes, where the meter cannot take it.
    package mutating func take(_ system: ChargeSystem, time: Timestamp, now: Timestamp) -> BusinessStatus {
        guard let purse = purse(ownService) else { return .unknownService }
        guard purse.currency == system.currency else { return .wrongCurrency }
        guard charges.take(system, time: time, now: now) else { return .overLimit }
        lastTable = system.id
        return .done
    }

    private mutating func keep(
        _ op: OperationCode, _ htxn: HostTransaction, _ id: UInt16, _ purse: Purse, _ time: Timestamp
    ) {
        keep(
            AppliedTransaction(
                htxn: htxn, op: op, service: purse.service, currency: purse.currency, amount: .zero,
                balance: purse.balance, time: time, table: id))
    }

    /// The service that a meter measures.
    private var ownService: UtilityService { UtilityService(rawValue: eid.kind.rawValue) }
}

extension ElementEnvironment {
    /// How many sources the meter measures separately.
    var channelCount: Int { account?.channelCount ?? 1 }
}
