import Ledger
import Testing
import ValueProtocol

@Suite("Refusals")
struct RefusalTests {
    @Test func `keys`() throws {
        var books = try TestBooks()
        let purchase = LedgerRequest.purchase(
            PurchaseOrder(by: TestBooks.subscriber, currency: TestBooks.euro, amount: euros(5)))
        books.expectRefusal(.badKey, of: purchase, key: "")
        books.expectRefusal(.badKey, of: purchase, key: String(repeating: "é", count: 128))
        try books.perform(purchase, key: "é")
        books.expectRefusal(
            .otherOrder,
            of: .purchase(PurchaseOrder(by: TestBooks.subscriber, currency: TestBooks.euro, amount: euros(6))), key: "é"
        )
        // The same character, but not the same bytes: another key.
        try books.perform(purchase, key: "e\u{301}")
        #expect(books.held(in: .subscriber(TestBooks.subscriber)) == 10)
    }

    @Test func `amounts, purses and limits`() throws {
        var books = try TestBooks()
        let unknown = PurseID(TestBooks.card, .water)
        books.expectRefusal(.noAmount, of: .load(books.order(of: TestBooks.purse, .zero, 1)))
        books.expectRefusal(.amountTooLarge, of: .load(books.order(of: TestBooks.purse, .all, 1)))
        books.expectRefusal(.noSuchPurse, of: .load(books.order(of: unknown, euros(1), 1)))
        books.expectRefusal(
            .wrongCurrency, of: .load(books.order(of: TestBooks.purse, euros(1), 1, currency: TestBooks.dollar)))
        books.expectRefusal(.overLimit, of: .load(books.order(of: TestBooks.purse, euros(101), 1)))
        books.expectRefusal(
            .notEnoughValue, of: .load(books.order(of: TestBooks.purse, euros(1), 1, .subscriber(TestBooks.subscriber)))
        )
        books.expectRefusal(.notEnoughValue, of: .refund(books.order(of: TestBooks.purse, euros(1), 1)))
        books.expectRefusal(
            .wrongAccount, of: .refund(books.order(of: TestBooks.purse, euros(1), 1, .reseller(TestBooks.reseller))))
        books.expectRefusal(
            .wrongAccount, of: .load(books.order(of: TestBooks.float, euros(1), 1, .reseller(TestBooks.reseller))))
    }

    /// Its books have its token in use too, which its limit does not count.
    @Test func `how much room an electric meter has only the meter knows`() throws {
        let meter = PurseID(PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 1), .electricity)
        var books = try TestBooks()
        try books.perform(.setPurse(PurseTerms(meter, currency: TestBooks.euro, limit: euros(100))))
        try books.load(meter, euros(100), htxn: 1)
        try books.load(meter, euros(1), htxn: 2)
        books.expectRefusal(.overLimit, of: .load(books.order(of: meter, Amount(rawValue: UInt64(Int64.max)), 3)))
    }

    @Test func `the limit counts what is in doubt`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(60), htxn: 1)
        // 30 drawn at the meter are in doubt there; the meter's own limit counts them.
        try books.report(euros(30), nt: 1)
        books.expectRefusal(.overLimit, of: .load(books.order(of: TestBooks.gas, euros(71), 1)))
        try books.load(TestBooks.gas, euros(70), htxn: 1)
        // A refund that may not have been applied still fills the purse.
        try books.load(TestBooks.secondPurse, euros(100), htxn: 1)
        let refund = try books.begin(.refund(books.order(of: TestBooks.secondPurse, euros(40), 2)))
        books.expectRefusal(.openTransaction, of: .load(books.order(of: TestBooks.secondPurse, euros(1), 3)))
        try books.perform(.settle(refund, .posted))
        try books.load(TestBooks.secondPurse, euros(40), htxn: 3)
    }

    @Test func `transaction numbers and outcomes`() throws {
        var books = try TestBooks()
        books.expectRefusal(.numberNotAscending, of: .load(books.order(of: TestBooks.purse, euros(1), 0)))
        let load = try books.begin(.load(books.order(of: TestBooks.purse, euros(1), 5)))
        books.expectRefusal(.openTransaction, of: .load(books.order(of: TestBooks.purse, euros(1), 6)))
        books.expectRefusal(.openTransaction, of: .refund(books.order(of: TestBooks.purse, euros(1), 6)))
        books.expectRefusal(.notToRetry, of: .retry(load))
        books.expectRefusal(.noSuchTransfer, of: .retry(TransferID(rawValue: 99)))
        books.expectRefusal(.noSuchTransfer, of: .settle(TransferID(rawValue: 99), .posted))
        try books.perform(.settle(load, .voided(.notApplied)))
        books.expectRefusal(.alreadySettled, of: .settle(load, .posted))
        books.expectRefusal(.numberNotAscending, of: .load(books.order(of: TestBooks.purse, euros(1), 5)))
        let next = try books.load(TestBooks.purse, euros(1), htxn: 6)
        books.expectRefusal(.alreadySettled, of: .settle(next, .voided(.resolved)))
        // A later number has been used.
        books.expectRefusal(.notToRetry, of: .retry(load))
        let refused = try books.begin(.load(books.order(of: TestBooks.purse, euros(1), 7)))
        try books.perform(.settle(refused, .voided(.refused)))
        books.expectRefusal(.notToRetry, of: .retry(refused))
    }

    @Test func `reports`() throws {
        var books = try TestBooks()
        try books.report(.zero, nt: 5)
        func card(_ purse: PurseID, _ nt: UInt32, _ slot: PartyID?) -> LedgerRequest {
            .cardStatement(
                CardStatement(purse, currency: TestBooks.euro, balance: .zero, nt: nt, highest: .none, slot: slot))
        }
        books.expectRefusal(.staleReport, of: card(TestBooks.purse, 4, nil))
        books.expectRefusal(.wrongElement, of: card(TestBooks.gas, 6, nil))
        books.expectRefusal(.wrongElement, of: card(TestBooks.purse, 6, TestBooks.electricMeter))
        try books.perform(.meterStatement(TestBooks.word(.zero, credited: [], clock: 10, nt: 1)))
        books.expectRefusal(
            .staleReport, of: .meterStatement(TestBooks.word(.zero, credited: [], clock: 9, nt: 1)))
        try books.perform(.meterStatement(TestBooks.word(.zero, spent: .zero, debt: .zero, nt: 3)))
        books.expectRefusal(
            .staleReport, of: .meterStatement(TestBooks.word(.zero, spent: .zero, debt: .zero, nt: 2)))
        books.expectRefusal(
            .wrongElement,
            of: .meterStatement(TestBooks.word(of: TestBooks.purse, .zero, spent: nil, debt: nil, nt: 4)))
    }

    @Test func `a purse's currency changes only while nothing of it is anywhere`() throws {
        let terms = PurseTerms(TestBooks.purse, currency: TestBooks.dollar, limit: euros(100))
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        books.expectRefusal(.purseNotEmpty, of: .setPurse(terms))
        // Drawn, but not credited.
        try books.report(.zero, nt: 1)
        books.expectRefusal(.purseNotEmpty, of: .setPurse(terms))
        let word = TestBooks.word(euros(50), credited: [credited(TestBooks.card, nt: 1, euros(50))], clock: 1, nt: 1)
        try books.perform(.meterStatement(word))
        try books.perform(.setPurse(terms))
        books.expectRefusal(.wrongCurrency, of: .load(books.order(of: TestBooks.purse, euros(1), 2)))
    }

    @Test func `replaced elements`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        func replace(_ old: PartyID, _ new: PartyID) -> LedgerRequest {
            .replace(ElementReplacement(of: old, by: new, carry: .known))
        }
        books.expectRefusal(.wrongElement, of: replace(TestBooks.card, TestBooks.card))
        books.expectRefusal(.wrongElement, of: replace(TestBooks.card, TestBooks.gasMeter))
        books.expectRefusal(.wrongElement, of: .assign(TestBooks.purse))
        books.expectRefusal(.notEnoughValue, of: .release(TestBooks.purse, to: .seller))
        let carry = CarryOverOrder(
            from: TestBooks.purse, to: TestBooks.secondCard, currency: TestBooks.euro, amount: euros(51),
            htxn: HostTransaction(rawValue: 1))
        books.expectRefusal(.wrongElement, of: .carryOver(carry))
        let open = try books.begin(.load(books.order(of: TestBooks.purse, euros(1), 2)))
        books.expectRefusal(.openTransaction, of: replace(TestBooks.card, TestBooks.secondCard))
        try books.perform(.settle(open, .voided(.notApplied)))
        try books.perform(replace(TestBooks.card, TestBooks.secondCard))
        // The same once more is no news; another successor is refused.
        try books.perform(replace(TestBooks.card, TestBooks.secondCard))
        #expect(books.held(in: .carried(from: TestBooks.purse)) == 50)
        let third = PartyID(issuer: TestBooks.issuer, kind: .subscriberCard, number: 3)
        books.expectRefusal(.replaced, of: replace(TestBooks.card, third))
        books.expectRefusal(.replaced, of: replace(third, TestBooks.card))
        books.expectRefusal(.replaced, of: .load(books.order(of: TestBooks.purse, euros(1), 3)))
        books.expectRefusal(.replaced, of: .retry(open))
        books.expectRefusal(.notEnoughValue, of: .carryOver(carry))
        books.expectRefusal(.wrongAccount, of: .release(TestBooks.purse, to: .reseller(TestBooks.reseller)))
    }

    @Test func `corrections and resolutions`() throws {
        var books = try TestBooks()
        let approval = try TestBooks.approval()
        func correct(_ from: Account, _ to: Account, _ currency: Currency = TestBooks.euro) -> LedgerRequest {
            .correct(CorrectionOrder(from: from, to: to, currency: currency, amount: euros(1), approval: approval))
        }
        books.expectRefusal(.wrongAccount, of: correct(.seller, .seller))
        books.expectRefusal(.wrongAccount, of: correct(.corrections, .inDoubt(in: TestBooks.purse)))
        books.expectRefusal(.wrongAccount, of: correct(.left(LeftDebitTests.id), .corrections))
        books.expectRefusal(.notEnoughValue, of: correct(.subscriber(TestBooks.subscriber), .corrections))
        books.expectRefusal(.wrongCurrency, of: correct(.corrections, .held(by: TestBooks.purse), TestBooks.dollar))
        books.expectRefusal(.noSuchDifference, of: .resolve(DifferenceID(rawValue: 1), approval))
        var left = try LeftDebitTests.books()
        left.expectRefusal(.notResolvable, of: .resolve(left.ledger.differences[0].id, approval))
        books.expectRefusal(
            .noSuchDebit, of: .payLeft(LeftPayment(LeftDebitTests.id, to: .seller, approval: approval)))
    }
}
