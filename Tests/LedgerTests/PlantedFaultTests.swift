import Ledger
import Testing
import ValueProtocol

/// What is wrong, and the invariant that names it.
struct Fault<Body: Sendable>: Sendable {
    let name: String
    let invariant: LedgerInvariant
    let body: Body

    init(_ name: String, _ invariant: LedgerInvariant, _ body: Body) {
        self.name = name
        self.invariant = invariant
        self.body = body
    }
}

/// Faults as a defect of a store, or a hand in its rows, makes them.
@Suite("Planted faults")
struct PlantedFaultTests {
    /// A ledger with transfers of each state, a receipt for each that is posted, draws, a debit left behind and an open
    /// difference.
    static func ledger() throws -> GeneralLedger {
        var books = try LeftDebitTests.books()
        try books.perform(
            .purchase(PurchaseOrder(by: TestBooks.subscriber, currency: TestBooks.euro, amount: euros(9))), key: "sale")
        try books.load(TestBooks.float, euros(40), htxn: 1)
        try books.load(TestBooks.secondPurse, euros(10), htxn: 1, party: .reseller(TestBooks.reseller))
        let voided = try books.begin(.load(books.order(of: TestBooks.secondPurse, euros(10), 2)))
        try books.perform(.settle(voided, .voided(.notApplied)))
        _ = try books.begin(
            .load(books.order(of: TestBooks.secondPurse, euros(7), 3, .reseller(TestBooks.reseller))))
        #expect(LedgerInvariant.allViolations(in: books.ledger) == [])
        return books.ledger
    }

    typealias Mutation = @Sendable (inout GeneralLedger) throws -> Void

    /// A change of the state, and the invariant that names it.
    static let states: [Fault<Mutation>] = [
        Fault("an entry's amount changed", .balancedTransfers) { ledger in
            let id = try #require(ledger.transfers.first).id
            let step = ledger.state.transfers[id]!.history[0]
            let first = step.entries[0]
            ledger.state.transfers[id]!.history[0].entries[0] = LedgerEntry(
                first.account, first.currency, first.amount - 1)
        },
        Fault("an entry's account changed", .balanceIsSumOfEntries) { ledger in
            let id = try #require(ledger.transfers.first).id
            let first = ledger.state.transfers[id]!.history[0].entries[0]
            ledger.state.transfers[id]!.history[0].entries[0] = LedgerEntry(
                .corrections, first.currency, first.amount)
        },
        Fault("an entry removed", .balancedTransfers) { ledger in
            let id = try #require(ledger.transfers.last).id
            ledger.state.transfers[id]!.history[0].entries.removeLast()
        },
        Fault("both entries removed", .balancedTransfers) { ledger in
            let id = try #require(ledger.transfers.last).id
            ledger.state.transfers[id]!.history[0].entries = []
        },
        Fault("a balance changed", .conservation) { ledger in
            ledger.state.balances[AccountInCurrency(.held(by: TestBooks.secondPurse), TestBooks.euro)]! += 1
        },
        Fault("two balances changed, so that they still sum to 0", .balanceIsSumOfEntries) { ledger in
            ledger.state.balances[AccountInCurrency(.held(by: TestBooks.secondPurse), TestBooks.euro)]! += 1
            ledger.state.balances[AccountInCurrency(.held(by: TestBooks.purse), TestBooks.euro)]! -= 1
        },
        Fault("a balance in another currency", .conservation) { ledger in
            ledger.state.balances[AccountInCurrency(.seller, TestBooks.dollar)] = -1
        },
        Fault("a balance beyond its range", .conservation) { ledger in
            ledger.state.balances[AccountInCurrency(.corrections, TestBooks.euro)] = .max
            ledger.state.balances[AccountInCurrency(.delivered(TestBooks.gasMeter), TestBooks.euro)] = .max
        },
        Fault("a pending amount forgotten", .pendingNotNegative) { ledger in
            ledger.state.pending[AccountInCurrency(.reseller(TestBooks.reseller), TestBooks.euro)] = 0
        },
        Fault("what is in doubt given away", .pendingNotNegative) { ledger in
            ledger.state.balances[AccountInCurrency(.inDoubt(in: TestBooks.gas), TestBooks.euro)]! -= 1
        },
        Fault("a float overdrawn", .floatCoversPending) { ledger in
            ledger.state.balances[AccountInCurrency(.reseller(TestBooks.reseller), TestBooks.euro)] = -1
        },
        Fault("an open transfer forgotten", .oneOpenPerElement) { ledger in
            ledger.state.elements[TestBooks.secondCard]!.open = nil
        },
        Fault("an HTXN forgotten", .numbersAscend) { ledger in
            ledger.state.elements[TestBooks.secondCard]!.highest = HostTransaction(rawValue: 1)
        },
        Fault("a receipt without a transfer", .receiptPerTransfer) { ledger in
            ledger.state.receipts[ReceiptNumber(rawValue: 99)] = TransferID(rawValue: 99)
        },
        Fault("a receipt of another transfer", .receiptPerTransfer) { ledger in
            ledger.state.receipts[ReceiptNumber(rawValue: 1)] = TransferID(rawValue: 2)
        },
        Fault("a key forgotten", .keyOnce) { ledger in ledger.state.keys[IdempotencyKey("sale")] = nil },
        Fault("a key's order changed", .keyOnce) { ledger in
            ledger.state.keys[IdempotencyKey("sale")]!.request = .retry(TransferID(rawValue: 1))
        },
        Fault("a transfer without a fact", .refusalChangesNothing) { ledger in
            let last = try #require(ledger.transfers.last)
            var copy = Transfer(
                id: TransferID(rawValue: last.id.rawValue + 1), key: last.key, kind: last.kind, currency: last.currency,
                amount: last.amount, from: last.from, to: last.to)
            copy.history = []
            ledger.state.transfers[copy.id] = copy
        },
        Fault("a purse without a fact", .refusalChangesNothing) { ledger in
            let id = PurseID(TestBooks.card, .heat)
            ledger.state.purses[id] = PurseState(terms: PurseTerms(id, currency: TestBooks.euro, limit: .all))
        },
        Fault("a transfer removed", .inDoubtAndKnownAreAll) { ledger in
            let last = try #require(ledger.transfers.last)
            ledger.state.transfers[last.id] = nil
        },
        Fault("a debit in doubt forgotten", .inDoubtAndKnownAreAll) { ledger in
            ledger.state.pairs[CardAtMeter(TestBooks.card, at: TestBooks.gasMeter)]!.credited += 1
        },
        Fault("a card's word changed", .reportsAgree) { ledger in ledger.state.purses[TestBooks.purse]!.proven! += 1 },
        Fault("a difference closed by hand", .reportsAgree) { ledger in
            let id = try #require(ledger.differences.first).id
            ledger.state.differences[id]!.end = .explained
        },
        Fault("a difference's amount changed", .reportsAgree) { ledger in
            let old = try #require(ledger.differences.first)
            ledger.state.differences[old.id]!.difference = BookDifference(
                id: old.id, kind: old.kind, subject: old.subject, currency: old.currency, amount: old.amount - 1,
                since: old.since)
        },
    ]

    @Test(arguments: states.indices)
    func `a change of the state is found by the invariant that names it`(_ index: Int) throws {
        let fault = Self.states[index]
        var ledger = try Self.ledger()
        try fault.body(&ledger)
        #expect(!fault.invariant.violations(in: ledger).isEmpty, "\(fault.name)")
    }

    /// A fact that no decision would give.
    typealias Forgery = @Sendable (GeneralLedger) throws -> [LedgerChange]

    static func pending(_ ledger: GeneralLedger) throws -> Transfer {
        try #require(ledger.openTransfer(with: TestBooks.secondCard))
    }

    static func entries(_ from: Account, _ to: Account, _ amount: Int64) -> [LedgerEntry] {
        [LedgerEntry(from, TestBooks.euro, -amount), LedgerEntry(to, TestBooks.euro, amount)]
    }

    static func transfer(
        _ ledger: GeneralLedger, _ kind: TransferKind = .load, from: Account = .seller,
        to: Account = .held(by: TestBooks.purse), amount: Int64 = 1, htxn: UInt64? = nil,
        of purse: PurseID = TestBooks.purse
    ) -> Transfer {
        Transfer(
            id: TransferID(rawValue: ledger.state.transferCount + 1), key: IdempotencyKey("forged"), kind: kind,
            currency: TestBooks.euro, amount: amount, from: from, to: to,
            transaction: htxn.map { ElementTransaction(purse, HostTransaction(rawValue: $0)) })
    }

    static let any = LedgerChange.ordered(.retry(TransferID(rawValue: 1)))

    /// Facts of one order, and the invariant that names the fault.
    static let facts: [Fault<Forgery>] = [
        Fault("a transfer posted twice", .receiptPerTransfer) { ledger in
            let transfer = try pending(ledger)
            let entries = entries(.inDoubt(in: TestBooks.secondPurse), transfer.to, transfer.amount)
            let next = ledger.state.receiptCount
            return [
                any, .posted(transfer.id, entries, ReceiptNumber(rawValue: next + 1)),
                .posted(transfer.id, entries, ReceiptNumber(rawValue: next + 2)),
            ]
        },
        Fault("a transfer posted and voided", .pendingNotNegative) { ledger in
            let transfer = try pending(ledger)
            let doubt = Account.inDoubt(in: TestBooks.secondPurse)
            return [
                any,
                .posted(
                    transfer.id, entries(doubt, transfer.to, transfer.amount),
                    ReceiptNumber(rawValue: ledger.state.receiptCount + 1)),
                .voided(transfer.id, entries(doubt, transfer.from, transfer.amount), .notApplied),
            ]
        },
        Fault("a receipt used again", .receiptPerTransfer) { ledger in
            let transfer = try pending(ledger)
            return [
                any,
                .posted(
                    transfer.id, entries(.inDoubt(in: TestBooks.secondPurse), transfer.to, transfer.amount),
                    ReceiptNumber(rawValue: 1)),
            ]
        },
        Fault("entries that do not sum to 0", .balancedTransfers) { ledger in
            let transfer = transfer(ledger)
            let entries = [LedgerEntry(.seller, TestBooks.euro, -1), LedgerEntry(transfer.to, TestBooks.euro, 2)]
            return [any, .booked(transfer, entries, ReceiptNumber(rawValue: ledger.state.receiptCount + 1))]
        },
        Fault("money made", .conservation) { ledger in
            let transfer = transfer(ledger)
            let entries = [LedgerEntry(transfer.to, TestBooks.euro, 1)]
            return [any, .booked(transfer, entries, ReceiptNumber(rawValue: ledger.state.receiptCount + 1))]
        },
        Fault("less posted than was ordered", .balancedTransfers) { ledger in
            let transfer = try pending(ledger)
            return [
                any,
                .posted(
                    transfer.id, entries(.inDoubt(in: TestBooks.secondPurse), transfer.to, transfer.amount - 1),
                    ReceiptNumber(rawValue: ledger.state.receiptCount + 1)),
            ]
        },
        Fault("a second transaction opened", .oneOpenPerElement) { ledger in
            let second = transfer(
                ledger, to: .held(by: TestBooks.secondPurse), htxn: 4, of: TestBooks.secondPurse)
            return [any, .opened(second, entries(.seller, .inDoubt(in: TestBooks.secondPurse), 1))]
        },
        Fault("an HTXN repeated", .numbersAscend) { ledger in
            let repeated = transfer(ledger, htxn: 1)
            return [any, .opened(repeated, entries(.seller, .inDoubt(in: TestBooks.purse), 1))]
        },
        Fault("a float overdrawn", .floatCoversPending) { ledger in
            let float = Account.reseller(TestBooks.reseller)
            let transfer = transfer(ledger, from: float, amount: 1_000_000_000)
            return [
                any,
                .booked(
                    transfer, entries(float, transfer.to, 1_000_000_000),
                    ReceiptNumber(rawValue: ledger.state.receiptCount + 1)),
            ]
        },
        Fault("a debit left behind paid twice", .floatCoversPending) { ledger in
            let left = Account.left(LeftDebitTests.id)
            let transfer = transfer(ledger, .leftPayment, from: left, to: .seller, amount: 40_000_000)
            return [
                any,
                .booked(
                    transfer, entries(left, .seller, 40_000_000),
                    ReceiptNumber(rawValue: ledger.state.receiptCount + 1)),
            ]
        },
        Fault("a key ordered twice", .keyOnce) { _ in [any, any] },
        Fault("a fact without an order", .keyOnce) { ledger in
            [.proven(TestBooks.purse, ledger.state.purses[TestBooks.purse]?.proven ?? 0)]
        },
        Fault("value in doubt without a transaction", .inDoubtAndKnownAreAll) { ledger in
            let doubt = Account.inDoubt(in: TestBooks.gas)
            let transfer = transfer(ledger, .purchase, to: doubt)
            return [
                any,
                .booked(
                    transfer, entries(.seller, doubt, 1), ReceiptNumber(rawValue: ledger.state.receiptCount + 1)),
            ]
        },
        Fault("a card's word that nobody compared", .reportsAgree) { _ in [any, .proven(TestBooks.purse, 1)] },
        Fault("a purse corrected without its difference", .reportsAgree) { ledger in
            let purse = Account.held(by: TestBooks.purse)
            let transfer = transfer(ledger, .correction, from: purse, to: .corrections)
            return [
                any,
                .booked(
                    transfer, entries(purse, .corrections, 1),
                    ReceiptNumber(rawValue: ledger.state.receiptCount + 1)),
            ]
        },
    ]

    @Test(arguments: facts.indices)
    func `a forged fact is found by the invariant that names it, by difference and in the whole`(_ index: Int) throws {
        let fault = Self.facts[index]
        var ledger = try Self.ledger()
        let first = ledger.state.factCount
        let facts = try fault.body(ledger).enumerated().map { offset, change in
            LedgerFact(
                number: first + UInt64(offset) + 1, key: IdempotencyKey("forged"), time: Timestamp(rawValue: 0), change)
        }
        let check = StepCheck(of: facts, on: ledger)
        for fact in facts { try ledger.append(fact) }
        #expect(check.violations(after: ledger).contains { $0.invariant == fault.invariant }, "\(fault.name)")
        #expect(!fault.invariant.violations(in: ledger).isEmpty, "\(fault.name)")
    }

    @Test func `a key that another order had is found`() throws {
        var ledger = try Self.ledger()
        let fact = LedgerFact(
            number: ledger.state.factCount + 1, key: IdempotencyKey("sale"), time: Timestamp(rawValue: 0), Self.any)
        let check = StepCheck(of: [fact], on: ledger)
        try ledger.append(fact)
        #expect(check.violations(after: ledger).map(\.invariant) == [.keyOnce])
        #expect(!LedgerInvariant.keyOnce.violations(in: ledger).isEmpty)
    }

    @Test func `facts that are missing, changed or swapped do not make the same ledger`() throws {
        let ledger = try Self.ledger()
        #expect(try GeneralLedger(replaying: ledger.facts) == ledger)
        for index in ledger.facts.indices {
            var facts = ledger.facts
            facts.remove(at: index)
            if index < facts.endIndex {
                #expect(throws: LedgerError(.factOutOfOrder, "")) { try GeneralLedger(replaying: facts) }
            }
            facts = ledger.facts
            guard index > 0 else { continue }
            facts.swapAt(index - 1, index)
            #expect(throws: LedgerError(.factOutOfOrder, "")) { try GeneralLedger(replaying: facts) }
        }
        let unknown = LedgerFact(
            number: ledger.state.factCount + 1, key: IdempotencyKey("k"), time: Timestamp(rawValue: 0),
            .reopened(TransferID(rawValue: 999), []))
        #expect(throws: LedgerError(.noSuchTransfer, "")) { try GeneralLedger(replaying: ledger.facts + [unknown]) }
    }

    @Test func `each invariant has its fault`() {
        #expect(
            Set(Self.states.map(\.invariant)).union(Self.facts.map(\.invariant)) == Set(LedgerInvariant.allCases))
        #expect(LedgerInvariant.allCases.count == 12)
    }
}
