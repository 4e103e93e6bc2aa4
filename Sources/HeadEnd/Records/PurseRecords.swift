internal import GRDB
public import ValueProtocol

extension RecordFile {
    /// Notes the purses of `eid` as they are bound from now on; a purse of the same service is replaced.
    ///
    /// Each is what BIND made of it: a replacement card is given the same (protocol §4).
    ///
    /// - Throws: `HostError` of the file.
    public func notePurses(_ purses: [Bind], of eid: PartyID, at time: Timestamp) throws(HostError) {
        try write { database in
            try meet(eid, in: database)
            for purse in purses {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO purse VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        "\(eid)", purse.service.rawValue, purse.currency.rawValue, purse.limit.rawValue.stored,
                        "\(purse.meter)", purse.version,
                    ])
                try trail.append(
                    "purse \(purse.service)", "\(purse.limit) \(purse.currency) at most, meter \(purse.meter)",
                    of: eid, at: time, to: database)
            }
        }
    }

    /// The purses that were noted of `eid`, by service.
    ///
    /// - Throws: `HostError` of the file.
    public func purses(of eid: PartyID) throws(HostError) -> [Bind] {
        try read { database in
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
}
