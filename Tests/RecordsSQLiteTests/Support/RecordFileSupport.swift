import CardCrypto
import GRDB
import Records
import RecordsSQLite
import TestSupport
import Testing
import ValueProtocol

/// The audit key of the files in `Files`.
let auditKey = Secret(copying: Array(1...32))
let euro = Currency(rawValue: 978)

func card(_ number: UInt32) -> PartyID { PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number) }

/// Expects that `body` fails with a `HostError` of `code`.
func expect(
    _ code: HostError.Code, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) {
    #expect(throws: HostError(code, ""), comment, sourceLocation: sourceLocation) { try body() }
}

extension TemporaryFolder {
    var recordFile: String { path + "/records" }
}

extension RecordFile {
    /// Orders micro-units of gas and has the element answer with `state`.
    @discardableResult
    func order(
        _ amount: UInt64, of eid: PartyID, reference: String? = nil,
        ends state: CreditTransaction.State = .done, balance: UInt64? = nil, at time: UInt32 = 1000
    ) throws -> CreditTransaction? {
        let request = CreditRequest(
            kind: .storeCredit, service: .gas, currency: euro, amount: Amount(rawValue: amount), reference: reference)
        let highest = try transactions(of: eid).last { $0.state == .done }?.htxn ?? .none
        let started = try begin(request, of: eid, elementHighest: highest, at: Timestamp(rawValue: time))
        guard case .send(let transaction) = started else { return nil }
        guard state != .inDoubt else { return transaction }
        return try conclude(
            transaction, as: state, balance: balance.map(Amount.init(rawValue:)), at: Timestamp(rawValue: time + 1))
    }
}

/// Changes a file as with an SQLite shell.
func tamper(_ path: String, _ statements: String) throws {
    let database = try DatabaseQueue(path: path)
    try database.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        try database.execute(sql: statements)
    }
    try database.close()
}
