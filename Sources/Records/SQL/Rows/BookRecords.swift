public import ValueProtocol

extension SQLRecords {
    public func books(of eid: PartyID) throws(HostError) -> [PurseBooks] {
        try read { try books(of: eid, in: $0) }
    }

    public func remainingValue(of eid: PartyID) throws(HostError) -> [RemainingValue] {
        try read { try remainingValue(of: eid, in: $0) }
    }

    func books(of eid: PartyID, in database: any SQLConnection) throws -> [PurseBooks] {
        try PurseBooks.books(
            of: eid, transactions: try transactions(of: eid, in: database),
            balances: try balances(of: eid, in: database),
            leaving: try carryOvers("shard = ? AND origin = ?", [Shard(of: eid), eid], in: database))
    }

    func remainingValue(of eid: PartyID, in database: any SQLConnection) throws -> [RemainingValue] {
        let books = try books(of: eid, in: database)
        return try books.compactMap(\.remaining) + valueByCard(on: eid, besides: books, in: database)
    }

    /// Value for which nothing was ever ordered here: a meter drew it from cards.
    private func valueByCard(
        on eid: PartyID, besides books: [PurseBooks], in database: any SQLConnection
    ) throws -> [RemainingValue] {
        let booked = Set(books.map(\.service))
        let purses = try purses(of: eid, in: database)
        return try balances(of: eid, in: database).compactMap { held in
            guard held.amount > .zero, !booked.contains(held.service) else { return nil }
            guard let currency = purses.first(where: { $0.service == held.service })?.currency else {
                throw HostError(.booksBroken, "\(held.service) purse of \(eid), whose currency is not recorded")
            }
            return RemainingValue(service: held.service, currency: currency, amount: held.amount, asOf: held.time)
        }
    }
}
