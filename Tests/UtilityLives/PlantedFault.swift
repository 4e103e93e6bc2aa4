import CardIOTesting
import HeadEnd
import Records
import RecordsSQLite
import TestWorlds
import ValueElement
import ValueProtocol

/// What somebody does to cards, meters or records behind the utility's back.
package enum PlantedFault: String, CaseIterable, Sendable {
    /// Memories of an hour ago.
    case cardSetBack, meterSetBack, electricMeterSetBack
    /// Value that nobody paid for: written into a memory, or sold by somebody with the same keys and other records.
    case cardFilled, electricMeterFilled, floatFilled, soldElsewhere
    /// A float that paid twice for a sale.
    case floatPaidTwice
    /// A table that was sent once more, past the records.
    case tariffSentTwice
    /// Keys that a rotation erased are back.
    case oldKeysKept
    /// Rows that are edited, removed or added to.
    case balanceEdited, pendingEdited, purseEdited, pairEdited, elementEdited, countEdited, factEdited, factRemoved
    case entryEdited, entryRemoved, transactionEdited, transactionRemoved
    case bindingEdited, counterEdited, keyVersionEdited
    case auditEntryEdited, auditEntryRemoved
    /// The records of an hour ago, or none.
    case recordsRolledBack, recordsLost

    /// What it needs of an hour ago.
    package struct Before {
        fileprivate let memories: [PartyID: [RecordName: [UInt8]]]
        fileprivate let records: Int

        package init(_ life: UtilityLife) throws {
            let utility = life.utility
            memories = Dictionary(
                uniqueKeysWithValues: try utility.parts.map { ($0.eid, try $0.memory.load()) })
            records = try utility.store.backUp()
            try utility.restart()
        }
    }

    package func plant(in life: UtilityLife, _ before: Before) throws {
        let utility = life.utility
        let card = utility.cards.first { $0.fate == .inUse }?.card
        switch self {
        case .cardSetBack:
            for card in utility.cards where card.fate == .inUse {
                if try Self.setBack(.card(card.card), before) { return }
            }
        case .meterSetBack: for meter in utility.meters { _ = try Self.setBack(.meter(meter), before) }
        case .electricMeterSetBack:
            for meter in utility.electricMeters { _ = try Self.setBack(.electricMeter(meter), before) }
        case .cardFilled: try card?.card.element?.fill(.gas, by: 5_000_000)
        case .electricMeterFilled:
            // What it used since its last report must not hide it.
            try utility.electricMeters[0].fill(by: 100_000_000)
        case .floatFilled: try utility.reseller.card.element?.fill(.float, by: 5_000_000)
        case .floatPaidTwice:
            let channel = utility.reseller.channel
            _ = try utility.workplace(over: channel).elementClient.storeCredit(
                Amount(rawValue: 5_000_000), for: .float, in: .euro, over: channel)
            try utility.reseller.card.element?.fill(.float, by: -5_000_000)
        case .soldElsewhere:
            guard let card else { return }
            let client = try utility.elsewhere()
            _ = try client.acceptNumbers(over: card.channel)
            _ = try client.storeCredit(Amount(rawValue: 3_000_000), for: .gas, in: .euro, over: card.channel)
        case .tariffSentTwice:
            let channel = try utility.channel(to: utility.electricMeters[0])
            guard let table = TariffTable(id: 7, price: Amount(rawValue: 300_000), currency: .euro) else { return }
            let own = try utility.workplace(over: channel).elementClient
            _ = try own.convertTariff(to: table, effective: utility.clock.now, over: channel)
            let other = try utility.elsewhere()
            _ = try other.acceptNumbers(over: channel)
            _ = try other.convertTariff(to: table, effective: utility.clock.now, over: channel)
        case .oldKeysKept:
            guard let card = utility.cards.first(where: { $0.fate == .inUse && $0.keyVersion > 1 }) else { return }
            let old = try card.card.image.keys.map { key in
                try utility.elementKey(KeyName(key.name.purpose, card.keyVersion - 1), of: card.eid)
            }
            try card.card.card.element?.update { $0.keys = old }
        case .pairEdited: try utility.edit("UPDATE ledger_pair SET drawn = drawn + 1, credited = credited + 1")
        case .counterEdited: try utility.edit("UPDATE element SET nt = nt + 1000")
        case .keyVersionEdited: try utility.edit("UPDATE key_version SET version = version + 1")
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
            try utility.edit(
                """
                DELETE FROM credit_transaction
                WHERE operation = 1 AND htxn = (SELECT min(htxn) FROM credit_transaction WHERE operation = 1)
                """)
        case .balanceEdited:
            try utility.edit("UPDATE ledger_balance SET balance = balance + 1000000 WHERE kind = 4")
        case .bindingEdited: try utility.edit("UPDATE purse SET most = most + 1")
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
        case .recordsRolledBack: try utility.replaceRecords(by: before.records)
        case .recordsLost: try utility.replaceRecords(by: nil)
        }
    }

    /// - Returns: whether it was another state.
    private static func setBack(_ part: LifePart, _ before: Before) throws -> Bool {
        guard let old = before.memories[part.eid], try old != part.memory.load() else { return false }
        try part.memory.commit(old.map { RecordChange($0, $1) })
        try part.powerUp()
        return true
    }
}

extension Utility {
    fileprivate func edit(_ statements: String...) throws {
        try records.write { connection in
            for statement in statements { try connection.execute(statement, []) }
        }
    }
}

extension Element {
    /// Writes another balance.
    ///
    /// - Parameter amount: in micro-units.
    fileprivate func fill(_ service: UtilityService, by amount: Int64) throws {
        try update { image in
            guard var purse = image.purse(service) else { return }
            purse.balance = Amount(rawValue: UInt64(Int64(purse.balance.rawValue) + amount))
            image.put(purse)
        }
    }
}

extension LifeElectricMeter {
    fileprivate func fill(by amount: Int64) throws {
        let card = try ValueCard(meter.memory)
        try card.reset()
        try card.element?.fill(.electricity, by: amount)
        try meter.powerUp()
    }
}

extension LifePart {
    fileprivate var memory: VolatileMemory {
        switch self {
        case .card(let card): card.memory
        case .meter(let meter): meter.meter.memory
        case .electricMeter(let meter): meter.meter.memory
        }
    }
}
