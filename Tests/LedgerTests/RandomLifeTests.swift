import Ledger
import Testing
import ValueProtocol

@Suite("Random lives")
struct RandomLifeTests {
    @Test(arguments: [1, 2] as [UInt64])
    func `the twelve invariants hold after each of ten thousand steps`(_ seed: UInt64) throws {
        var life = RandomLife(seed: seed)
        for step in 1...10_000 {
            try life.step()
            #expect(life.violations == [])
            if step % 1_000 == 0 { #expect(LedgerInvariant.violations(in: life.ledger) == []) }
            guard life.violations.isEmpty else { break }
        }
        try life.settleEverything()
        #expect(life.violations == [])
        #expect(LedgerInvariant.violations(in: life.ledger) == [])
        // What a store reads back is the same ledger.
        #expect(try GeneralLedger(replaying: life.ledger.facts) == life.ledger)
        expectTruth(life)

        // Two kinds need a person, or a rare order of events.
        let kinds = Set(life.ledger.transfers.map(\.kind)).union([.writeOff, .leftCredited])
        #expect(Set(TransferKind.allCases).subtracting(kinds) == [])
        #expect(life.repeatCount > 100)
        #expect(
            Set(life.refusals.keys).isSuperset(of: [
                .otherOrder, .notEnoughValue, .openTransaction, .numberNotAscending, .notToRetry, .staleReport,
                .notProven, .alreadyPaid,
            ]))
    }

    /// Once everybody has reported, the books are the truth, and nothing is an alarm.
    private func expectTruth(_ life: RandomLife) {
        let ledger = life.ledger
        let elements = life.cards.map(\.element) + life.meters.map(\.element) + [life.float]
        for element in elements {
            let account = Account.held(by: element.purse)
            let books = ledger.balance(of: account, in: TestBooks.euro)
            let setAside = ledger.state.purses[element.purse]?.setAside ?? 0
            #expect(books + setAside == Int128(element.balance), "\(account)")
        }
        for meter in life.meters {
            let eid = meter.element.purse.element
            #expect(ledger.balance(of: .delivered(eid), in: TestBooks.euro) == Int128(meter.spent), "\(eid)")
        }
        let alarms = ledger.differences.filter { ![.leftUncredited, .drewAfterReplacement].contains($0.kind) }
        #expect(alarms == [])
    }
}
