import Ledger
import Testing
import ValueProtocol

/// Protocol §4, "Left".
@Suite("Debits left behind")
struct LeftDebitTests {
    static let id = LeftDebitID(card: TestBooks.card, meter: TestBooks.gasMeter, nt: 6)

    /// A card that drew 20 at its meter, which has not told of it, was bound to another: 20 are left behind.
    static func books(drawn: UInt64 = 20, left: UInt64 = 20) throws -> TestBooks {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(50 - drawn), nt: 7)
        try books.perform(.leave(report(euros(left))))
        return books
    }

    static func report(_ amount: Amount, nt: UInt32 = 6) -> LeftStatement {
        LeftStatement(
            card: TestBooks.card, service: .gas, LeftDebit(meter: TestBooks.gasMeter, nt: nt, amount: amount))
    }

    static let payment = LedgerRequest.payLeft(
        LeftPayment(id, to: .subscriber(TestBooks.subscriber)))

    @Test func `what is left is set aside once, however often it is answered`() throws {
        var books = try Self.books()
        #expect(books.held(in: .left(Self.id)) == 20)
        #expect(books.held(in: .inDoubt(in: TestBooks.gas)) == 0)
        #expect(books.open == ["leftUncredited 2000"])
        try books.perform(.leave(Self.report(euros(20))))
        #expect(books.held(in: .left(Self.id)) == 20)
        books.expectRefusal(.contradicted, of: .leave(Self.report(euros(19))))
    }

    @Test func `debits before the one that is left stay in doubt until the meter tells of them`() throws {
        let books = try Self.books(drawn: 30, left: 20)
        #expect(books.held(in: .left(Self.id)) == 20)
        #expect(books.held(in: .inDoubt(in: TestBooks.gas)) == 10)
        #expect(books.held(in: .held(by: TestBooks.gas)) == 0)
    }

    @Test func `it is paid on the meter's word, once`() throws {
        var books = try Self.books()
        books.expectRefusal(.notProven, of: Self.payment)
        // The second card shows NT 10 to the host, and then draws at the meter under NT 11.
        try books.report(TestBooks.secondPurse, .zero, nt: 10)
        let old = credited(TestBooks.card, nt: 5, .zero)
        try books.perform(.meterStatement(TestBooks.word(.zero, credited: [old], clock: 10, nt: 10)))
        #expect(!books.ledger.isPayable(Self.id))
        try books.perform(.meterStatement(TestBooks.word(.zero, credited: [old], clock: 11, nt: 11)))
        #expect(books.ledger.isPayable(Self.id))
        try books.perform(Self.payment)
        #expect(!books.ledger.isPayable(Self.id))
        #expect(books.held(in: .subscriber(TestBooks.subscriber)) == 20)
        #expect(books.held(in: .left(Self.id)) == 0)
        #expect(books.open == [])
        books.expectRefusal(.alreadyPaid, of: Self.payment)
        // Nor when the card's BIND answers it again.
        try books.perform(.leave(Self.report(euros(20))))
        books.expectRefusal(.alreadyPaid, of: Self.payment)
    }

    @Test func `a word that names three other cards proves nothing, one with room that does not name it does`() throws {
        let others = (3...5).map { PartyID(issuer: TestBooks.issuer, kind: .subscriberCard, number: $0) }
        for count in [3, 2] {
            var books = try Self.books()
            try books.report(TestBooks.secondPurse, .zero, nt: 10)
            let named = others.prefix(count).map { credited($0, nt: 1, .zero) }
            try books.perform(.meterStatement(TestBooks.word(.zero, credited: named, clock: 10, nt: 11)))
            #expect(books.ledger.isPayable(Self.id) == (count == 2))
        }
    }

    @Test func `a word by a card that has not been at the host since proves nothing`() throws {
        var books = try Self.books()
        try books.perform(.meterStatement(TestBooks.word(.zero, credited: [], clock: 10, nt: 11)))
        #expect(!books.ledger.isPayable(Self.id))
    }

    @Test func `it is credited where the meter says so, and then not paid`() throws {
        var books = try Self.books()
        try books.report(TestBooks.secondPurse, .zero, nt: 10)
        let named = credited(TestBooks.card, nt: 6, euros(20))
        try books.perform(.meterStatement(TestBooks.word(euros(20), credited: [named], clock: 10, nt: 11)))
        #expect(books.held(in: .held(by: TestBooks.gas)) == 20)
        #expect(books.open == [])
        books.expectRefusal(.alreadyPaid, of: Self.payment)
    }

    @Test func `it is credited though a later debit hides its NT, once the card has told of its balance`() throws {
        var books = try Self.books()
        // Bound to its first meter again, the card gave 5 more; 25 are credited in all.
        let named = credited(TestBooks.card, nt: 12, euros(25))
        try books.perform(.meterStatement(TestBooks.word(euros(25), credited: [named], clock: 10, nt: 11)))
        #expect(books.open == ["leftUncredited 2000", "creditedUntold 2500"])
        try books.report(euros(25), nt: 13)
        #expect(books.open == [])
        #expect(books.held(in: .held(by: TestBooks.purse)) == 25)
        #expect(books.held(in: .held(by: TestBooks.gas)) == 25)
        #expect(books.held(in: .left(Self.id)) == 0)
    }

    @Test func `it is credited where a meter that names other cards holds that much more than the books`() throws {
        let others = (3...5).map { PartyID(issuer: TestBooks.issuer, kind: .subscriberCard, number: $0) }
        var books = try Self.books()
        let named = others.map { credited($0, nt: 1, .zero) }
        try books.perform(.meterStatement(TestBooks.word(euros(20), credited: named, clock: 10, nt: 11)))
        #expect(books.open == [])
        #expect(books.held(in: .held(by: TestBooks.gas)) == 20)
        // Its own word that it has not takes that back.
        let own = [credited(TestBooks.card, nt: 5, .zero)] + named.prefix(2)
        try books.perform(.meterStatement(TestBooks.word(.zero, credited: own, clock: 11, nt: 12)))
        #expect(books.open == [])
        #expect(books.held(in: .inDoubt(in: TestBooks.gas)) == 20)
        #expect(books.held(in: .held(by: TestBooks.gas)) == 0)
    }

    @Test func `two people may pay it without proof; what the meter then credits all the same is named`() throws {
        var books = try Self.books()
        try books.perform(
            .payLeft(
                LeftPayment(
                    Self.id, to: .subscriber(TestBooks.subscriber), approval: try TestBooks.approval())))
        #expect(books.held(in: .subscriber(TestBooks.subscriber)) == 20)
        let named = credited(TestBooks.card, nt: 6, euros(20))
        try books.perform(.meterStatement(TestBooks.word(euros(20), credited: [named], clock: 10, nt: 11)))
        #expect(books.open == ["creditedUntold 2000"])
        // The card does not hold the 10 that the books are down to by it.
        try books.report(euros(30), nt: 12, slot: TestBooks.secondGasMeter)
        #expect(books.open == ["holdsMore 2000"])
    }

    @Test func `what the meter's word had credited already is not left`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(30), nt: 7)
        let named = credited(TestBooks.card, nt: 6, euros(20))
        try books.perform(.meterStatement(TestBooks.word(euros(20), credited: [named], clock: 10, nt: 11)))
        try books.perform(.leave(Self.report(euros(20))))
        #expect(books.held(in: .left(Self.id)) == 0)
        books.expectRefusal(.alreadyPaid, of: Self.payment)
    }

    @Test func `a debit of which the card's balance shows nothing is named, and pays nothing`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(50), nt: 7)
        try books.perform(.leave(Self.report(euros(20))))
        #expect(books.open == ["leftUnknown 2000"])
        books.expectRefusal(.alreadyPaid, of: Self.payment)
        let difference = try #require(books.ledger.differences.first)
        try books.perform(.resolve(difference.id, try TestBooks.approval()))
        #expect(books.open == [])
    }
}
