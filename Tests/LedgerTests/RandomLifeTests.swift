import Ledger
import Testing
import ValueProtocol

@Suite("Random lives")
struct RandomLifeTests {
    @Test func `the twelve invariants hold after each of twenty thousand orders`() throws {
        var kinds: Set<TransferKind> = []
        var refusals: Set<LedgerError.Code> = []
        var repeats = 0
        for seed in 1...4 as ClosedRange<UInt64> {
            let life = try life(seed, orders: 5_000)
            expectTruth(life)
            kinds.formUnion(life.ledger.transfers.map(\.kind))
            refusals.formUnion(life.refusals.keys)
            repeats += life.repeatCount
        }
        // All has happened but what needs a rare order of events, and has a test of its own.
        #expect(Set(TransferKind.allCases).subtracting(kinds).subtracting([.leftCredited]) == [])
        #expect(
            Set(
                [
                    .otherOrder, .notEnoughValue, .openTransaction, .numberNotAscending, .notToRetry, .staleReport,
                    .notProven, .alreadyPaid, .noReport,
                ] as [LedgerError.Code]
            ).subtracting(refusals) == [])
        #expect(repeats > 100)
    }

    /// A life to its end, with the invariants checked by difference at each order and whole every 1,000.
    private func life(_ seed: UInt64, orders: Int) throws -> RandomLife {
        var life = RandomLife(seed: seed)
        var nextWhole = 1_000
        while life.orderCount < orders, life.violations.isEmpty {
            try life.step()
            guard life.orderCount >= nextWhole else { continue }
            #expect(LedgerInvariant.allViolations(in: life.ledger) == [])
            nextWhole += 1_000
        }
        try life.settleEverything()
        #expect(life.violations == [])
        #expect(LedgerInvariant.allViolations(in: life.ledger) == [])
        // What a store reads back is the same ledger.
        #expect(try GeneralLedger(replaying: life.ledger.facts) == life.ledger)
        return life
    }

    /// Once everybody has reported, the books are the truth, or an open difference says by how much they are not; and no
    /// element is said to have been touched.
    private func expectTruth(_ life: RandomLife) {
        let ledger = life.ledger
        // Of an off-line meter that no card visits nobody can tell.
        let visited = Set(life.cards.compactMap(\.slot))
        let meters = life.meters.indices.filter { life.meters[$0].isElectric || visited.contains($0) }
            .map { life.meters[$0] }
        for element in life.cards.map(\.element) + meters.map(\.element) + [life.float] {
            let account = Account.held(by: element.purse)
            let books = ledger.balance(of: account, in: TestBooks.euro)
            let setAside = ledger.state.purses[element.purse]?.setAside ?? 0
            let open = ledger.state.openDifference(of: .balance(element.purse))
            let named = open.map { $0.kind == .valueMissing ? -$0.amount : $0.amount } ?? 0
            #expect(books + setAside + named == Int128(element.balance), "\(account)")
        }
        for meter in meters {
            let eid = meter.element.purse.element
            #expect(ledger.balance(of: .delivered(eid), in: TestBooks.euro) == Int128(meter.spent), "\(eid)")
        }
        // A meter that tells of no cards leaves open which of them it has credited.
        let openQuestions: [BookDifference.Kind] = [.leftUncredited, .drewAfterReplacement, .creditedUntold]
        #expect(ledger.differences.filter { !openQuestions.contains($0.kind) } == [])
        #expect(ledger.differences.count { $0.kind == .creditedUntold } <= 1)
    }
}
