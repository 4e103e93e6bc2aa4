internal import GRDB
public import ValueProtocol

extension RecordFile {
    /// The books of every purse of `eid` that value was ever ordered for, by service.
    ///
    /// - Throws: `HostError` `.booksBroken`, or of the file.
    public func books(of eid: PartyID) throws(HostError) -> [PurseBooks] {
        try read { try books(of: eid, in: $0) }
    }

    /// What `eid` still holds by the host's records: what a replacement is given.
    ///
    /// That is the balance it last proved; what it spent off line since then is not known. What is still on its way to it
    /// from one that it replaced (`openCarryOvers(to:)`) is not in it.
    ///
    /// - Throws: `HostError` `.booksBroken`, or of the file.
    public func remainingValue(of eid: PartyID) throws(HostError) -> [RemainingValue] {
        try read { try remainingValue(of: eid, in: $0) }
    }

    func books(of eid: PartyID, in database: Database) throws -> [PurseBooks] {
        let transactions = try transactions("eid = ?", ["\(eid)"], in: database)
        let balances = try balances(of: eid, in: database)
        let leaving = try carryOvers("origin = ?", ["\(eid)"], in: database)
        return try Set(transactions.map(\.order.service)).sorted().flatMap { service in
            let own = transactions.filter { $0.order.service == service }
            let newest = own.last?.order.currency
            return try Set(own.map(\.order.currency)).sorted { $0.rawValue < $1.rawValue }.map { currency in
                let own = own.filter { $0.order.currency == currency }
                let done = own.filter { $0.state == .done }
                // A purse changes its currency only when it is empty, so nothing is left in an older one.
                let held = balances.first { $0.service == service }
                return PurseBooks(
                    eid: eid, service: service, currency: currency,
                    stored: try sum(done.filter { $0.kind == .storeCredit }),
                    carriedIn: try sum(done.filter { $0.reference?.hasPrefix(CarryOver.prefix) == true }),
                    refunded: try sum(done.filter { $0.kind == .refund }),
                    carriedOut: leaving.first { $0.service == service && $0.currency == currency }?.amount ?? .zero,
                    unsettled: try sum(own.filter { $0.state == .inDoubt || $0.state == .needsPerson }),
                    balance: currency == newest
                        ? held : held.map { ProvenBalance(service: service, amount: .zero, time: $0.time) })
            }
        }
    }

    func remainingValue(of eid: PartyID, in database: Database) throws -> [RemainingValue] {
        var values: [RemainingValue] = []
        for purse in try books(of: eid, in: database) {
            guard let balance = purse.balance, balance.amount > .zero else { continue }
            values.append(
                RemainingValue(
                    service: purse.service, currency: purse.currency, amount: balance.amount, asOf: balance.time))
        }
        return values
    }

    private func sum(_ transactions: [CreditTransaction]) throws -> Amount {
        try transactions.reduce(.zero) { sum, next in
            guard let sum = sum.adding(next.order.amount) else { throw HostError(.booksBroken, "\(next)") }
            return sum
        }
    }
}
