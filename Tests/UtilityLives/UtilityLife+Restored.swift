import HeadEnd
package import Ledger
import Records
import TestWorlds
import ValueElement
import ValueProtocol

/// What a utility does once its records are those of a backup.
extension UtilityLife {
    /// Every element in use is asked what it has applied, and reports.
    ///
    /// - Returns: the differences that are open.
    /// - Throws: `Violation` where what a purse holds is neither in the books nor named by a difference.
    package func expectMissingIsNamed() throws -> [BookDifference] {
        let inUse = utility.cards.filter { $0.fate == .inUse }
        for card in inUse { _ = try utility.workplace(over: card.card.channel).acceptNumbers() }
        _ = try utility.workplace(over: utility.reseller.channel).acceptNumbers()
        for meter in utility.electricMeters {
            _ = try utility.workplace(over: utility.channel(to: meter)).acceptNumbers()
        }
        for meter in utility.meters { _ = try utility.workplace(over: utility.channel(to: meter)).acceptNumbers() }
        // What meters told through one card, the other cards tell now themselves.
        for card in inUse { _ = try utility.workplace(over: card.card.channel).updateRecords() }
        let records = utility.records
        try records.verify()
        let (balances, differences) = (try records.ledgerBalances(), try records.differences())
        for card in inUse {
            for service in card.slots.keys {
                let purse = PurseID(card.eid, service)
                let books = balances.first { $0.account == .purse(card.eid, service) }?.amount ?? 0
                let open = differences.first { $0.subject == .balance(purse) }
                let drawn = differences.first { $0.subject == .overdraft(purse) }?.amount ?? 0
                let named = open.map { $0.kind == .valueMissing ? -$0.amount : $0.amount } ?? 0
                // A purse that gave more than the books knew is said to hold more than they say as well.
                let actual = Int128(try card.card.image.balance(of: service))
                guard books + max(drawn, named) == actual else {
                    throw Violation(description: "\(purse): \(books) in the books, \(named) named, \(actual) in it")
                }
            }
        }
        return differences
    }

    /// Two people accept what is held.
    package func accept(_ differences: [BookDifference], _ approval: Approval) throws {
        for open in differences {
            // What is held of one purse may explain another difference of it.
            guard try utility.records.differences().contains(where: { $0.id == open.id }) else { continue }
            if case .left = open.subject { continue }
            let key = IdempotencyKey("restored \(open.id)")
            _ = try utility.records.book(
                LedgerOrder(key: key, time: utility.clock.now, .resolve(open.id, approval)))
        }
    }

    package func transactionCount() throws -> Int { try utility.records.transactions(of: nil).count }

    package func verifyRecords() throws { try utility.records.verify(against: []) }
}
