import Ledger
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

@Suite("Export to hledger")
struct HledgerTests {
    @Test func `a posted transfer is marked, a pending one in doubt, a voided one a comment`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(5), htxn: 1)
        let voided = try books.begin(.load(books.order(of: TestBooks.purse, euros(6), 2)))
        try books.perform(.settle(voided, .voided(.notApplied)))
        try books.perform(.load(books.order(of: TestBooks.purse, Amount(rawValue: 1), 3)), key: "slip 7\n;\u{2028}x")
        #expect(
            HledgerJournal(books.ledger).description == """
                commodity 1000.000000 EUR
                account in doubt:00A1B2C3-10-000001:gas
                account purses:00A1B2C3-10-000001:gas
                account seller

                2023-11-14 * (1) load  ; key order 8
                    seller  -5.000000 EUR
                    purses:00A1B2C3-10-000001:gas  5.000000 EUR

                ; 2023-11-14 (2) load, voided: notApplied  key order 10

                2023-11-14 ! (3) load  ; key slip 7 ; x
                    seller  -0.000001 EUR
                    in doubt:00A1B2C3-10-000001:gas  0.000001 EUR

                """)
    }

    @Test func `hledger finds no fault, and the same balances`() async throws {
        var life = RandomLife(seed: 7)
        for _ in 0..<1_500 { try life.step() }
        // What a caller may have in a key.
        for key in ["date:2099-99-99", "[2023/13/13]", "a  b | c", "=1 @ 2 {3}", "; x: y, z:", "\u{7}\u{202E}é"] {
            try life.perform(
                .purchase(
                    PurchaseOrder(
                        by: TestBooks.subscriber, currency: Currency(rawValue: 999), amount: Amount(rawValue: 1))),
                key: key)
        }
        let ledger = life.ledger
        let journal = HledgerJournal(ledger).description
        let check = try await Program("hledger", ["-f", "-", "check", "--strict", "ordereddates"]).run(input: journal)
        #expect(check.errors == "")
        #expect(check.status == 0)
        let report = try await Program(
            "hledger", ["-f", "-", "balance", "--flat", "--no-total", "--output-format", "csv", "--layout", "bare"]
        ).run(input: journal)
        #expect(report.errors == "")
        let reported = report.output.split(separator: "\n").dropFirst().map(String.init).sorted()
        let expected = ledger.balances.map { account, currency, amount in
            "\"\(account)\",\"\(currency)\",\"\(Self.units(amount))\""
        }.sorted()
        #expect(reported == expected)
        #expect(expected.count > 20)
    }

    /// As hledger prints them.
    private static func units(_ amount: Int128) -> String {
        let digits = String(amount.magnitude)
        let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        return (amount < 0 ? "-" : "") + padded.dropLast(6) + "." + padded.suffix(6)
    }
}
