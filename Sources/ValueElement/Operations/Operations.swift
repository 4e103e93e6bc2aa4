internal import ValueProtocol

extension ElementImage {
    /// What an element does for each operation: the status and the answer of EXECUTE. Those of an ADMIN session follow
    /// here; the others have files of their own.
    mutating func perform(
        _ op: OperationCode, _ c3: [UInt8], _ facts: inout SessionFacts, _ environment: ElementEnvironment,
        _ suite: CipherSuite
    ) -> (BusinessStatus, [UInt8]) {
        switch op {
        case .storeCredit, .refund: applyCredit(op, c3, now: environment.clock.now)
        case .convertTariff: convertTariff(c3, environment)
        case .convertRules: convertRules(c3, &facts, environment)
        case .addDebt, .remitDebt: changeDebt(op, c3)
        case .readUsage: readUsage(c3, &facts, environment)
        case .status: reportStatus(c3, facts)
        case .debit: debit(c3, &facts)
        case .putKey: putKeys(c3, suite)
        case .bind: bind(c3, suite)
        case .setState: setState(c3, &facts)
        case .setClock: setClock(c3, now: environment.clock.now)
        case .account: reportAccount(c3, environment)
        case .post: postLetter(c3, &facts)
        case .fetch: fetchLetter(c3, facts)
        }
    }

    /// PUT KEY: all of the keys or none.
    mutating func putKeys(_ c3: [UInt8], _ suite: CipherSuite) -> (BusinessStatus, [UInt8]) {
        // A master-key card's own keys are derived from its master keys.
        guard eid.kind != .masterKeyCard, let put = PutKeys.keys(inPlaintext: c3, suite) else {
            return (.malformed, [])
        }
        for (name, key) in put { self.put(StoredKey(name: name, key: key)) }
        guard keys.count <= ElementImage.maxKeyCount else { return (.malformed, []) }
        var bytes: [UInt8] = []
        for held in keys { bytes.append(held.name) }
        return (.done, bytes)
    }

    /// BIND: creates a purse, or changes its limit and its slot. A slot that makes way leaves its last debit behind.
    mutating func bind(_ c3: [UInt8], _ suite: CipherSuite) -> (BusinessStatus, [UInt8]) {
        guard let (bind, kx) = Bind.binding(inPlaintext: c3, suite) else { return (.malformed, []) }
        if kx != nil {
            guard eid.kind == .subscriberCard, bind.meter.kind.rawValue == bind.service.rawValue else {
                return (.malformed, [])
            }
        }
        guard mayHave(bind.service) else { return (.unknownService, []) }
        var purse = purse(bind.service) ?? Purse(service: bind.service, currency: bind.currency, limit: bind.limit)
        guard purse.currency == bind.currency || purse.balance == .zero else { return (.wrongCurrency, []) }
        let before = slots.first { $0.service == bind.service }
        var number: UInt32 = 0
        if let kx {
            if var slot = before, slot.meter == bind.meter {
                slot.version = bind.version
                slot.kx = kx
                put(slot)
                number = slot.number
            } else {
                // A number that came again would hide a card that was set back.
                guard bindings < .max else { return (.malformed, []) }
                bindings += 1
                number = bindings
                put(
                    MeterBinding(
                        service: bind.service, meter: bind.meter, version: bind.version, kx: kx, number: number))
            }
        } else {
            slots.removeAll { $0.service == bind.service }
        }
        if let before, before.meter != bind.meter, before.nt > 0 {
            put(
                ServiceDebit(
                    service: bind.service,
                    debit: LeftDebit(meter: before.meter, nt: before.nt, amount: before.amount)))
        }
        purse.currency = bind.currency
        purse.limit = bind.limit
        put(purse)
        var bytes: [UInt8] = []
        Bind.Answer(service: bind.service, binding: number, left: left.first { $0.service == bind.service }?.debit)
            .append(to: &bytes)
        return (.done, bytes)
    }

    private func mayHave(_ service: UtilityService) -> Bool {
        switch eid.kind {
        case .subscriberCard: UtilityService.all.contains(service)
        case .masterKeyCard: service == .float
        default: eid.kind.isMeter && service.rawValue == eid.kind.rawValue
        }
    }

    /// SET STATE.
    mutating func setState(_ c3: [UInt8], _ facts: inout SessionFacts) -> (BusinessStatus, [UInt8]) {
        guard let order = SetState(c3), state.canTransition(to: order.state) else { return (.malformed, []) }
        if order.state == .issued {
            guard keys.contains(where: { $0.name.purpose == .admin && $0.name.version > 0 }) else {
                return (.malformed, [])
            }
            keys.removeAll { $0.name == .transport }
            facts.isOver = facts.identity.key == .transport
        }
        state = order.state
        return (.done, [state.rawValue])
    }

    /// A valid S3 under a key proves that the authority holds it, so the older versions are no longer needed.
    mutating func eraseKeys(olderThan name: KeyName) {
        guard name.purpose != .transfer else { return }
        let isOlder = { (held: StoredKey) in held.name.purpose == name.purpose && held.name.version < name.version }
        // Checked first, so that the list is copied only if it changes.
        if keys.contains(where: isOlder) { keys.removeAll(where: isOlder) }
        guard eid.kind == .masterKeyCard, !minVersions.contains(name) else { return }
        minVersions.removeAll { $0.purpose == name.purpose }
        minVersions.append(name)
        minVersions.sort()
    }
}
