import Ledger
public import ValueProtocol

extension SQLRecords {
    public func recordPurses(_ purses: [Bind], of eid: PartyID, at time: Timestamp) throws(HostError) {
        try write { database in
            try own(eid, in: database)
            database.elements.forget(eid)
            for purse in purses {
                try database.execute(
                    """
                    INSERT INTO purse (shard, eid, service, currency, most, meter, version) VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (shard, eid, service) DO UPDATE SET currency = excluded.currency, most = excluded.most,
                        meter = excluded.meter, version = excluded.version
                    """, Shard(of: eid), eid, purse.service, purse.currency, purse.limit, purse.meter, purse.version)
                try bookPurse(
                    PurseID(eid, purse.service), purse.currency, limit: purse.limit, at: time, in: database)
                try trail.append(.purse(purse), of: eid, at: time, to: database)
            }
        }
    }

    public func purses(of eid: PartyID) throws(HostError) -> [Bind] {
        try read { database in
            let purses = try purses(of: eid, in: database)
            // Limit and meter go on to the element, and to the card that replaces it.
            for purse in purses { try require(purse, of: eid, in: database) }
            return purses
        }
    }

    func purses(of eid: PartyID, in database: any SQLConnection) throws -> [Bind] {
        if let purses = database.elements.purses[eid] { return purses }
        return try database.query(
            "SELECT * FROM purse WHERE shard = ? AND eid = ? ORDER BY service", Shard(of: eid), eid
        ).map { try Bind($0) }
    }
}

extension Bind {
    /// From a row of `purse`.
    init(_ row: SQLRow) throws(HostError) {
        self.init(
            service: try row.service("service"), currency: try row.currency("currency"),
            limit: try row.amount("most"), meter: try row.party("meter"), version: try row.unsigned("version"))
    }
}
