import Records
import Testing
import ValueProtocol

@Suite("The books of a purse")
struct BookKeepingTests {
    let eid = PartyID(issuer: 1, kind: .subscriberCard, number: 1)
    let euro = Currency(rawValue: 978)
    let pound = Currency(rawValue: 826)

    private func transaction(
        _ htxn: UInt64, _ amount: UInt64, _ currency: Currency,
        _ state: CreditTransaction.State = .done, kind: CreditTransaction.Kind = .storeCredit, reference: String? = nil
    ) -> CreditTransaction {
        CreditTransaction(
            eid: eid, kind: kind,
            order: CreditOrder(
                htxn: HostTransaction(rawValue: htxn), service: .gas, currency: currency,
                amount: Amount(rawValue: amount), time: Timestamp(rawValue: 1)),
            reference: reference, state: state, settled: Timestamp(rawValue: 1))
    }

    @Test func `each state counts for what it is`() throws {
        let carry = CarryOver(from: .none, to: eid, service: .gas, currency: euro, amount: Amount(rawValue: 4))
        let books = try PurseBooks.books(
            of: eid,
            transactions: [
                transaction(1, 10, euro), transaction(2, 4, euro, reference: carry.reference),
                transaction(3, 3, euro, kind: .refund), transaction(4, 100, euro, .notApplied),
                transaction(5, 200, euro, .refused(.overLimit)), transaction(6, 5, euro, .inDoubt),
                transaction(7, 6, euro, .needsManualResolution),
            ],
            balances: [ProvenBalance(service: .gas, amount: Amount(rawValue: 9), time: Timestamp(rawValue: 2))],
            leaving: [])
        let only = try #require(books.first)
        #expect(books.count == 1)
        #expect(only.stored.rawValue == 14 && only.carriedIn.rawValue == 4 && only.refunded.rawValue == 3)
        #expect(only.unsettled.rawValue == 11 && only.carriedOut == .zero)
        #expect(only.spent?.rawValue == 2 && only.isSound)
    }

    @Test func `a balance belongs to the newest currency`() throws {
        let books = try PurseBooks.books(
            of: eid, transactions: [transaction(1, 10, pound), transaction(2, 5, euro)],
            balances: [ProvenBalance(service: .gas, amount: Amount(rawValue: 5), time: Timestamp(rawValue: 2))],
            leaving: [])
        #expect(books.map(\.currency) == [pound, euro])
        #expect(books.map(\.balance?.amount.rawValue) == [0, 5])
        #expect(books.map(\.spent?.rawValue) == [10, 0])
    }

    @Test func `sums beyond 64 bits are an error`() {
        #expect(throws: HostError(.booksBroken, "")) {
            try PurseBooks.books(
                of: eid, transactions: [transaction(1, .max, euro), transaction(2, 1, euro)], balances: [], leaving: [])
        }
    }

    @Test func `more than was stored is not sound`() throws {
        let books = try PurseBooks.books(
            of: eid, transactions: [transaction(1, 10, euro)],
            balances: [ProvenBalance(service: .gas, amount: Amount(rawValue: 11), time: Timestamp(rawValue: 2))],
            leaving: [])
        #expect(books.first?.spent == nil && books.first?.isSound == false)
    }
}
