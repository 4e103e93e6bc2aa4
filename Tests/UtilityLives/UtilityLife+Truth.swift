import HeadEnd
import ISO7816
import Issuing
import Ledger
import Meter
import Records
import TestWorlds
import ValueElement
import ValueProtocol

extension UtilityLife {
    /// Once everybody has reported, the books are the truth, or an open difference says by how much they are not; the
    /// whole is verified.
    package mutating func expectTruth() throws {
        try report()
        let records = utility.records
        try records.verify()
        let balances = try records.ledgerBalances()
        let open = try records.differences()
        func held(_ account: Account) -> Int128 { balances.first { $0.account == account }?.amount ?? 0 }
        for card in utility.cards {
            let image = try card.card.image
            let isLost = card.fate == .replaced(wasLost: true)
            for service in card.slots.keys.sorted() {
                let purse = PurseID(card.eid, service)
                if let drewSince = open.first(where: { $0.subject == .overdraft(purse) }),
                    !isLost || drewSince.kind != .drewAfterReplacement
                {
                    throw Violation(description: "\(drewSince) of \(card.fate)")
                }
                if isLost || card.fate == .replaced(wasLost: false) { continue }
                try agree(
                    purse, held(.purse(card.eid, service)) + held(.carried(card.eid, service)),
                    image.balance(of: service))
            }
        }
        for meter in utility.electricMeters {
            // With what is left of its token.
            try agree(
                PurseID(meter.eid, .electricity), held(.purse(meter.eid, .electricity)),
                meter.meter.meter.reading.value.rawValue)
        }
        try agree(
            PurseID(Utility.resellerID, .float), held(.reseller(Utility.resellerID)),
            utility.reseller.image.balance(of: .float))
        let allowed: [BookDifference.Kind] = [.drewAfterReplacement, .leftUncredited, .creditedUntold]
        if let alarm = open.first(where: { !allowed.contains($0.kind) }) {
            throw Violation(description: "a false alarm: \(alarm)")
        }
        if seesEverything { try check.expectWhole(utility) }
    }

    private func agree(_ purse: PurseID, _ books: Int128, _ actual: UInt64) throws {
        guard !seesEverything || books == Int128(actual) else {
            throw Violation(description: "\(purse): \(books) in the books, \(actual) in its memory")
        }
    }

    /// Everybody reports; a card proves its balance also where it is not in use. Who was given new keys lists no others.
    private func report() throws {
        for card in utility.cards {
            let channel = card.card.channel
            _ = try utility.workplace(over: channel).updateRecords()
            guard card.fate == .inUse, card.keyVersion == utility.keyVersion else { continue }
            try expectNoRotation(over: channel)
        }
        _ = try utility.workplace(over: utility.reseller.channel).updateRecords()
        for meter in utility.electricMeters {
            let channel = try utility.channel(to: meter)
            _ = try utility.workplace(over: channel).elementClient.balance(of: .electricity, over: channel)
            if meter.keyVersion == utility.keyVersion { try expectNoRotation(over: channel) }
        }
        for meter in utility.meters where meter.keyVersion == utility.keyVersion {
            try expectNoRotation(over: try utility.channel(to: meter))
        }
    }

    private func expectNoRotation(over channel: any CardChannel) throws {
        let element = try ElementInfo.select(over: channel)
        guard let plan = try utility.host.rotationPlan(of: element, masterKeys: try utility.host.masterKeys()) else {
            return
        }
        throw Violation(description: "\(element.eid) was rotated, and is to be again: \(plan.lines)")
    }
}
