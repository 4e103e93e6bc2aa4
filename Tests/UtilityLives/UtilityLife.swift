import CardIOTesting
import HeadEnd
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import ValueElement
import ValueProtocol

/// A utility by a random course on real engines: issues, sales by the host and from a reseller's float, redemptions,
/// refunds, rebinding, blocked, replaced and lost cards, rotations of keys, tariffs and use of electric meters, restarts. In
/// most steps a message is lost, a write of an element is cut, or the host's process is killed; the step is repeated until
/// it is done.
///
/// A step is made of its own number, so that a life stays what it is where others of its steps are left out.
package struct UtilityLife {
    package let utility: Utility
    /// Whether what is truly in cards and meters is compared with what was sold, and with the books, as only a test can.
    package var seesEverything = true
    package private(set) var counts: [Step: Int] = [:]
    /// How often a step was cut off, by what.
    package private(set) var interruptions: [Fault.Kind: Int] = [:]
    var check: LifeCheck

    package enum Step: Int, CaseIterable, Sendable {
        case issue, load, refund, fillFloat, sell, redeem, use, update, rebind, blockAndBack
        case replaceAtHand, replaceLost, drawWithLost
        case loadMeter, refundMeter, useEnergy, readMeter, tariff
        case rotate, restart

        /// How often it comes, beside the others.
        fileprivate var weight: Int {
            switch self {
            case .load, .sell, .redeem: 6
            case .use, .update, .loadMeter, .rotate: 3
            case .fillFloat, .refund, .rebind, .useEnergy, .tariff, .readMeter, .drawWithLost: 2
            case .issue, .blockAndBack, .replaceAtHand, .replaceLost, .refundMeter, .restart: 1
            }
        }
    }

    private static let steps: [Step] = Step.allCases.flatMap { Array(repeating: $0, count: $0.weight) }

    /// What does not hold.
    package struct Violation: Error, CustomStringConvertible {
        package let description: String
    }

    package init(in store: any LifeStore, cards: Int = 4) throws {
        utility = try Utility(cards: cards, in: store)
        check = try LifeCheck(utility)
    }

    // MARK: Steps

    /// A step with all that it needs, so that it can be repeated word for word.
    struct Plan {
        let step: Step
        let card: LifeCard
        let service: UtilityService
        /// Of the service, to which a purse is bound anew.
        let meter: Int
        let electricMeter: LifeElectricMeter
        var amount = Amount.zero
        let reference: String
        var random: SeededGenerator
        /// A card that is issued.
        var successor: LifeCard?
        /// What gets new keys.
        var rotated: LifePart?
        /// Of the keys that it gets, or that are made.
        var keyVersion: UInt8 = 0
        var table: TariffTable?
        var effective = Timestamp(rawValue: 0)
    }

    package mutating func step(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        utility.passTime()
        guard let plan = try plan(&random) else { return }
        counts[plan.step, default: 0] += 1
        let parts = parts(of: plan)
        let fault = Fault(&random, count: parts.count)
        fault.plant(in: utility, parts)
        for attempt in 1... {
            do {
                try perform(plan)
                break
            } catch {
                guard !(error is Violation), attempt < 5 else { throw error }
                interruptions[fault.kind, default: 0] += 1
                // What is asked for is asked for again until it is done; nobody knows in between what was done.
                try utility.restore(parts)
                try expect(plan)
            }
        }
        try utility.disarm(parts)
        try expect(plan)
    }

    private mutating func expect(_ plan: Plan) throws {
        guard seesEverything else { return }
        try check.expect(utility, after: plan.step, touching: Set(parts(of: plan).map(\.eid)))
    }

    /// What a step works with: there power can be cut, and nothing else is changed.
    private func parts(of plan: Plan) -> [LifePart] {
        switch plan.step {
        case .loadMeter, .refundMeter, .useEnergy, .readMeter: return [.electricMeter(plan.electricMeter)]
        case .tariff: return [plan.rotated ?? .electricMeter(plan.electricMeter)]
        case .fillFloat: return [.card(utility.reseller)]
        case .rotate: return plan.rotated.map { [$0] } ?? [.card(utility.reseller)]
        case .sell: return [.card(utility.reseller), .card(plan.card.card)]
        case .restart: return []
        case .load, .refund, .update, .blockAndBack: return [.card(plan.card.card)]
        case .use: return [.meter(utility.meters[plan.meter])]
        case .redeem, .drawWithLost, .rebind:
            let slot = plan.card.slots[plan.service].map { LifePart.meter(utility.meters[$0]) }
            let other: LifePart? = plan.step == .rebind ? .meter(utility.meters[plan.meter]) : nil
            return [.card(plan.card.card), slot, other].compactMap(\.self)
        case .issue: return plan.successor.map { [.card($0.card)] } ?? []
        case .replaceAtHand, .replaceLost:
            return [.card(plan.card.card)] + (plan.successor.map { [.card($0.card)] } ?? [])
        }
    }

    private func plan(_ random: inout SeededGenerator) throws -> Plan? {
        let step = Self.steps[Int.random(in: 0..<Self.steps.count, using: &random)]
        let candidates = utility.cards.filter {
            $0.fate == (step == .drawWithLost ? .replaced(wasLost: true) : .inUse)
        }
        let service: UtilityService = Bool.random(using: &random) ? .gas : .water
        let slots = utility.meters.indices.filter { utility.meters[$0].service == service }
        let electricMeter = utility.electricMeters[
            Int.random(in: 0..<utility.electricMeters.count, using: &random)]
        guard let card = candidates.randomElement(using: &random), let meter = slots.randomElement(using: &random)
        else { return nil }
        var plan = Plan(
            step: step, card: card, service: service, meter: meter, electricMeter: electricMeter,
            amount: Amount(rawValue: UInt64.random(in: 1...40, using: &random) * 1_000_000),
            reference: "\(step) \(random.next())", random: SeededGenerator(seed: random.next()))
        return try complete(&plan) ? plan : nil
    }

    /// - Returns: whether it can be done now.
    private func complete(_ plan: inout Plan) throws -> Bool {
        switch plan.step {
        case .refund:
            plan.amount = Amount(rawValue: try plan.card.card.image.balance(of: plan.service) / 2)
            return plan.amount > .zero
        case .refundMeter:
            plan.amount = Amount(rawValue: try plan.electricMeter.meter.image.balance(of: .electricity) / 2)
            return plan.amount > .zero
        case .sell:
            // What a card refuses the float has paid all the same (protocol §8).
            let (balance, float) = (
                try plan.card.card.image.balance(of: plan.service), try utility.reseller.image.balance(of: .float)
            )
            return plan.service == .gas && plan.card.slots[.gas] != nil
                && balance + plan.amount.rawValue <= Utility.limit.rawValue && plan.amount.rawValue <= float
        case .fillFloat:
            plan.amount = Amount(rawValue: plan.amount.rawValue * 3)
            let float = try utility.reseller.image.balance(of: .float)
            return float + plan.amount.rawValue <= Utility.limit.rawValue
        case .issue:
            guard utility.cards.count < Utility.maxCardCount else { return false }
            plan.successor = LifeCard(try utility.blankCard(), slots: [plan.service: plan.meter])
            return utility.areMetersRotated
        case .replaceAtHand, .replaceLost:
            guard utility.cards.count < Utility.maxCardCount else { return false }
            plan.successor = LifeCard(try utility.blankCard(), slots: plan.card.slots)
            return true
        case .rebind:
            // A meter gets a new version of its keys before the cards that it draws from.
            return utility.areMetersRotated && plan.card.slots[plan.service] != nil
        case .redeem, .drawWithLost: return plan.card.slots[plan.service] != nil
        case .load:
            let balance = try plan.card.card.image.balance(of: plan.service)
            return plan.card.slots[plan.service] != nil
                && balance + plan.amount.rawValue <= Utility.limit.rawValue
        case .rotate:
            plan.rotated = utility.nextToRotate
            plan.keyVersion = utility.keyVersion + (plan.rotated == nil ? 1 : 0)
            return plan.keyVersion <= Utility.maxKeyVersion
        case .tariff:
            let onLine = Bool.random(using: &plan.random)
            if !onLine { plan.rotated = .meter(utility.meters[plan.meter]) }
            let price = UInt64.random(in: 1...20, using: &plan.random) * 100_000
            plan.table = TariffTable(
                id: UInt16.random(in: 1...UInt16.max, using: &plan.random), price: Amount(rawValue: price),
                currency: onLine ? .euro : Utility.currency(of: plan.service))
            if Bool.random(using: &plan.random) {
                let later = UInt32.random(in: 1...8, using: &plan.random) * 3_600
                plan.effective = Timestamp(rawValue: utility.clock.now.rawValue + later)
            }
            return true
        case .use, .update, .blockAndBack, .loadMeter, .useEnergy, .readMeter, .restart: return true
        }
    }
}

extension UtilityLife {
    /// What goes wrong in a step.
    package struct Fault {
        package enum Kind: Sendable {
            case nothing, lostMessage, powerCut, kill
        }

        let kind: Kind
        private let message: FaultyChannel.Message
        private let exchange: Int
        private let part: Int
        private let portion: FailureSwitch.Portion
        private let elementWrite: Int
        private let hostWrite: Int
        private let point: RecordFile.WritePoint

        init(_ random: inout SeededGenerator, count: Int) {
            let kinds: [Kind] = [.nothing, .nothing, .lostMessage, .lostMessage, .powerCut, .powerCut, .kill]
            kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            message = Bool.random(using: &random) ? .command : .answer
            exchange = Int.random(in: 0..<14, using: &random)
            part = count == 0 ? 0 : Int.random(in: 0..<count, using: &random)
            portion = FailureSwitch.Portion.allCases[Int.random(in: 0..<3, using: &random)]
            elementWrite = Int.random(in: 1...6, using: &random)
            hostWrite = Int.random(in: 0..<10, using: &random)
            point = Bool.random(using: &random) ? .beforeCommit : .afterCommit
        }

        func plant(in utility: Utility, _ parts: [LifePart]) {
            switch kind {
            case .nothing: break
            case .lostMessage: utility.losses.fault = .loses(message, of: utility.losses.exchanges + exchange)
            case .powerCut:
                guard parts.indices.contains(part) else { break }
                parts[part].power.cutPower(atWrite: elementWrite, keeping: portion)
            case .kill: utility.process.die(at: hostWrite, point)
            }
        }
    }
}
