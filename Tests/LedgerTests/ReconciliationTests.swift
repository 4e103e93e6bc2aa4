import Ledger
import Testing
import ValueProtocol

@Suite("What elements report, against the books")
struct ReconciliationTests {
    static func books() throws -> TestBooks {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(30), nt: 5)
        return books
    }

    @Test func `a card that was set back is named until its balance is right again`() throws {
        var books = try Self.books()
        try books.report(euros(50), nt: 6)
        #expect(books.open == ["holdsMore 2000"])
        #expect(
            books.ledger.differences[0].description
                == "\(TestBooks.card) gas shows 20.000000 EUR that its transactions do not reach: set back or copied")
        try books.report(euros(40), nt: 7)
        #expect(books.open == ["holdsMore 1000"])
        try books.report(euros(30), nt: 8)
        #expect(books.open == [])
    }

    @Test func `two people resolve what a purse holds beyond the books, or below`() throws {
        var books = try Self.books()
        try books.report(euros(50), nt: 6)
        try books.perform(.resolve(books.ledger.differences[0].id, try TestBooks.approval()))
        #expect(books.open == [])
        #expect(books.held(in: .corrections) == -20)
        #expect(books.held(in: .held(by: TestBooks.purse)) == 50)

        // Without a slot nothing can have drawn it.
        try books.report(euros(45), nt: 7, slot: nil)
        #expect(books.open == ["valueMissing 500"])
        try books.perform(.resolve(books.ledger.differences[0].id, try TestBooks.approval()))
        #expect(books.open == [])
        #expect(books.held(in: .corrections) == -15)
    }

    @Test func `a correction that does not fit the element's word opens a difference`() throws {
        var books = try Self.books()
        let correction = CorrectionOrder(
            from: .held(by: TestBooks.purse), to: .corrections, currency: TestBooks.euro, amount: euros(7),
            approval: try TestBooks.approval())
        try books.perform(.correct(correction))
        #expect(books.open == ["holdsMore 700"])
    }

    @Test func `a report while a load is in doubt counts it where the card has applied it`() throws {
        for (highest, balance) in [(1, 30), (2, 40)] as [(UInt64, UInt64)] {
            var books = try Self.books()
            let load = try books.begin(.load(books.order(of: TestBooks.purse, euros(10), 2)))
            try books.report(euros(balance), nt: 6, highest: highest)
            #expect(books.open == [])
            try books.perform(.settle(load, highest == 2 ? .posted : .voided(.notApplied)))
            #expect(books.open == [])
            #expect(books.held(in: .held(by: TestBooks.purse)) == Double(balance))
        }
    }

    @Test func `a report while a refund is in doubt counts it where the card has applied it`() throws {
        for (highest, balance) in [(1, 30), (2, 20)] as [(UInt64, UInt64)] {
            var books = try Self.books()
            let refund = try books.begin(.refund(books.order(of: TestBooks.purse, euros(10), 2)))
            try books.report(euros(balance), nt: 6, highest: highest)
            #expect(books.open == [])
            try books.perform(.settle(refund, highest == 2 ? .posted : .voided(.notApplied)))
            #expect(books.open == [])
            #expect(books.held(in: .held(by: TestBooks.purse)) == Double(balance))
        }
    }

    @Test func `a meter's balance by card is not compared while a load of it is in doubt`() throws {
        var books = try Self.books()
        let load = try books.begin(.load(books.order(of: TestBooks.gas, euros(10), 1)))
        let word = TestBooks.word(euros(30), credited: [credited(TestBooks.card, nt: 4, euros(20))], clock: 1, nt: 1)
        try books.perform(.meterStatement(word))
        #expect(books.open == [])
        try books.perform(.settle(load, .posted))
        #expect(books.open == [])
        #expect(books.held(in: .held(by: TestBooks.gas)) == 30)
    }

    @Test func `a meter that credits more than a card ever held is named`() throws {
        var books = try Self.books()
        let word = TestBooks.word(euros(70), credited: [credited(TestBooks.card, nt: 4, euros(70))], clock: 1, nt: 1)
        try books.perform(.meterStatement(word))
        #expect(books.open == ["creditedBeyondBooks 2000", "creditedUntold 5000"])
        let difference = books.ledger.differences[0]
        try books.perform(.resolve(difference.id, try TestBooks.approval()))
        #expect(books.open == ["creditedUntold 5000"])
        try books.perform(.resolve(books.ledger.differences[0].id, try TestBooks.approval()))
        #expect(books.open == [])
        try books.report(.zero, nt: 9)
        #expect(books.open == [])
        #expect(books.held(in: .corrections) == -20)
    }

    @Test func `a meter's total that went back is named until two people have accepted it`() throws {
        var books = try Self.books()
        try books.load(TestBooks.electricity, euros(20), htxn: 1)
        try books.perform(.meterStatement(TestBooks.word(euros(12), spent: euros(8), debt: .zero, nt: 1)))
        try books.perform(.meterStatement(TestBooks.word(euros(12), spent: euros(7), debt: .zero, nt: 2)))
        #expect(books.open == ["totalWentBack 100"])
        try books.perform(.meterStatement(TestBooks.word(euros(11), spent: euros(9), debt: .zero, nt: 3)))
        #expect(books.open == ["totalWentBack 100"])
        try books.perform(.resolve(books.ledger.differences[0].id, try TestBooks.approval()))
        #expect(books.open == [])

        let word = TestBooks.word(euros(20), credited: [credited(TestBooks.card, nt: 4, euros(20))], clock: 1, nt: 1)
        try books.perform(.meterStatement(word))
        let back = TestBooks.word(euros(20), credited: [credited(TestBooks.card, nt: 4, euros(19))], clock: 2, nt: 1)
        try books.perform(.meterStatement(back))
        #expect(books.open == ["totalWentBack 100"])
    }

    @Test func `a meter that holds less than its use explains is named`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.electricity, euros(20), htxn: 1)
        try books.perform(.meterStatement(TestBooks.word(euros(10), spent: euros(8), debt: .zero, nt: 1)))
        #expect(books.open == ["valueMissing 200"])
    }

    @Test func `a meter that holds more than any card could have given was touched`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.electricity, euros(20), htxn: 1)
        try books.perform(.meterStatement(TestBooks.word(euros(25), spent: .zero, debt: .zero, nt: 1)))
        #expect(books.open == ["holdsMore 500"])
    }
}
