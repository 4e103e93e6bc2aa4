import Foundation
import TestPrograms
import Testing

/// The commands on the ledger: ledger, resolve, correct, and what check says of it.
@Suite("Host's ledger") struct HostLedgerTests {
    private static let keys = "--passphrase-file -"
    private static let card = "00A1B2C3-10-000001"
    private static let purse = "purses:\(card):gas"
    private static let people = "--by clerk --approved-by auditor --because letter"

    private func run(_ desk: Desk, _ line: String) throws -> VStoreProgram.Outcome {
        try desk.vstore.run("\(line) \(Self.keys)", input: Desk.passphrase)
    }

    private func done(_ desk: Desk, _ line: String) throws -> [String: Any] {
        try desk.done("\(line) \(Self.keys)", Desk.passphrase)
    }

    /// A desk with a card on which 50.00 were loaded and a meter drew 20.00.
    private func withUsedCard(_ body: (Desk) throws -> Void) throws {
        try Desk.with { desk in
            try desk.makeMeter()
            try desk.issue()
            _ = try done(desk, "card load 50 --service gas --card card1 --reference A")
            let file = desk.vstore.home.appending(path: "cards/card1")
            try FileManager.default.copyItem(at: file, to: desk.vstore.home.appending(path: "loaded"))
            try desk.done("meter redeem --meter gas --card card1 20")
            _ = try done(desk, "card log --card card1")
            try body(desk)
        }
    }

    /// The same desk, where the card is as it was before the meter drew, and has shown so.
    private func withCopiedCard(_ body: (Desk) throws -> Void) throws {
        try withUsedCard { desk in
            let home = desk.vstore.home
            let (file, copy) = (home.appending(path: "cards/card1"), home.appending(path: "copy").path)
            _ = try done(desk, "host backup \(copy)")
            try FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: home.appending(path: "loaded"), to: file)
            // Its sessions go on elsewhere, until their number is none that the records have seen.
            var isAhead = false
            for _ in 0..<10 where !isAhead {
                isAhead = try run(desk, "card log --card \(file.path) --home \(copy)").status == 0
            }
            #expect(isAhead)
            _ = try done(desk, "card log --card card1")
            try body(desk)
        }
    }

    @Test func `balances say where all value is`() throws {
        try withUsedCard { desk in
            #expect(
                try run(desk, "host ledger").output == """
                    ACCOUNT                          BALANCE       PENDING
                    seller                            -50.00  EUR
                    \(Self.purse)      30.00  EUR
                    in doubt:\(Desk.gasMeter):gas    20.00  EUR

                    """)
            let balances = try done(desk, "host ledger")["balances"] as? [[String: String]]
            #expect(balances?.map { $0["balance"] } == ["-50.00", "30.00", "20.00"])
            #expect(balances?.allSatisfy { $0["pending"] == "0.00" } == true)
        }
    }

    @Test func `transfers are those of an account, or of a card`() throws {
        try withUsedCard { desk in
            func kinds(_ subject: String) throws -> [String?] {
                let transfers = try done(desk, "host ledger --of \(subject)")["transfers"] as? [[String: Any]]
                return transfers?.map { $0["kind"] as? String } ?? []
            }
            #expect(try kinds("seller") == ["load"])
            #expect(try kinds(Self.purse) == ["load", "draw"])
            #expect(try kinds(Self.card) == ["load", "draw"])
            #expect(try kinds(Desk.gasMeter) == ["draw"])
            #expect(try kinds("corrections") == [])
            let text = try run(desk, "host ledger --of seller").output
            #expect(text.contains("load   50.00  EUR  seller  \(Self.purse)  posted, receipt 1"), "\(text)")
            for (wrong, words) in [
                ("purse:1", "there is no such account"), ("purses:\(Self.card):float", "Write floats:\(Self.card)."),
                ("purses:\(Self.card):Gas", "not a service in small letters"), ("debts:12", "16 hexadecimal digits"),
            ] {
                let refused = try run(desk, "host ledger --of \(wrong)")
                #expect(refused.status == 64 && refused.errors.contains(words), "\(refused)")
            }
        }
    }

    @Test func `hledger finds no fault in the journal`() async throws {
        var journal = ""
        try withCopiedCard { desk in
            _ = try done(desk, "host resolve 1 \(Self.people)")
            _ = try done(desk, "host correct 12.5 EUR --from seller --to subscribers:7 \(Self.people) --reference 7")
            journal = try run(desk, "host ledger --hledger").output
            #expect(try done(desk, "host ledger --hledger")["journal"] as? String == journal)
            #expect(try run(desk, "host ledger --hledger --of seller").status == 64)
        }
        let check = try await Program("hledger", ["-f", "-", "check", "--strict", "ordereddates"]).run(input: journal)
        #expect(check.status == 0 && check.errors == "")
        let report = try await Program("hledger", ["-f", "-", "balance", "--flat", "--no-total"]).run(input: journal)
        let balances = report.output.split(separator: "\n").map { $0.split(separator: " ").first.map(String.init) }
        #expect(Set(balances) == ["-20.000000", "-62.500000", "20.000000", "50.000000", "12.500000"])
    }

    @Test func `a difference is open until two people resolve it`() throws {
        try withCopiedCard { desk in
            let text = "\(Self.card) gas shows 20.000000 EUR that its transactions do not reach: set back or copied"
            let check = try run(desk, "host check")
            #expect(check.status == 1 && check.output.contains("difference 1, since ") && check.output.contains(text))
            #expect(check.output.contains("\nthe ledger's invariants hold: conservation, balanced-transfers, "))
            let checked = try run(desk, "host check --json").object()
            let differences = try #require(checked["differences"] as? [[String: Any]])
            #expect(differences.count == 1 && differences[0]["number"] as? Int == 1)
            #expect(differences[0]["kind"] as? String == "holds-more" && differences[0]["text"] as? String == text)
            #expect(differences[0]["element"] as? String == Self.card && differences[0]["amount"] as? String == "20.00")

            for (order, status, words) in [
                ("1 --by clerk --approved-by CLERK --because letter", 64, "cannot agree to their own decision"),
                ("0 \(Self.people)", 64, "a whole number from 1 on"),
                ("2 \(Self.people)", 1, "no such difference is open). List the open ones with vstore host check."),
            ] as [(String, Int32, String)] {
                let refused = try run(desk, "host resolve \(order)")
                #expect(refused.status == status && refused.errors.contains(words), "\(refused)")
            }
            let nobody = try desk.vstore.run(
                ["host", "resolve", "1", "--by", "clerk", "--approved-by", " ", "--because", "letter"])
            #expect(nobody.status == 64 && nobody.errors.contains("--approved-by is empty"), "\(nobody)")
            let resolved = try done(desk, "host resolve 1 \(Self.people)")
            #expect(resolved["repeated"] as? Bool == false)
            let transfer = (resolved["transfers"] as? [[String: Any]])?.first
            #expect(transfer?["from"] as? String == "corrections" && transfer?["to"] as? String == Self.purse)
            #expect(transfer?["approvedBy"] as? String == "auditor")
            #expect(try run(desk, "host resolve 1 \(Self.people)").output == "difference 1: done before\n")
            let other = try run(desk, "host resolve 1 --by clerk --approved-by other --because letter")
            #expect(other.status == 1 && other.errors.contains("was resolved before"), "\(other)")
            #expect((try done(desk, "host check")["differences"] as? [Any])?.isEmpty == true)
            let trail = try done(desk, "host audit --of \(Self.card)")["entries"] as? [[String: Any]]
            #expect(trail?.last?["kind"] as? String == "difference-end")
        }
    }

    @Test func `two people correct the books, once`() throws {
        try withUsedCard { desk in
            let order = "host correct 2.50 EUR --from seller --to subscribers:7 \(Self.people) --reference 7"
            #expect(
                try run(desk, order).output
                    == "correction: 2.50 EUR from seller to subscribers:7, posted, receipt 3\n")
            #expect(try done(desk, order)["repeated"] as? Bool == true)
            #expect(try run(desk, order).output == "7: done before\n")
            for (order, status, words) in [
                ("3 EUR --from seller --to subscribers:7 \(Self.people) --reference 7", 1, "own reference"),
                ("3 EUR --from subscribers:7 --to seller \(Self.people) --reference 8", 1, "give less."),
                ("3 USD --from seller --to \(Self.purse) \(Self.people) --reference 8", 1, "was bound with."),
                ("3 EUR --from seller --to seller \(Self.people) --reference 8", 1, "Name two other accounts."),
                ("3 EUR --from seller --to subscribers:7 \(Self.people) --reference \(Self.card)", 1, "not begin"),
                ("0 EUR --from seller --to subscribers:7 \(Self.people) --reference 8", 64, "an amount above 0"),
                ("3 EUR --from seller --to buyer \(Self.people) --reference 8", 64, "there is no such account"),
                ("3 EUR --from seller --to subscribers:7 --by a --approved-by A --because b --reference 8", 64, "own"),
            ] as [(String, Int32, String)] {
                let refused = try run(desk, "host correct \(order)")
                #expect(refused.status == status && refused.errors.contains(words), "\(refused)")
            }
            let trail = try done(desk, "host audit")["entries"] as? [[String: Any]]
            #expect(trail?.last?["kind"] as? String == "correction")
            // No element's word is changed: a purse that does not hold what the books then say is a difference.
            _ = try done(desk, "host correct 3 EUR --from seller --to \(Self.purse) \(Self.people) --reference 8")
            let check = try run(desk, "host check")
            #expect(check.status == 1 && check.output.contains("gas holds 3.000000 EUR less than the books"))
        }
    }

    @Test func `every invariant that does not hold is named, and an auditor's own queries find it`() throws {
        try withUsedCard { desk in
            let file = desk.vstore.home.appending(path: "host.sqlite").path
            let queries = try run(desk, "host check --sql").output
            func sqlite(_ text: String) throws -> String {
                let outcome = try Program("sqlite3", [file]).runBlocking(input: text)
                #expect(outcome.status == 0 && outcome.errors == "")
                return outcome.output
            }
            #expect(try sqlite(queries) == "")
            #expect(try done(desk, "host check")["differences"] as? [String] == [])
            _ = try sqlite("UPDATE ledger_balance SET balance = balance + 1 WHERE account = 'seller';")
            #expect(try sqlite(queries) == "currency 978\nseller 978\n")
            let check = try run(desk, "host check")
            #expect(check.status == 74 && check.errors.contains("the audit trail does not hold"), "\(check)")
            #expect(
                check.output == """
                    conservation does not hold: currency 978
                    balance-is-sum-of-entries does not hold: seller 978

                    """)
            let invariants = try run(desk, "host check --json").object()["invariants"] as? [[String: Any]]
            let violated = try #require(invariants).filter { $0["holds"] as? Bool == false }
            #expect(invariants?.count == 12)
            #expect(violated.map { $0["name"] as? String } == ["conservation", "balance-is-sum-of-entries"])
            #expect(violated.last?["violations"] as? [String] == ["seller 978"])
        }
    }

    @Test func `an auditor's queries are for PostgreSQL as well`() throws {
        let address = try PostgreSQLServer.shared.get().database()
        try withUsedCard { desk in
            _ = try done(desk, "host migrate --database \(address)")
            let queries = try run(desk, "host check --sql").output
            let psql = Program("psql", ["--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", address])
            let found = try psql.runBlocking(input: queries)
            #expect(found.status == 0 && found.output == "" && found.errors == "", "\(found)")
            let named = try desk.done("host check --sql")["invariants"] as? [[String: Any]]
            #expect(named?.count == 12 && named?.allSatisfy { ($0["queries"] as? [String])?.isEmpty == false } == true)
            #expect(try run(desk, "host check --sql --mark 118-3F2A90C41B77D05E").status == 64)
        }
    }
}
