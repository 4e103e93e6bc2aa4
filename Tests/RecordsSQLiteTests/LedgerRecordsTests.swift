import CardCrypto
import Foundation
import GRDB
import Ledger
import Records
import RecordsSQLite
import TestSupport
import Testing
import ValueProtocol

@Suite("The ledger of a record file")
struct LedgerRecordsTests {
    private static let key = Secret(copying: [UInt8](repeating: 7, count: 32))
    private let folder: TemporaryFolder
    private let records: RecordFile
    private let gasMeter = PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 0x78)

    init() throws {
        folder = try TemporaryFolder(isInMemory: true)
        records = try RecordFile.create(at: folder.recordFile, auditKey: Self.key)
    }

    private var file: URL { URL(fileURLWithPath: folder.recordFile) }
    private let third = RecordsSQLiteTests.card(3)
    private let other = RecordsSQLiteTests.card(2)
    private func at(_ seconds: UInt32) -> Timestamp { Timestamp(rawValue: 1_800_000_000 + seconds) }
    private func purse(_ eid: PartyID) -> Account { .purse(eid, .gas) }

    private func bind(_ eid: PartyID, to meter: PartyID? = nil) throws {
        let bind = Bind(
            service: .gas, currency: euro, limit: Amount(rawValue: 1_000), meter: meter ?? gasMeter, version: 1)
        try records.recordPurses([bind], of: eid, at: at(0))
    }

    private func balance(_ account: Account) throws -> Int128 {
        try records.ledgerBalances().first { $0.account == account }?.amount ?? 0
    }

    private func status(_ eid: PartyID, _ balance: UInt64, nt: UInt32, highest: UInt64 = 1) throws {
        let answer = AskStatus.Answer(
            nt: nt, highest: HostTransaction(rawValue: highest), found: false, amount: .zero,
            balance: Amount(rawValue: balance))
        try records.recordStatus(answer, of: .gas, on: eid, at: at(nt))
    }

    private func begin(
        _ amount: UInt64, _ kind: CreditTransaction.Kind = .storeCredit, on eid: PartyID, highest: UInt64 = 0,
        payer: PartyID? = nil
    ) throws -> CreditTransaction {
        let request = CreditRequest(
            kind: kind, service: .gas, currency: euro, amount: Amount(rawValue: amount), reference: nil, payer: payer)
        let started = try records.begin(
            request, of: eid, elementHighest: HostTransaction(rawValue: highest), at: at(1))
        guard case .send(let transaction) = started else { throw HostError(.openTransaction, "\(started)") }
        return transaction
    }

    private func expectSound(_ comment: Comment? = nil) throws {
        #expect(try records.violations() == [], comment)
        try records.verify()
    }

    // MARK: Flows

    @Test func `what is ordered is in doubt until its outcome is known`() throws {
        let card = card(1)
        try bind(card)
        let open = try begin(50, on: card)
        #expect(try balance(.seller) == -50)
        #expect(try balance(.inDoubt(card, .gas)) == 50)
        #expect(try records.ledgerBalances().first { $0.account == .seller }?.pending == 50)
        try expectSound()
        _ = try records.conclude(open, as: .notApplied, balance: nil, at: at(2))
        #expect(try records.ledgerBalances() == [])
        guard case .send(let again) = try records.beginAgain(open.htxn, of: card, elementHighest: .none, at: at(3))
        else {
            Issue.record("not sent again")
            return
        }
        _ = try records.conclude(again, as: .done, balance: Amount(rawValue: 50), at: at(4))
        #expect(try balance(purse(card)) == 50)
        let back = try begin(20, .refund, on: card, highest: 1)
        _ = try records.conclude(back, as: .done, balance: Amount(rawValue: 30), at: at(5))
        let refused = try begin(7, on: card, highest: 2)
        _ = try records.conclude(refused, as: .refused(.overLimit), balance: nil, at: at(6))
        #expect(try balance(purse(card)) == 30)
        #expect(try balance(.seller) == -30)
        let transfers = try records.transfers(of: purse(card))
        #expect(transfers.map(\.kind) == [.load, .refund, .load])
        #expect(transfers.map(\.history.count) == [4, 2, 2])
        #expect(transfers.map { $0.state.map { "\($0)" } ?? "" }.filter { $0.contains("voided") }.count == 1)
        #expect(try records.differences() == [])
        try expectSound()
    }

    @Test func `what a card gave is in doubt at its meter until the meter tells of it`() throws {
        let card = card(1)
        try bind(card)
        let open = try begin(50, on: card)
        _ = try records.conclude(open, as: .done, balance: Amount(rawValue: 50), at: at(2))
        try status(card, 20, nt: 3)
        #expect(try balance(.inDoubt(gasMeter, .gas)) == 30)
        let status = MeterStatus(
            counter: 1, balance: Amount(rawValue: 25), spent: Amount(rawValue: 5), isValveOpen: true, clock: at(4),
            state: .issued, wrongSignatures: 0,
            credited: [.init(card: card, nt: 2, total: Amount(rawValue: 30))], rules: nil)
        let record = MeterStatusRecord(service: .gas, meter: gasMeter, nt: 4, time: at(4), status: status.bytes)
        _ = try records.record([record], from: card, at: at(5))
        #expect(try balance(.inDoubt(gasMeter, .gas)) == 0)
        #expect(try balance(purse(gasMeter)) == 25)
        #expect(try balance(.delivered(gasMeter)) == 5)
        #expect(try records.differences() == [])
        try expectSound()
    }

    @Test func `a float pays what its master-key card seals`() throws {
        let (reseller, card) = (PartyID(issuer: 0xA1B2C3, kind: .masterKeyCard, number: 1), card(1))
        try bind(card)
        let unknown = try begin(5, on: card, payer: reseller)
        _ = try records.conclude(unknown, as: .done, balance: nil, at: at(2))
        #expect(try balance(.seller) == -5)
        let request = CreditRequest(
            kind: .storeCredit, service: .float, currency: euro, amount: Amount(rawValue: 40), reference: nil)
        guard case .send(let float) = try records.begin(request, of: reseller, elementHighest: .none, at: at(3)) else {
            Issue.record("no float")
            return
        }
        _ = try records.conclude(float, as: .done, balance: Amount(rawValue: 40), at: at(4))
        let sale = try begin(30, on: card, highest: 1, payer: reseller)
        #expect(try balance(.reseller(reseller)) == 10)
        _ = try records.conclude(sale, as: .done, balance: nil, at: at(5))
        let tooMuch = CreditRequest(
            kind: .storeCredit, service: .gas, currency: euro, amount: Amount(rawValue: 11), reference: nil,
            payer: reseller)
        #expect(
            try records.begin(tooMuch, of: card, elementHighest: HostTransaction(rawValue: 2), at: at(6))
                == .declined(.books(.notEnoughValue)))
        #expect(try balance(.seller) == -45)
        try expectSound()
    }

    // MARK: Differences

    @Test func `a float that holds less than the books say is a difference`() throws {
        let reseller = PartyID(issuer: 0xA1B2C3, kind: .masterKeyCard, number: 1)
        let float = Bind(
            service: .float, currency: euro, limit: Amount(rawValue: 1_000), meter: .none, version: 0)
        try records.recordPurses([float], of: reseller, at: at(0))
        let request = CreditRequest(
            kind: .storeCredit, service: .float, currency: euro, amount: Amount(rawValue: 40), reference: nil)
        guard case .send(let fill) = try records.begin(request, of: reseller, elementHighest: .none, at: at(1)) else {
            Issue.record("no float")
            return
        }
        _ = try records.conclude(fill, as: .done, balance: Amount(rawValue: 40), at: at(2))
        let answer = AskStatus.Answer(
            nt: 3, highest: HostTransaction(rawValue: 1), found: false, amount: .zero, balance: Amount(rawValue: 35))
        try records.recordStatus(answer, of: .float, on: reseller, at: at(3))
        let found = try #require(try records.differences().first)
        #expect(found.kind == .valueMissing && found.amount == 5)
        #expect(try balance(.reseller(reseller)) == 40)
        try expectSound()
    }

    @Test func `a card that was set back is a difference until two people resolve it`() throws {
        let card = card(1)
        try bind(card)
        let open = try begin(50, on: card)
        _ = try records.conclude(open, as: .done, balance: Amount(rawValue: 50), at: at(2))
        try status(card, 20, nt: 3)
        try status(card, 50, nt: 4)
        let found = try #require(try records.differences().first)
        #expect(found.kind == .holdsMore && found.amount == 30)
        #expect(found.description.contains("set back or copied"))
        #expect(try records.auditTrail(of: card).contains { $0.event == .difference(found) })
        // Only what the books explain goes to a successor.
        try records.setStatus(.blocked, of: card, because: nil, at: at(5))
        let approval = try #require(Approval(by: "A. Clerk", approvedBy: "B. Clerk", because: "card was restored"))
        let order = LedgerOrder(key: IdempotencyKey("case 7"), time: at(6), .resolve(found.id, approval))
        #expect(try records.book(order).facts.isEmpty == false)
        #expect(try records.book(order) == .repeated)
        #expect(try records.differences() == [])
        #expect(try records.auditTrail(of: card).last?.event == .differenceEnd(found.id, .resolved(approval)))
        #expect(try balance(purse(card)) == 50)
        #expect(try balance(.corrections) == -30)
        try expectSound()
    }

    @Test func `what the books do not explain is not carried over`() throws {
        let card = card(1)
        try bind(card)
        let open = try begin(50, on: card)
        _ = try records.conclude(open, as: .done, balance: Amount(rawValue: 50), at: at(2))
        try status(card, 20, nt: 3)
        try status(card, 50, nt: 4)
        try records.setStatus(.blocked, of: card, because: nil, at: at(5))
        #expect(try records.replace(card, by: other, at: at(6)).map(\.amount.rawValue) == [20])
        try expectSound()
    }

    @Test func `a lost card that drew after its replacement is found by name`() throws {
        let card = card(1)
        try bind(card)
        let open = try begin(50, on: card)
        _ = try records.conclude(open, as: .done, balance: Amount(rawValue: 50), at: at(2))
        try records.setStatus(.lost, of: card, because: nil, at: at(3))
        #expect(try records.replace(card, by: other, at: at(4)).map(\.amount.rawValue) == [50])
        try status(card, 20, nt: 5)
        #expect(try records.differences().map(\.kind) == [.drewAfterReplacement])
        let text = try records.differences().map(\.description).joined()
        #expect(text.contains("drew 0.000030 EUR after it was replaced"))
        try expectSound()
    }

    /// The meter tells what the lost card gave before it was replaced: the rest is its successor's.
    @Test func `value is carried once a report has come`() throws {
        let card = card(1)
        try bind(card)
        try bind(self.third)
        let open = try begin(50, on: card)
        _ = try records.conclude(open, as: .done, balance: Amount(rawValue: 50), at: at(2))
        try status(card, 50, nt: 3)
        try status(third, 0, nt: 1)
        try records.setStatus(.lost, of: card, because: nil, at: at(3))
        #expect(try records.replace(card, by: other, carrying: .afterReport, at: at(4)) == [])
        #expect(try records.openCarryOvers(to: other) == [])
        // The successor is replaced in turn before that.
        try records.setStatus(.lost, of: other, because: nil, at: at(5))
        let last = RecordsSQLiteTests.card(9)
        #expect(try records.replace(other, by: last, carrying: .afterReport, at: at(6)) == [])
        let status = MeterStatus(
            counter: 1, balance: Amount(rawValue: 30), spent: .zero, isValveOpen: true, clock: at(7), state: .issued,
            wrongSignatures: 0, credited: [.init(card: card, nt: 4, total: Amount(rawValue: 30))])
        let record = MeterStatusRecord(service: .gas, meter: gasMeter, nt: 2, time: at(7), status: status.bytes)
        for _ in 0..<2 { _ = try records.record([record], from: third, at: at(8)) }
        #expect(try records.openCarryOvers(to: last).map(\.amount.rawValue) == [20])
        #expect(try records.openCarryOvers(to: last).map(\.from) == [card])
        #expect(try balance(.carried(card, .gas)) == 20)
        try expectSound()
    }

    @Test func `a debit that a BIND left behind is one of the books`() throws {
        let card = card(1)
        try bind(card)
        let open = try begin(50, on: card)
        _ = try records.conclude(open, as: .done, balance: Amount(rawValue: 50), at: at(2))
        try status(card, 20, nt: 7)
        let left = LeftDebit(meter: gasMeter, nt: 6, amount: Amount(rawValue: 30))
        for _ in 0..<2 { try records.recordLeft(left, of: .gas, on: card, at: at(8)) }
        #expect(try balance(.left(LeftDebitID(card: card, meter: gasMeter, nt: 6))) == 30)
        #expect(try records.differences().map(\.kind) == [.leftUncredited])
        try expectSound()
    }

    @Test func `only what people decide can be booked by hand`() throws {
        let approval = try #require(Approval(by: "A", approvedBy: "B", because: "C"))
        let card = card(1)
        try bind(card)
        let terms = PurseTerms(PurseID(card, .gas), currency: euro, limit: .zero)
        func refusal(_ key: String, _ request: LedgerRequest) -> LedgerError.Code? {
            do throws(HostError) {
                _ = try records.book(LedgerOrder(key: IdempotencyKey(key), time: at(1), request))
                return nil
            } catch {
                #expect(error.code == .booksRefuse)
                return (error.cause as? LedgerError)?.code
            }
        }
        func correction(_ amount: UInt64) -> LedgerRequest {
            .correct(
                CorrectionOrder(
                    from: .seller, to: purse(card), currency: euro, amount: Amount(rawValue: amount),
                    approval: approval))
        }
        #expect(refusal("a", .setPurse(terms)) == .wrongElement)
        #expect(refusal("\(card) a", correction(5)) == .badKey)
        #expect(refusal("a\u{0}", correction(5)) == .badKey)
        #expect(refusal("a", .resolve(DifferenceID(rawValue: 9), approval)) == .noSuchDifference)
        #expect(refusal("a", correction(5)) == nil)
        #expect(refusal("a", correction(6)) == .otherOrder)
        #expect(refusal("a", correction(5)) == nil)
        #expect(try balance(purse(card)) == 5)
        #expect(try records.auditTrail(of: card).last?.event?.kind == .correction)
        try expectSound()
    }

    // MARK: Rows that were touched

    /// A life after which each table of the ledger has rows.
    private func live() throws -> PartyID {
        let card = card(1)
        try `a debit that a BIND left behind is one of the books`()
        let open = try begin(5, on: card, highest: 1)
        _ = try records.conclude(open, as: .notApplied, balance: nil, at: at(9))
        return card
    }

    @Test func `an edited row is found before it is used, and by every check`() throws {
        let card = try live()
        let tables = [
            "ledger_fact", "ledger_entry", "ledger_balance", "ledger_element", "ledger_purse", "ledger_pair",
            "ledger_left", "ledger_difference", "ledger_count",
        ]
        try records.close()
        let sound = try Data(contentsOf: file)
        var editCount = 0
        for table in tables {
            for (name, type, isNull) in try columns(of: table) where !isNull {
                let change =
                    type == "INTEGER"
                    ? "\(name) + 1" : type == "TEXT" ? "\(name) || 'x'" : "CAST(\(name) || x'00' AS BLOB)"
                try sound.write(to: file)
                try tamper(
                    folder.recordFile,
                    """
                    DROP TRIGGER IF EXISTS \(table)_stays;
                    UPDATE \(table) SET \(name) = \(change) WHERE (shard, \(name)) = (
                        SELECT shard, \(name) FROM \(table) WHERE \(name) IS NOT NULL ORDER BY 1, 2 DESC LIMIT 1);
                    """)
                editCount += 1
                let touched = try RecordFile.open(at: folder.recordFile, auditKey: Self.key)
                expect([.auditBroken, .corrupt], "\(table), \(name)") { _ = try touched.verify() }
                try touched.close()
            }
        }
        #expect(editCount > 80)
        // An order of this card does not use what somebody gave it.
        try sound.write(to: file)
        try tamper(
            folder.recordFile, "UPDATE ledger_balance SET balance = balance + 1000 WHERE account LIKE 'purses:%'")
        let touched = try RecordFile.open(at: folder.recordFile, auditKey: Self.key)
        let refund = CreditRequest(
            kind: .refund, service: .gas, currency: euro, amount: Amount(rawValue: 500), reference: nil)
        expect([.auditBroken], "refund") {
            _ = try touched.begin(refund, of: card, elementHighest: HostTransaction(rawValue: 1), at: at(20))
        }
    }

    @Test func `an edited row of one element is an error of its own orders alone`() async throws {
        let cards = (10..<50).map { RecordsSQLiteTests.card($0) }
        for eid in cards {
            try bind(eid)
            try records.order(500, of: eid, balance: 500)
        }
        try records.close()
        try tamper(folder.recordFile, "UPDATE ledger_element SET highest = highest + 1 WHERE eid = '\(cards[7])'")
        let touched = try RecordFile.open(at: folder.recordFile, auditKey: Self.key)
        let request = CreditRequest(
            kind: .storeCredit, service: .gas, currency: euro, amount: Amount(rawValue: 1), reference: nil)
        let time = at(20)
        let outcomes = await withTaskGroup { group in
            for eid in cards {
                group.addTask { () async -> (PartyID, Result<StartedTransaction, HostError>) in
                    do throws(HostError) {
                        let started = try await touched.commit(of: eid) { (access) throws(HostError) in
                            try access.begin(request, of: eid, elementHighest: HostTransaction(rawValue: 1), at: time)
                        }
                        return (eid, .success(started))
                    } catch {
                        return (eid, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for eid in cards {
            switch outcomes[eid] {
            case .success(.send(let transaction))?:
                #expect(eid != cards[7] && transaction.htxn == HostTransaction(rawValue: 2), "\(eid)")
            case .failure(let error)?: #expect(eid == cards[7] && error.code == .auditBroken, "\(eid): \(error)")
            case let other: Issue.record("\(eid): expected an order or an error, found \(String(describing: other))")
            }
        }
    }

    @Test func `a row that is gone is found`() throws {
        _ = try live()
        try records.close()
        let sound = try Data(contentsOf: file)
        for table in [
            "ledger_fact", "ledger_entry", "ledger_balance", "ledger_element", "ledger_purse", "ledger_difference",
            "ledger_count",
        ] {
            let name = table == "ledger_entry" ? "fact" : "mark"
            try sound.write(to: file)
            try tamper(
                folder.recordFile,
                """
                DROP TRIGGER IF EXISTS \(table)_keeps;
                DELETE FROM \(table) WHERE \(name) = (SELECT \(name) FROM \(table) ORDER BY shard LIMIT 1);
                """)
            let touched = try RecordFile.open(at: folder.recordFile, auditKey: Self.key)
            expect([.auditBroken, .corrupt], "\(table)") { _ = try touched.verify() }
            try touched.close()
        }
    }

    private func columns(of table: String) throws -> [(name: String, type: String, isNull: Bool)] {
        let database = try DatabaseQueue(path: folder.recordFile)
        let columns = try database.read { database in
            try Row.fetchAll(database, sql: "PRAGMA table_info(\(table))").map { row in
                let name: String = row["name"]
                let count = try Int.fetchOne(database, sql: "SELECT count(\(name)) FROM \(table)") ?? 0
                return (name: name, type: row["type"] as String, isNull: count == 0)
            }
        }
        try database.close()
        return columns
    }

    private func expect(_ codes: [HostError.Code], _ comment: Comment, _ body: () throws -> Void) {
        do {
            try body()
            Issue.record("nothing was found: \(comment)")
        } catch let error as HostError {
            #expect(codes.contains(error.code), "\(comment): \(error)")
        } catch {
            Issue.record("\(comment): \(error)")
        }
    }
}
