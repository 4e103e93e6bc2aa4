import Ledger
import Testing
import ValueProtocol

@Suite("Amounts at the end of their range")
struct OverflowTests {
    static let purse = PurseID(TestBooks.card, .electricity)
    static let largest = Amount(rawValue: UInt64(Int64.max))

    static func books() throws -> TestBooks {
        var books = try TestBooks()
        try books.perform(.setPurse(PurseTerms(purse, currency: TestBooks.euro, limit: .all)))
        return books
    }

    @Test func `an order may move 63 bits, a purse hold 64, and a sum more`() throws {
        var books = try Self.books()
        books.expectRefusal(
            .amountTooLarge, of: .load(books.order(of: Self.purse, Amount(rawValue: 1 << 63), 1)))
        try books.load(Self.purse, Self.largest, htxn: 1)
        try books.load(Self.purse, Self.largest, htxn: 2)
        books.expectRefusal(.overLimit, of: .load(books.order(of: Self.purse, Amount(rawValue: 2), 3)))
        try books.load(Self.purse, Amount(rawValue: 1), htxn: 3)
        #expect(books.ledger.balance(of: .held(by: Self.purse), in: TestBooks.euro) == Int128(UInt64.max))
        for _ in 0..<4 {
            try books.perform(
                .purchase(PurchaseOrder(by: TestBooks.subscriber, currency: TestBooks.euro, amount: Self.largest)))
        }
        #expect(
            books.ledger.balance(of: .seller, in: TestBooks.euro)
                == -Int128(UInt64.max) - 4 * Int128(Int64.max))
    }

    @Test(arguments: [0, 1, UInt64(Int64.max), 1 << 63, UInt64.max - 1, .max])
    func `whatever elements report is recorded or refused`(_ value: UInt64) throws {
        var books = try Self.books()
        try books.load(Self.purse, Self.largest, htxn: 1)
        try books.load(TestBooks.electricity, euros(50), htxn: 1)
        let amount = Amount(rawValue: value)
        try books.perform(
            .cardStatement(
                CardStatement(
                    Self.purse, currency: TestBooks.euro, balance: amount, nt: .max,
                    highest: HostTransaction(rawValue: .max), slot: TestBooks.electricMeter)))
        for credited in [nil, [credited(TestBooks.card, nt: .max, amount)]] {
            try books.perform(
                .meterStatement(
                    MeterStatement(
                        TestBooks.electricity, currency: TestBooks.euro, balance: amount, spent: amount, debt: amount,
                        credited: credited, clock: Timestamp(rawValue: .max),
                        way: .session(nt: .max, highest: HostTransaction(rawValue: value)))))
        }
        try books.perform(
            .leave(
                LeftStatement(
                    card: TestBooks.card, service: .electricity,
                    LeftDebit(meter: TestBooks.electricMeter, nt: .max, amount: amount))))
        for difference in books.ledger.differences {
            // Too large for one correction, or resolved.
            do {
                try books.perform(.resolve(difference.id, try TestBooks.approval()))
            } catch let error as LedgerError {
                #expect([.amountTooLarge, .notResolvable, .noSuchDifference].contains(error.code))
            }
        }
    }

    @Test func `a sum of facts that no longer fits is refused and does not trap`() throws {
        var ledger = GeneralLedger()
        let key = IdempotencyKey("key")
        ledger.state.balances[AccountInCurrency(.seller, TestBooks.euro)] = .min
        let order = LedgerOrder(
            key: key, time: Timestamp(rawValue: 0),
            .purchase(PurchaseOrder(by: TestBooks.subscriber, currency: TestBooks.euro, amount: euros(1))))
        let before = ledger
        #expect(throws: LedgerError(.sumOverflows, "")) { try ledger.perform(order) }
        #expect(ledger == before)
    }
}
