import CardIOTesting
import HeadEnd
import ISO7816
import Issuing
import Ledger
import Meter
import Records
import TestSupport
import TestWorlds
import ValueElement
import ValueProtocol

/// A utility by a random course on real engines: sales, redemptions, refunds, losses, power cuts, rebinding, replacements
/// at hand and of lost cards, restarts; interrupted steps are repeated until they are done.
///
/// A step is made of its own number, so that a life stays what it is where others of its steps are left out.
struct UtilityLife {
    let utility: Utility
    /// Whether what is truly in cards and meters is compared with what was sold, and with the books, as only a test can.
    var seesEverything = true
    private(set) var counts: [Step: Int] = [:]
    /// How often a step was cut off by a fault.
    private(set) var interruptionCount = 0

    enum Step: Int, CaseIterable {
        case load, refund, redeem, use, update, rebind, replaceAtHand, replaceLost, drawWithLost, restart
    }

    /// What does not hold.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    init(cards: Int = 4, meters: Int = 2) throws { utility = try Utility(cards: cards, meters: meters) }

    // MARK: Steps

    /// A step with all that it needs, so that it can be repeated word for word.
    private struct Plan {
        let step: Step
        let card: Utility.Card
        let meter: Int
        let amount: Amount
        let reference: String
        /// Of a card that is replaced.
        let successor: Utility.Card?
    }

    mutating func step(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        guard let plan = try plan(&random) else { return }
        counts[plan.step, default: 0] += 1
        utility.passTime()
        plantFault(&random)
        for attempt in 1... {
            do {
                try perform(plan)
                break
            } catch let error where !(error is Violation) && attempt < 5 {
                interruptionCount += 1
                // What is asked for is asked for again until it is done; nobody knows in between what was done.
                try utility.restore()
                try expectNothingLost(plan.step)
            }
        }
        try utility.restore()
        try expectNothingLost(plan.step)
    }

    private func plan(_ random: inout SeededGenerator) throws -> Plan? {
        let steps: [Step] = [
            .load, .load, .load, .redeem, .redeem, .redeem, .use, .use, .refund, .update, .update, .rebind,
            .replaceAtHand, .replaceLost, .drawWithLost, .restart,
        ]
        let step = steps[Int.random(in: 0..<steps.count, using: &random)]
        let fates: [Utility.Fate] = step == .drawWithLost ? [.replaced(wasLost: true)] : [.inUse]
        let candidates = utility.cards.filter { fates.contains($0.fate) }
        guard let card = candidates.randomElement(using: &random) else { return nil }
        var amount = UInt64.random(in: 1...40, using: &random) * 1_000_000
        if step == .refund { amount = (try utility.truth().onCards[card.eid] ?? 0) / 2 }
        guard amount > 0 else { return nil }
        let isReplaced = step == .replaceAtHand || step == .replaceLost
        return Plan(
            step: step, card: card, meter: Int.random(in: 0..<utility.meters.count, using: &random),
            amount: Amount(rawValue: amount), reference: "order \(random.next())",
            successor: isReplaced ? Utility.Card(try utility.blankCard(), slot: card.slot) : nil)
    }

    /// One message is lost, or power is cut at one write of a card or a meter, or nothing happens.
    private func plantFault(_ random: inout SeededGenerator) {
        let message = FaultyChannel.Message.allCases[Int.random(in: 0..<2, using: &random)]
        let at = Int.random(in: 0..<14, using: &random)
        let portion = FailureSwitch.Portion.allCases[Int.random(in: 0..<3, using: &random)]
        let write = Int.random(in: 1...6, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: utility.losses.fault = .loses(message, of: utility.losses.exchanges + at)
        case 2:
            utility.cards[Int.random(in: 0..<utility.cards.count, using: &random)].card.power
                .cutPower(atWrite: write, keeping: portion)
        case 3:
            utility.meters[Int.random(in: 0..<utility.meters.count, using: &random)].power
                .cutPower(atWrite: write, keeping: portion)
        default: break
        }
    }

    private mutating func perform(_ plan: Plan) throws {
        let card = plan.card
        switch plan.step {
        case .load, .refund: try order(plan)
        case .redeem: try redeem(card, plan.meter == 0 ? .all : plan.amount)
        case .drawWithLost: try redeem(card, plan.amount)
        case .use: _ = try utility.meters[plan.meter].meter.use(plan.amount.rawValue / 5_000)
        case .update: _ = try utility.workplace(at: card).updateRecords()
        case .rebind: try rebind(card, to: plan.meter)
        case .replaceAtHand:
            if card.fate == .inUse { _ = try utility.workplace(at: card).block(because: "worn out") }
            card.fate = .blocked
            try replace(card, by: plan.successor)
            card.fate = .replaced(wasLost: false)
        case .replaceLost:
            if card.fate == .inUse { try utility.host.reportLost(card.eid, because: "lost") }
            card.fate = .lost
            try replace(card, by: plan.successor)
            card.fate = .replaced(wasLost: true)
        case .restart: try utility.restart()
        }
    }

    private func order(_ plan: Plan) throws {
        let (client, channel) = (try utility.workplace(at: plan.card).elementClient, utility.channel(to: plan.card))
        let kind: CreditTransaction.Kind = plan.step == .refund ? .refund : .storeCredit
        let result =
            kind == .refund
            ? try client.refund(plan.amount, for: .gas, in: .euro, over: channel, reference: plan.reference)
            : try client.storeCredit(plan.amount, for: .gas, in: .euro, over: channel, reference: plan.reference)
        if case .declined(let reason) = result.outcome {
            throw Violation(description: "\(plan.step) was declined: \(reason)")
        }
    }

    private func redeem(_ card: Utility.Card, _ amount: Amount) throws {
        do {
            _ = try utility.meters[card.slot].meter.redeem(from: utility.channel(to: card), amount)
        } catch let error as MeterError where error.code == .purseLimitExceeded {
            // It says so, and nothing was drawn.
        }
    }

    private func rebind(_ card: Utility.Card, to meter: Int) throws {
        let plan = PursePlan(
            service: .gas, currency: .euro, limit: Utility.limit, meter: Utility.meterID(meter))
        // What the old slot has given is credited before: then nothing is left behind.
        do {
            try redeem(card, .zero)
        } catch let error as MeterError where error.code == .notBound {
            // It was bound before the step was cut off.
        }
        _ = try utility.workplace(at: card).bind(plan) { _, _ in }
        card.slot = meter
    }

    private func replace(_ old: Utility.Card, by new: Utility.Card?) throws {
        guard let new else { return }
        if !utility.cards.contains(where: { $0.eid == new.eid }) { utility.add(new) }
        let plan = try utility.host.replacementPlan(
            of: old.eid, by: new.eid, masterKeys: try utility.host.masterKeys())
        let results = try utility.workplace(at: new).replace(old.eid, by: plan)
        guard results.allSatisfy({ if case .done = $0.outcome { true } else { false } }) else {
            throw Violation(description: "the successor of \(old.eid) got \(results)")
        }
    }

    // MARK: What must hold

    /// All value that was sold is somewhere, and nothing else is anywhere; what is in doubt is there or not.
    private func expectNothingLost(_ step: Step) throws {
        guard seesEverything else { return }
        let now = Int64(try utility.truth().sum)
        var possible: Set<Int64> = [0]
        for transaction in try utility.records.transactions() {
            let amount = Int64(transaction.order.amount.rawValue) * (transaction.kind == .storeCredit ? 1 : -1)
            switch transaction.state {
            case .done: possible = Set(possible.map { $0 + amount })
            case .inDoubt: possible.formUnion(possible.map { $0 + amount })
            case .refused, .notApplied, .needsManualResolution: break
            }
        }
        guard possible.contains(now) else {
            throw Violation(description: "after \(step): \(now) is in cards and meters, \(possible) was sold")
        }
    }

    /// Once everybody has reported, the books are the truth, or an open difference says by how much they are not.
    func expectTruth() throws {
        // A card proves its balance also where it is not in use.
        for card in utility.cards { _ = try utility.workplace(at: card).updateRecords() }
        let (truth, records) = (try utility.truth(), utility.records)
        try records.verify()
        let balances = try records.ledgerBalances()
        let open = try records.differences()
        func held(_ account: Account) -> Int128 { balances.first { $0.account == account }?.amount ?? 0 }
        for card in utility.cards {
            let purse = PurseID(card.eid, .gas)
            let actual = Int128(truth.onCards[card.eid] ?? 0)
            let drewSince = open.first { $0.subject == .overdraft(purse) }
            let isLost = card.fate == .replaced(wasLost: true)
            let books = held(.purse(card.eid, .gas)) + held(.carried(card.eid, .gas))
            if let drewSince, !isLost || drewSince.kind != .drewAfterReplacement {
                throw Violation(description: "\(drewSince) of \(card.fate)")
            }
            guard !seesEverything || isLost || card.fate == .replaced(wasLost: false) || books == actual else {
                throw Violation(description: "\(purse): \(books) in the books, \(actual) on the card")
            }
        }
        let allowed: [BookDifference.Kind] = [.drewAfterReplacement, .leftUncredited, .creditedUntold]
        if let alarm = open.first(where: { !allowed.contains($0.kind) }) {
            throw Violation(description: "a false alarm: \(alarm)")
        }
    }
}
