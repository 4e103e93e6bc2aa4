import Ledger
import TestSupport
import Testing
import ValueProtocol

@Suite("The check of one step")
struct StepCheckTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it finds in changed facts what the check of the whole finds`(_ seed: UInt64) throws {
        var life = RandomLife(seed: seed)
        for _ in 0..<150 { try life.step() }
        var random = SeededGenerator(seed: seed)
        var found: Set<LedgerInvariant> = []
        var harmless = 0
        for _ in 0..<400 {
            // Any batch of facts that was decided, at its place.
            let all = life.ledger.facts
            let start = try #require(all.indices.filter { all[$0].change.isOrder }.randomElement(using: &random))
            let end = all[(start + 1)...].firstIndex { $0.change.isOrder } ?? all.endIndex
            var ledger = try GeneralLedger(replaying: all[..<start])
            let facts = forged(Array(all[start..<end]), &random)
            let check = StepCheck(of: facts, on: ledger)
            do {
                for fact in facts { try ledger.append(fact) }
            } catch {
                #expect(error.code == .noSuchTransfer)
                continue
            }
            let ofStep = Set(check.violations(after: ledger).map(\.invariant))
            let ofWhole = Set(LedgerInvariant.allViolations(in: ledger).map(\.invariant))
            #expect(ofStep.isEmpty == ofWhole.isEmpty, "\(facts): \(ofStep) \(ofWhole)")
            found.formUnion(ofStep)
            if ofStep.isEmpty { harmless += 1 }
        }
        #expect(found.count >= 8)
        #expect(harmless < 300)
    }

    /// The facts with one change, numbered on.
    private func forged(_ facts: [LedgerFact], _ random: inout SeededGenerator) -> [LedgerFact] {
        var changes = facts.map { ($0.key, $0.change) }
        let index = Int.random(in: changes.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: changes.remove(at: index)
        case 1: changes.append(changes[index])
        case 2: changes[index].0 = IdempotencyKey("another")
        case 3: changes[index].1 = changes[index].1.withReceipt(ReceiptNumber(rawValue: 1))
        default:
            changes[index].1 = changes[index].1.withEntries { entries in
                guard let place = entries.indices.randomElement(using: &random) else { return }
                let old = entries[place]
                switch Int.random(in: 0..<4, using: &random) {
                case 0: entries.remove(at: place)
                case 1: entries[place] = LedgerEntry(old.account, old.currency, old.amount + 1)
                case 2: entries[place] = LedgerEntry(.corrections, old.currency, old.amount)
                default: entries[place] = LedgerEntry(old.account, TestBooks.dollar, old.amount)
                }
            }
        }
        return changes.enumerated().map { offset, change in
            LedgerFact(
                number: facts[0].number + UInt64(offset), key: change.0, time: facts[0].time, change.1)
        }
    }
}

extension LedgerChange {
    fileprivate func withEntries(_ change: (inout [LedgerEntry]) -> Void) -> LedgerChange {
        var entries = entries
        change(&entries)
        return switch self {
        case .opened(let transfer, _): .opened(transfer, entries)
        case .booked(let transfer, _, let receipt): .booked(transfer, entries, receipt)
        case .posted(let id, _, let receipt): .posted(id, entries, receipt)
        case .voided(let id, _, let reason): .voided(id, entries, reason)
        case .reopened(let id, _): .reopened(id, entries)
        case .ordered, .proven, .leftProven, .differenceOpened, .differenceClosed: self
        }
    }

    fileprivate func withReceipt(_ receipt: ReceiptNumber) -> LedgerChange {
        switch self {
        case .booked(let transfer, let entries, _): .booked(transfer, entries, receipt)
        case .posted(let id, let entries, _): .posted(id, entries, receipt)
        default: self
        }
    }
}
