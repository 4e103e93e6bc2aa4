import Records
import ValueProtocol

func request(
    _ amount: UInt64, _ service: UtilityService = .gas, _ currency: Currency = euro,
    kind: CreditTransaction.Kind = .storeCredit, reference: String? = nil
) -> CreditRequest {
    CreditRequest(kind: kind, service: service, currency: currency, amount: micro(amount), reference: reference)
}

extension Trial {
    func tariff(
        _ id: UInt16, effective: UInt32, reference: String? = nil, replacesAhead: Bool = false
    ) throws -> CreditRequest {
        guard let entry = TariffTable.Entry(days: 127, minute: 360, percent: 150),
            let table = TariffTable(id: id, price: micro(250_000), currency: euro, entries: [entry])
        else { throw violation("no tariff table") }
        return CreditRequest(
            kind: .convertTariff, service: .electricity, currency: euro, amount: .zero, reference: reference,
            tariff: TariffOrder(table, effective: at(effective)), replacesTariffAhead: replacesAhead)
    }

    /// What a store says to an order.
    @discardableResult
    func ask(
        _ request: CreditRequest, of eid: PartyID, highest: UInt64 = 0, at time: UInt32 = 1_000,
        in store: any RecordAccess
    ) throws -> StartedTransaction {
        try store.begin(request, of: eid, elementHighest: HostTransaction(rawValue: highest), at: at(time))
    }

    /// Begins an order that has to be sent; what the element has applied without these records is accepted first, and an
    /// order that was not applied proves to be so again.
    func begin(
        _ request: CreditRequest, of eid: PartyID, highest: UInt64 = 0, at time: UInt32 = 1_000,
        in store: any RecordAccess
    ) throws -> CreditTransaction {
        let gap = try store.acceptNumbers(upTo: HostTransaction(rawValue: highest), of: eid, at: at(time))
        if let doubted = gap?.doubted {
            _ = try store.conclude(doubted, as: .notApplied, balance: nil, at: at(time))
        }
        let started = try ask(request, of: eid, highest: highest, at: time, in: store)
        guard case .send(let transaction) = started else {
            throw violation("the order \(request): expected one to be sent, found \(started)")
        }
        return transaction
    }

    /// An order and its outcome.
    @discardableResult
    func settle(
        _ request: CreditRequest, of eid: PartyID, as state: CreditTransaction.State = .done, balance: UInt64? = nil,
        at time: UInt32 = 1_000, in store: any RecordAccess
    ) throws -> CreditTransaction {
        let highest = try store.transactions(of: eid).last { $0.state == .done }?.htxn ?? .none
        let begun = try begin(request, of: eid, highest: highest.rawValue, at: time, in: store)
        return try store.conclude(begun, as: state, balance: balance.map(micro), at: at(time + 1))
    }

    /// Requires that an order is declined, or known as done, and changes nothing.
    func declines(
        _ request: CreditRequest, of eid: PartyID, highest: UInt64 = 0, at time: UInt32 = 1_000,
        as expected: StartedTransaction, _ what: String, in store: any RecordAccess
    ) throws {
        let started = try leaves(store, what) { try ask(request, of: eid, highest: highest, at: time, in: store) }
        try equal(started, expected, what)
    }

    /// The events in the trail of an element.
    func events(of eid: PartyID, in store: any RecordAccess) throws -> [AuditEvent] {
        try store.auditTrail(of: eid).map { entry in
            guard let event = entry.event else { throw violation("entry \(entry.mark) of a new store is a sentence") }
            return event
        }
    }

    /// A person resolves a transaction.
    func resolve(
        _ transaction: CreditTransaction, applied: Bool, at time: UInt32 = 3_000, in store: any RecordAccess
    ) throws -> CreditTransaction {
        try store.resolve(
            transaction.htxn, of: transaction.eid, applied: applied, by: "the supervisor", because: "receipt shown",
            at: at(time))
    }
}
