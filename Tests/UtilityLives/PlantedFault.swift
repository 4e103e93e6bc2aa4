import Foundation
import Records
import RecordsSQLite
import TestWorlds
import ValueElement
import ValueProtocol

/// What somebody does to cards, meters or records behind the utility's back.
enum PlantedFault: String, CaseIterable {
    /// Memories of an hour ago.
    case cardSetBack, meterSetBack
    /// Value that nobody paid for: written into a card, or sold by somebody with the same keys and other records.
    case cardFilled, soldElsewhere
    /// Rows that are edited, removed or added to.
    case balanceEdited, pendingEdited, purseEdited, elementEdited, countEdited, factEdited, factRemoved, entryEdited
    case entryRemoved, transactionEdited, transactionRemoved
    case auditEntryEdited, auditEntryRemoved
    /// The records' file of an hour ago, or none.
    case recordsRolledBack, recordsLost

    /// What it needs of an hour ago.
    struct Before {
        let cards: [PartyID: [RecordName: [UInt8]]]
        let meters: [[RecordName: [UInt8]]]
        let file: Data

        init(_ utility: Utility) throws {
            cards = Dictionary(
                uniqueKeysWithValues: try utility.cards.map { ($0.eid, try $0.card.memory.load()) })
            meters = try utility.meters.map { try $0.memory.load() }
            // Closed, the file is whole.
            try utility.restart()
            file = try Data(contentsOf: URL(fileURLWithPath: utility.recordFile))
        }
    }

    func plant(in utility: Utility, _ before: Before) throws {
        switch self {
        case .cardSetBack:
            for card in utility.cards where card.fate == .inUse {
                guard let old = before.cards[card.eid], try old != card.card.memory.load() else { continue }
                try card.card.memory.commit(old.map { RecordChange($0, $1) })
                try card.card.insertAgain()
                return
            }
        case .meterSetBack:
            for (meter, old) in zip(utility.meters, before.meters) where try old != meter.memory.load() {
                try meter.memory.commit(old.map { RecordChange($0, $1) })
                try meter.powerUp()
            }
        case .cardFilled:
            let card = utility.cards.first { $0.fate == .inUse }?.card
            try card?.card.element?.update { image in
                guard var purse = image.purse(.gas), let more = purse.balance.adding(Amount(rawValue: 5_000_000)) else {
                    return
                }
                purse.balance = more
                image.put(purse)
            }
        case .soldElsewhere: try utility.sellElsewhere()
        case .pendingEdited: try utility.edit("UPDATE ledger_balance SET pending = pending + 1 WHERE kind = 1")
        case .countEdited: try utility.edit("UPDATE ledger_count SET receipts = receipts + 1")
        case .factRemoved:
            try utility.edit(
                "DROP TRIGGER ledger_fact_keeps",
                "DELETE FROM ledger_fact WHERE number = (SELECT max(number) FROM ledger_fact)")
        case .entryEdited:
            try utility.edit(
                "DROP TRIGGER ledger_entry_stays",
                "UPDATE ledger_entry SET amount = amount + 1 WHERE fact = (SELECT max(fact) FROM ledger_entry)")
        case .transactionRemoved:
            try utility.edit("DELETE FROM credit_transaction WHERE htxn = (SELECT min(htxn) FROM credit_transaction)")
        case .balanceEdited:
            try utility.edit("UPDATE ledger_balance SET balance = balance + 1000000 WHERE kind = 4")
        case .purseEdited: try utility.edit("UPDATE ledger_purse SET proven = proven + 1000000")
        case .elementEdited: try utility.edit("UPDATE ledger_element SET highest = highest + 1")
        case .factEdited:
            try utility.edit("DROP TRIGGER ledger_fact_stays", "UPDATE ledger_fact SET amount = amount + 1")
        case .entryRemoved:
            try utility.edit(
                "DROP TRIGGER ledger_entry_keeps",
                "DELETE FROM ledger_entry WHERE fact = (SELECT max(fact) FROM ledger_entry)")
        case .transactionEdited: try utility.edit("UPDATE credit_transaction SET amount = amount + 1")
        case .auditEntryEdited:
            try utility.edit(
                "DROP TRIGGER audit_event_stays", "UPDATE audit_event SET time = time + 1 WHERE number = 3")
        case .auditEntryRemoved:
            try utility.edit("DROP TRIGGER audit_event_keeps", "DELETE FROM audit_event WHERE number = 3")
        case .recordsRolledBack: try utility.replaceRecords(by: before.file)
        case .recordsLost: try utility.replaceRecords(by: nil)
        }
    }
}

extension Utility {
    fileprivate func edit(_ statements: String...) throws {
        try records.write { connection in
            for statement in statements { try connection.execute(statement, []) }
        }
    }
}
