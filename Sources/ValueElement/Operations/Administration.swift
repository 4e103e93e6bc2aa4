internal import ValueProtocol

extension ElementImage {
    /// PUT KEY: all of them or none.
    mutating func putKeys(_ c3: [UInt8], _ suite: CipherSuite) -> (BusinessStatus, [UInt8]) {
        // A master-key card's own keys follow from the master keys it holds.
        guard eid.kind != .masterKeyCard, let put = PutKeys.keys(inPlaintext: c3, suite) else {
            return (.malformed, [])
        }
        for (name, key) in put { self.put(StoredKey(name: name, key: key)) }
        guard keys.count <= ElementImage.mostKeys else { return (.malformed, []) }
        var bytes: [UInt8] = []
        for held in keys { bytes.append(held.name) }
        return (.done, bytes)
    }

    /// BIND: makes a purse or changes its limit, and its slot.
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
        purse.currency = bind.currency
        purse.limit = bind.limit
        put(purse)
        if let kx {
            var slot =
                slots.first { $0.service == bind.service && $0.meter == bind.meter }
                ?? MeterBinding(service: bind.service, meter: bind.meter, version: bind.version, kx: kx)
            slot.version = bind.version
            slot.kx = kx
            put(slot)
        } else {
            slots.removeAll { $0.service == bind.service }
        }
        return (.done, [bind.service.rawValue])
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
        guard let order = SetState(c3), state.mayBecome(order.state) else { return (.malformed, []) }
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

    /// A good S3 under a key proves that the authority holds it: the older versions have had their time.
    mutating func eraseKeys(olderThan name: KeyName) {
        guard name.purpose != .transfer else { return }
        let isOlder = { (held: StoredKey) in held.name.purpose == name.purpose && held.name.version < name.version }
        // Looked for first: the list is copied only where it changes.
        if keys.contains(where: isOlder) { keys.removeAll(where: isOlder) }
        guard eid.kind == .masterKeyCard, !leastVersions.contains(name) else { return }
        leastVersions.removeAll { $0.purpose == name.purpose }
        leastVersions.append(name)
        leastVersions.sort()
    }
}
