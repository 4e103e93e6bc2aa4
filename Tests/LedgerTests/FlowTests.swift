import Ledger
import Testing
import ValueProtocol

@Suite("Flows of value")
struct FlowTests {
    @Test func `a purchase is the subscriber's until it is loaded`() throws {
        var books = try TestBooks()
        try books.perform(
            .purchase(PurchaseOrder(by: TestBooks.subscriber, currency: TestBooks.euro, amount: euros(50))))
        #expect(books.held(in: .seller) == -50)
        #expect(books.held(in: .subscriber(TestBooks.subscriber)) == 50)

        let load = try books.begin(
            .load(books.order(of: TestBooks.purse, euros(30), 1, .subscriber(TestBooks.subscriber))))
        #expect(books.held(in: .subscriber(TestBooks.subscriber)) == 20)
        #expect(books.held(in: .inDoubt(in: TestBooks.purse)) == 30)
        #expect(books.held(in: .held(by: TestBooks.purse)) == 0)
        #expect(books.ledger.openTransfer(with: TestBooks.card)?.id == load)
        #expect(
            books.ledger.pending(from: .subscriber(TestBooks.subscriber), in: TestBooks.euro) == 30_000_000)

        try books.perform(.settle(load, .posted))
        #expect(books.held(in: .inDoubt(in: TestBooks.purse)) == 0)
        #expect(books.held(in: .held(by: TestBooks.purse)) == 30)
        #expect(books.ledger.openTransfer(with: TestBooks.card) == nil)
        #expect(books.ledger.pending(from: .subscriber(TestBooks.subscriber), in: TestBooks.euro) == 0)
        guard case .posted = books.ledger.transfer(load)?.state else {
            Issue.record("not posted")
            return
        }
    }

    @Test func `a load that was not applied is back, and can be sent again under its number`() throws {
        var books = try TestBooks()
        let load = try books.begin(.load(books.order(of: TestBooks.purse, euros(30), 1)))
        try books.perform(.settle(load, .voided(.notApplied)))
        #expect(books.held(in: .seller) == 0)
        #expect(books.held(in: .inDoubt(in: TestBooks.purse)) == 0)
        try books.perform(.retry(load))
        #expect(books.held(in: .inDoubt(in: TestBooks.purse)) == 30)
        try books.perform(.settle(load, .posted))
        #expect(books.held(in: .held(by: TestBooks.purse)) == 30)
        #expect(
            books.ledger.transfer(load)?.history.map(\.state) == [
                .pending, .voided(.notApplied), .pending, .posted(ReceiptNumber(rawValue: 1)),
            ])
        // The same outcome once more is no news.
        try books.perform(.settle(load, .posted))
        #expect(books.held(in: .held(by: TestBooks.purse)) == 30)
    }

    @Test func `a refund is in doubt until the element has answered`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        let refund = try books.begin(
            .refund(books.order(of: TestBooks.purse, euros(20), 2, .subscriber(TestBooks.subscriber))))
        #expect(books.held(in: .held(by: TestBooks.purse)) == 30)
        #expect(books.held(in: .inDoubt(in: TestBooks.purse)) == 20)
        try books.perform(.settle(refund, .voided(.refused)))
        #expect(books.held(in: .held(by: TestBooks.purse)) == 50)
        let again = try books.begin(.refund(books.order(of: TestBooks.purse, euros(20), 3)))
        try books.perform(.settle(again, .posted))
        #expect(books.held(in: .held(by: TestBooks.purse)) == 30)
        #expect(books.held(in: .seller) == -30)
    }

    @Test func `a reseller sells no more than the float`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.float, euros(40), htxn: 1)
        #expect(books.held(in: .reseller(TestBooks.reseller)) == 40)
        try books.load(TestBooks.purse, euros(30), htxn: 1, party: .reseller(TestBooks.reseller))
        let pending = try books.begin(
            .load(books.order(of: TestBooks.secondPurse, euros(10), 1, .reseller(TestBooks.reseller))))
        #expect(books.held(in: .reseller(TestBooks.reseller)) == 0)
        books.expectRefusal(
            .notEnoughValue, of: .load(books.order(of: TestBooks.gas, euros(1), 1, .reseller(TestBooks.reseller))))
        // The float may have given what is pending, or not.
        for (nt, balance) in [(1, 10), (2, 0)] as [(UInt32, UInt64)] {
            try books.report(TestBooks.float, euros(balance), nt: nt, slot: nil)
        }
        #expect(books.open == [])
        try books.perform(.settle(pending, .voided(.notApplied)))
        #expect(books.held(in: .reseller(TestBooks.reseller)) == 10)
    }

    @Test func `a debit that the card shows is in doubt until its meter has told of it`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(30), nt: 5)
        #expect(books.held(in: .held(by: TestBooks.purse)) == 30)
        #expect(books.held(in: .inDoubt(in: TestBooks.gas)) == 20)
        let word = TestBooks.word(
            euros(12), spent: euros(8), credited: [credited(TestBooks.card, nt: 4, euros(20))], clock: 10, nt: 3)
        try books.perform(.meterStatement(word))
        #expect(books.held(in: .inDoubt(in: TestBooks.gas)) == 0)
        #expect(books.held(in: .held(by: TestBooks.gas)) == 12)
        #expect(books.held(in: .delivered(TestBooks.gasMeter)) == 8)
        #expect(books.open == [])
    }

    @Test func `a debit that the meter tells of first is a difference until the card has told`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(50), nt: 5)
        let word = TestBooks.word(
            euros(20), credited: [credited(TestBooks.card, nt: 6, euros(20))], clock: 10, nt: 3)
        try books.perform(.meterStatement(word))
        #expect(books.held(in: .held(by: TestBooks.purse)) == 30)
        #expect(books.held(in: .held(by: TestBooks.gas)) == 20)
        #expect(books.open == ["creditedUntold 2000"])
        try books.report(euros(30), nt: 7)
        #expect(books.open == [])
        #expect(books.held(in: .held(by: TestBooks.purse)) == 30)
    }

    @Test func `a card that lost its answer still has its debit credited once`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        // Two debits; the meter has told of the first only.
        try books.report(euros(20), nt: 6)
        for clock in [10, 11] as [UInt32] {
            let word = TestBooks.word(
                euros(10), credited: [credited(TestBooks.card, nt: 4, euros(10))], clock: clock, nt: 3)
            try books.perform(.meterStatement(word))
            #expect(books.held(in: .inDoubt(in: TestBooks.gas)) == 20)
            #expect(books.held(in: .held(by: TestBooks.gas)) == 10)
        }
        #expect(books.open == [])
    }

    @Test func `an electric meter that drew from a card in its slot is sound, whichever of them tells first`() throws {
        for cardFirst in [true, false] {
            var books = try TestBooks()
            let purse = PurseID(TestBooks.card, .electricity)
            try books.perform(.setPurse(PurseTerms(purse, currency: TestBooks.euro, limit: euros(100))))
            try books.load(purse, euros(50), htxn: 1)
            try books.load(TestBooks.electricity, euros(10), htxn: 1)
            try books.report(purse, euros(50), nt: 1, slot: TestBooks.electricMeter)
            // 20 drawn, 5 used.
            let word = TestBooks.word(euros(25), spent: euros(5), debt: .zero, nt: 1)
            if cardFirst {
                try books.report(purse, euros(30), nt: 2, slot: TestBooks.electricMeter)
                try books.perform(.meterStatement(word))
            } else {
                try books.perform(.meterStatement(word))
                #expect(books.open == ["creditedUntold 2000"])
                try books.report(purse, euros(30), nt: 2, slot: TestBooks.electricMeter)
            }
            #expect(books.open == [])
            #expect(books.held(in: .held(by: purse)) == 30)
            #expect(books.held(in: .held(by: TestBooks.electricity)) == 25)
            #expect(books.held(in: .inDoubt(in: TestBooks.electricity)) == 0)
        }
    }

    @Test func `a meter's debt is what it supplied without value`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.electricity, euros(10), htxn: 1)
        try books.perform(.meterStatement(TestBooks.word(.zero, spent: euros(12), debt: euros(2), nt: 1)))
        #expect(books.held(in: .debt(TestBooks.electricMeter)) == -2)
        #expect(books.held(in: .delivered(TestBooks.electricMeter)) == 12)
        #expect(books.held(in: .held(by: TestBooks.electricity)) == 0)
        // A load repays it first; a status alone does not tell why the balance is lower.
        try books.load(TestBooks.electricity, euros(5), htxn: 2)
        try books.perform(.meterStatement(TestBooks.word(euros(3), spent: nil, debt: nil, nt: 2)))
        #expect(books.held(in: .delivered(TestBooks.electricMeter)) == 14)
        try books.perform(.meterStatement(TestBooks.word(euros(3), spent: euros(12), debt: .zero, nt: 3)))
        #expect(books.held(in: .debt(TestBooks.electricMeter)) == 0)
        #expect(books.held(in: .delivered(TestBooks.electricMeter)) == 12)
        #expect(books.held(in: .held(by: TestBooks.electricity)) == 3)
        #expect(books.open == [])
    }

    @Test func `a card replaced at hand gives its successor what it proves`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(30), nt: 5)
        try books.perform(
            .replace(ElementReplacement(of: TestBooks.card, by: TestBooks.secondCard, carry: .known)))
        #expect(books.held(in: .carried(from: TestBooks.purse)) == 30)
        let carry = CarryOverOrder(
            from: TestBooks.purse, to: TestBooks.secondCard, currency: TestBooks.euro, amount: euros(30),
            htxn: HostTransaction(rawValue: 1))
        let id = try books.begin(.carryOver(carry))
        #expect(books.held(in: .inDoubt(in: TestBooks.secondPurse)) == 30)
        try books.perform(.settle(id, .posted))
        #expect(books.held(in: .held(by: TestBooks.secondPurse)) == 30)
        #expect(books.held(in: .carried(from: TestBooks.purse)) == 0)
        // What it still shows is not a second value.
        try books.report(euros(30), nt: 6)
        #expect(books.open == [])
    }

    @Test func `a lost card that drew after its replacement is named`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(30), nt: 5)
        try books.perform(
            .replace(ElementReplacement(of: TestBooks.card, by: TestBooks.secondCard, carry: .known)))
        // The new card brings the meter's word: 50 in all from the old one.
        try books.report(TestBooks.secondPurse, .zero, nt: 1)
        let word = TestBooks.word(
            euros(50), credited: [credited(TestBooks.card, nt: 6, euros(50))], clock: 10, nt: 2)
        try books.perform(.meterStatement(word))
        #expect(books.open == ["drewAfterReplacement 3000", "creditedUntold 3000"])
        #expect(
            books.ledger.differences.first?.description
                == "\(TestBooks.card) gas drew 30.000000 EUR after it was replaced")
        // Found, it shows that it is empty.
        try books.report(.zero, nt: 9)
        #expect(books.open == ["drewAfterReplacement 3000"])
        let difference = try #require(books.ledger.differences.first)
        try books.perform(.resolve(difference.id, try TestBooks.approval()))
        #expect(books.open == [])
        #expect(books.held(in: .corrections) == -30)
        #expect(books.held(in: .held(by: TestBooks.purse)) == 0)
        #expect(books.held(in: .carried(from: TestBooks.purse)) == 30)
    }

    @Test func `a lost card's value waits for a report where the operator says so`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(50), nt: 5)
        try books.perform(
            .replace(ElementReplacement(of: TestBooks.card, by: TestBooks.secondCard, carry: .afterReport)))
        books.expectRefusal(.noReport, of: .assign(TestBooks.purse))
        let word = TestBooks.word(
            euros(20), credited: [credited(TestBooks.card, nt: 6, euros(20))], clock: 10, nt: 2)
        try books.perform(.meterStatement(word))
        try books.perform(.assign(TestBooks.purse))
        #expect(books.held(in: .carried(from: TestBooks.purse)) == 30)
        try books.perform(.release(TestBooks.purse, to: .subscriber(TestBooks.subscriber)))
        #expect(books.held(in: .subscriber(TestBooks.subscriber)) == 30)
    }

    @Test func `a lost card carries nothing where the operator says so`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.perform(
            .replace(ElementReplacement(of: TestBooks.card, by: TestBooks.secondCard, carry: .none)))
        #expect(books.held(in: .held(by: TestBooks.purse)) == 50)
        try books.report(euros(10), nt: 5)
        #expect(books.held(in: .inDoubt(in: TestBooks.gas)) == 40)
        #expect(books.open == [])
    }

    @Test(arguments: ElementReplacement.Debt.allCases)
    func `an exchanged meter's value and debt go to its successor`(_ debt: ElementReplacement.Debt) throws {
        var books = try TestBooks()
        try books.load(TestBooks.electricity, euros(10), htxn: 1)
        // Debt beside value, as after friendly hours that a share of each credit repays.
        try books.perform(.meterStatement(TestBooks.word(euros(7), spent: euros(5), debt: euros(2), nt: 1)))
        try books.perform(
            .replace(
                ElementReplacement(
                    of: TestBooks.electricMeter, by: TestBooks.secondElectricMeter, carry: .known, debt: debt)))
        #expect(books.held(in: .debt(TestBooks.electricMeter)) == 0)
        #expect(books.held(in: .debt(TestBooks.secondElectricMeter)) == (debt == .carried ? -2 : 0))
        #expect(books.held(in: .carried(from: TestBooks.electricity)) == (debt == .carried ? 7 : 5))
        // The final reading once more changes nothing.
        try books.perform(.meterStatement(TestBooks.word(euros(7), spent: euros(5), debt: euros(2), nt: 2)))
        #expect(books.open == [])
        #expect(books.held(in: .carried(from: TestBooks.electricity)) == (debt == .carried ? 7 : 5))
    }

    /// Where the successor gets nothing, what the books know can be paid out, once; what is drawn after that is shown.
    @Test func `what nobody got is paid out`() throws {
        var books = try TestBooks()
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.report(euros(50), nt: 1)
        try books.perform(
            .replace(ElementReplacement(of: TestBooks.card, by: TestBooks.secondCard, carry: .none)))
        try books.perform(.release(TestBooks.purse, to: .seller), key: "once")
        #expect(books.held(in: .seller) == 0 && books.held(in: .held(by: TestBooks.purse)) == 0)
        books.expectRefusal(.notEnoughValue, of: .release(TestBooks.purse, to: .seller))
        try books.perform(.release(TestBooks.purse, to: .seller), key: "once")
        #expect(books.held(in: .seller) == 0 && books.open == [])
        try books.report(euros(40), nt: 2)
        #expect(books.open == ["drewAfterReplacement 1000"])
    }

    /// Nothing can tell the successor of a debt: what value does not pay stays the exchanged meter's, by name.
    @Test(arguments: [(7, 2), (2, 2), (1, 3), (0, 3), (3, 0)] as [(UInt64, UInt64)])
    func `a debt that value does not pay stays by name`(value: UInt64, debt: UInt64) throws {
        var books = try TestBooks()
        try books.load(TestBooks.electricity, euros(10), htxn: 1)
        let spent = euros(10 + debt - value)
        func word(_ nt: UInt32) -> LedgerRequest {
            .meterStatement(TestBooks.word(euros(value), spent: spent, debt: euros(debt), nt: nt))
        }
        try books.perform(word(1))
        try books.perform(
            .replace(
                ElementReplacement(
                    of: TestBooks.electricMeter, by: TestBooks.secondElectricMeter, carry: .known, debt: .kept)))
        let rest = value > debt ? 0 : Double(debt - value)
        #expect(books.held(in: .debt(TestBooks.electricMeter)) == -rest)
        #expect(books.held(in: .debt(TestBooks.secondElectricMeter)) == 0)
        #expect(books.held(in: .carried(from: TestBooks.electricity)) == Double(value - min(value, debt)))
        #expect(books.held(in: .delivered(TestBooks.electricMeter)) == Double(10 + debt - value))
        // Neither the old meter's word again nor the successor's, which knows of no debt, changes that.
        try books.perform(word(2))
        let second = PurseID(TestBooks.secondElectricMeter, .electricity)
        try books.perform(.meterStatement(TestBooks.word(of: second, .zero, spent: .zero, debt: .zero, nt: 1)))
        #expect(books.held(in: .debt(TestBooks.electricMeter)) == -rest)
        #expect(books.open == [])
    }

    /// A meter that is read only after its exchange: the debt that its report tells of is paid first.
    @Test(arguments: [(7, 2), (1, 3)] as [(UInt64, UInt64)])
    func `a late report tells of debt too`(value: UInt64, debt: UInt64) throws {
        var books = try TestBooks()
        try books.load(TestBooks.electricity, euros(10), htxn: 1)
        try books.perform(.meterStatement(TestBooks.word(euros(9), spent: euros(2), debt: euros(1), nt: 1)))
        try books.perform(
            .replace(
                ElementReplacement(
                    of: TestBooks.electricMeter, by: TestBooks.secondElectricMeter, carry: .afterReport, debt: .kept)))
        books.expectRefusal(.noReport, of: .assign(TestBooks.electricity))
        let spent = euros(10 + debt - value)
        try books.perform(
            .meterStatement(TestBooks.word(euros(value), spent: spent, debt: euros(debt), nt: 2)))
        try books.perform(.assign(TestBooks.electricity))
        #expect(books.held(in: .carried(from: TestBooks.electricity)) == Double(value - min(value, debt)))
        #expect(books.held(in: .debt(TestBooks.electricMeter)) == -Double(debt - min(value, debt)))
        #expect(books.open == [])
    }

    @Test func `what is set aside follows a chain of successors`() throws {
        var books = try TestBooks()
        let third = PartyID(issuer: TestBooks.issuer, kind: .subscriberCard, number: 3)
        try books.perform(.setPurse(PurseTerms(PurseID(third, .gas), currency: TestBooks.euro, limit: euros(100))))
        try books.load(TestBooks.purse, euros(50), htxn: 1)
        try books.perform(
            .replace(ElementReplacement(of: TestBooks.card, by: TestBooks.secondCard, carry: .known)))
        try books.perform(.replace(ElementReplacement(of: TestBooks.secondCard, by: third, carry: .known)))
        let carry = CarryOverOrder(
            from: TestBooks.purse, to: third, currency: TestBooks.euro, amount: euros(50),
            htxn: HostTransaction(rawValue: 1))
        let id = try books.begin(.carryOver(carry))
        try books.perform(.settle(id, .posted))
        #expect(books.held(in: .held(by: PurseID(third, .gas))) == 50)
    }

    @Test func `a correction by two people moves value and is explained`() throws {
        var books = try TestBooks()
        let approval = try TestBooks.approval("counted twice")
        let correction = CorrectionOrder(
            from: .corrections, to: .subscriber(TestBooks.subscriber), currency: TestBooks.euro, amount: euros(5),
            approval: approval)
        try books.perform(.correct(correction))
        #expect(books.held(in: .corrections) == -5)
        #expect(books.held(in: .subscriber(TestBooks.subscriber)) == 5)
        #expect(books.ledger.transfers.last?.approval == approval)
        for (first, second, reason) in [("a", "A ", "r"), ("", "b", "r"), ("a", "b", " ")] {
            #expect(Approval(by: first, approvedBy: second, because: reason) == nil)
        }
    }

    @Test func `an order repeated with its key is done once`() throws {
        var books = try TestBooks()
        let purchase = LedgerRequest.purchase(
            PurchaseOrder(by: TestBooks.subscriber, currency: TestBooks.euro, amount: euros(5)))
        try books.perform(purchase, key: "till 1, slip 7")
        #expect(try books.perform(purchase, key: "till 1, slip 7") == .repeated)
        #expect(books.held(in: .subscriber(TestBooks.subscriber)) == 5)
        #expect(books.ledger.transfers(of: IdempotencyKey("till 1, slip 7")).map(\.kind) == [.purchase])
        // The number is not the order's content.
        try books.perform(.load(books.order(of: TestBooks.purse, euros(5), 1)), key: "load")
        #expect(try books.perform(.load(books.order(of: TestBooks.purse, euros(5), 2)), key: "load") == .repeated)
        #expect(books.held(in: .inDoubt(in: TestBooks.purse)) == 5)
    }
}
