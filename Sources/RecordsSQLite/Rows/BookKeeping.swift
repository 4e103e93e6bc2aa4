internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func books(of eid: PartyID) throws(HostError) -> [PurseBooks] {
        try read { try books(of: eid, in: $0) }
    }

    public func remainingValue(of eid: PartyID) throws(HostError) -> [RemainingValue] {
        try read { try remainingValue(of: eid, in: $0) }
    }

    func books(of eid: PartyID, in database: Database) throws -> [PurseBooks] {
        try PurseBooks.books(
            of: eid, transactions: try transactions("eid = ?", ["\(eid)"], in: database),
            balances: try balances(of: eid, in: database),
            leaving: try carryOvers("origin = ?", ["\(eid)"], in: database))
    }

    func remainingValue(of eid: PartyID, in database: Database) throws -> [RemainingValue] {
        try books(of: eid, in: database).compactMap(\.remaining)
    }
}
