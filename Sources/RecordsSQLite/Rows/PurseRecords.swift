internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func recordPurses(_ purses: [Bind], of eid: PartyID, at time: Timestamp) throws(HostError) {
        try write { database in
            try ensureElement(eid, in: database)
            for purse in purses {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO purse VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        "\(eid)", purse.service.rawValue, purse.currency.rawValue, purse.limit.rawValue.stored,
                        "\(purse.meter)", purse.version,
                    ])
                try trail.append(.purse(purse), of: eid, at: time, to: database)
            }
        }
    }

    public func purses(of eid: PartyID) throws(HostError) -> [Bind] {
        try read { try purses(of: eid, in: $0) }
    }

    func purses(of eid: PartyID, in database: Database) throws -> [Bind] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM purse WHERE eid = ? ORDER BY service", arguments: ["\(eid)"]
        ).map { row in
            let row = RecordRow(row: row, path: path)
            return Bind(
                service: UtilityService(rawValue: try row.unsigned("service")),
                currency: Currency(rawValue: try row.unsigned("currency")),
                limit: Amount(rawValue: try row.unsigned("most")), meter: try row.party("meter"),
                version: try row.unsigned("version"))
        }
    }
}
