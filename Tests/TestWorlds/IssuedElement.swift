import CardCrypto
package import ValueElement
package import ValueProtocol

extension Currency {
    /// EUR.
    package static let euro = Currency(rawValue: 978)
}

extension Purse {
    /// A purse with amounts in micro-units.
    package init(_ service: UtilityService, holds balance: UInt64 = 0, limit: UInt64, in currency: Currency = .euro) {
        self.init(
            service: service, currency: currency, limit: Amount(rawValue: limit), balance: Amount(rawValue: balance))
    }
}

extension ElementImage {
    /// An element as issuing leaves it.
    package init(
        issued eid: PartyID, keys: [StoredKey] = [], purses: [Purse] = [], bindings: [MeterBinding] = [],
        state: LifeCycle = .issued
    ) {
        self.init(blank: eid, transportKey: nil)
        self.state = state
        for key in keys { put(key) }
        for purse in purses { put(purse) }
        for binding in bindings { put(binding) }
    }

    /// A purse's balance, in micro-units.
    package func balance(of service: UtilityService) -> UInt64 { purse(service)?.balance.rawValue ?? 0 }

    /// What this card was debited for `meter` and the meter has not credited yet, in micro-units.
    package func onTheWay(to meter: ElementImage) -> UInt64 {
        let credited = meter.credited.first { $0.card == eid }?.nt ?? 0
        return slot(boundTo: meter.eid).map { $0.nt > credited ? $0.amount.rawValue : 0 } ?? 0
    }
}

extension MasterKeyImage {
    /// A master-key card whose first custodians have these PINs.
    package init(keys: [StoredKey], pins: [String], rules: DeskRules) {
        self.init()
        self.keys = keys.sorted { $0.name < $1.name }
        self.rules = rules
        for (index, pin) in pins.enumerated() { custodians[index] = Custodian(pin: Secret(copying: Array(pin.utf8))) }
    }
}

extension DeskRules {
    /// Rules that allow these operations.
    package init(first: PartyID = .none, count: UInt16 = 0, allowing operations: some Sequence<OperationCode>) {
        self.init(first: first, count: count, operations: operations.reduce(0) { $0 | $1.ruleBit })
    }
}
