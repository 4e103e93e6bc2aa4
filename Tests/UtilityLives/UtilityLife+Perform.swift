import CardIOTesting
import HeadEnd
import ISO7816
import Issuing
import Meter
import Metrology
import Records
import TestWorlds
import ValueElement
import ValueProtocol

extension UtilityLife {
    func perform(_ plan: Plan) throws {
        let card = plan.card
        switch plan.step {
        case .load, .refund, .sell: try order(plan, on: card)
        case .fillFloat:
            let channel = utility.channel(to: utility.reseller)
            try require(
                utility.workplace(over: channel).elementClient.storeCredit(
                    plan.amount, for: .float, in: .euro, over: channel, reference: plan.reference), plan)
        case .redeem: try redeem(card, plan.service, plan.meter % 2 == 0 ? .all : plan.amount)
        case .drawWithLost: try drawWithLost(plan)
        case .use: _ = try utility.meters[plan.meter].meter.meter.use(plan.amount.rawValue / 5_000)
        case .update: _ = try workplace(at: card).updateRecords()
        case .rebind: try rebind(card, plan.service, to: plan.meter)
        case .blockAndBack:
            if card.fate == .inUse { _ = try workplace(at: card).block(because: "found in the street") }
            card.fate = .blocked
            _ = try workplace(at: card).unblock(because: "the owner came")
            card.fate = .inUse
        case .issue: try issue(plan)
        case .replaceAtHand:
            if card.fate == .inUse { _ = try workplace(at: card).block(because: "worn out") }
            card.fate = .blocked
            try replace(card, by: plan.successor)
            card.fate = .replaced(wasLost: false)
        case .replaceLost:
            if card.fate == .inUse { try utility.host.reportLost(card.eid, because: "lost") }
            card.fate = .lost
            try replace(card, by: plan.successor)
            card.fate = .replaced(wasLost: true)
        case .loadMeter, .refundMeter: try orderOfMeter(plan)
        case .useEnergy: try useEnergy(plan)
        case .readMeter: try read(plan.electricMeter)
        case .tariff: try setTariff(plan)
        case .rotate:
            if let part = plan.rotated { try rotate(part) } else { try utility.makeKeys(plan.keyVersion) }
        case .restart: try utility.restart()
        }
    }

    private func workplace(at card: LifeCard) throws -> ClerkWorkplace {
        try utility.workplace(over: utility.channel(to: card.card))
    }

    // MARK: Orders

    private func order(_ plan: Plan, on card: LifeCard) throws {
        let channel = utility.channel(to: card.card)
        let workplace =
            plan.step == .sell ? try utility.resale(over: channel) : try utility.workplace(over: channel)
        let (client, currency) = (workplace.elementClient, Utility.currency(of: plan.service))
        try require(
            plan.step == .refund
                ? client.refund(
                    plan.amount, for: plan.service, in: currency, over: channel, reference: plan.reference)
                : client.storeCredit(
                    plan.amount, for: plan.service, in: currency, over: channel, reference: plan.reference), plan)
    }

    private func orderOfMeter(_ plan: Plan) throws {
        let channel = try utility.channel(to: plan.electricMeter)
        let client = try utility.workplace(over: channel).elementClient
        try require(
            plan.step == .refundMeter
                ? client.refund(
                    plan.amount, for: .electricity, in: .euro, over: channel, reference: plan.reference)
                : client.storeCredit(
                    plan.amount, for: .electricity, in: .euro, over: channel, reference: plan.reference), plan)
    }

    private func require(_ result: CreditResult, _ plan: Plan) throws {
        if case .declined(let reason) = result.outcome {
            throw Violation(description: "\(plan.step) was declined: \(reason)")
        }
    }

    // MARK: Cards at meters

    private func redeem(_ card: LifeCard, _ service: UtilityService, _ amount: Amount) throws {
        guard let slot = card.slots[service] else { return }
        do {
            _ = try utility.meters[slot].meter.meter.redeem(from: utility.channel(to: card.card), amount)
        } catch {
            // It says so, and nothing was drawn.
            guard error.code == .purseLimitExceeded else { throw error }
        }
    }

    private func drawWithLost(_ plan: Plan) throws {
        do {
            try redeem(plan.card, plan.service, plan.amount)
        } catch let error as MeterError {
            guard error.code == .notBound, plan.card.keyVersion + 1 < utility.keyVersion else { throw error }
            // Nobody rotates the keys of a card that is lost: its meter does not try ones that are so old.
        }
    }

    private func rebind(_ card: LifeCard, _ service: UtilityService, to meter: Int) throws {
        // What the old slot has given is credited before: then nothing is left behind.
        do {
            try redeem(card, service, .zero)
        } catch let error as MeterError where error.code == .notBound {
            // It was bound before the step was cut off.
        }
        _ = try workplace(at: card).bind(utility.purse(service, boundTo: utility.meters[meter].eid)) { _, _ in }
        card.slots[service] = meter
    }

    // MARK: New cards

    private func issue(_ plan: Plan) throws {
        guard let new = plan.successor else { return }
        let purses = new.slots.map { utility.purse($0, boundTo: utility.meters[$1].eid) }
        let issuing = try IssuePlan(eid: new.eid, held: try utility.host.masterKeys(), purses: purses)
        do {
            _ = try workplace(at: new).issue(issuing)
        } catch let error as IssueError where error.code == .alreadyIssued {
            // It was done before the step was cut off.
        }
        add(new, keysOf: utility.keyVersion)
    }

    private func replace(_ old: LifeCard, by new: LifeCard?) throws {
        guard let new else { return }
        let plan = try utility.host.replacementPlan(
            of: old.eid, by: new.eid, masterKeys: try utility.host.masterKeys())
        let results = try workplace(at: new).replace(old.eid, by: plan)
        guard results.allSatisfy({ if case .done = $0.outcome { true } else { false } }) else {
            throw Violation(description: "the successor of \(old.eid) got \(results)")
        }
        // Its slots have the keys of those of the old card.
        add(new, keysOf: old.keyVersion)
    }

    private func add(_ new: LifeCard, keysOf version: UInt8) {
        guard !utility.cards.contains(where: { $0.eid == new.eid }) else { return }
        new.keyVersion = version
        utility.add(new)
    }

    // MARK: Electric meters

    /// Half of what is left is used, an hour or less after the last use.
    private func useEnergy(_ plan: Plan) throws {
        let meter = plan.electricMeter.meter.meter
        try meter.tick()
        let reading = meter.reading
        guard reading.decision.isOn, reading.price > .zero else { return }
        let wattHours = min(reading.value.rawValue / 2, plan.amount.rawValue) * 1_000 / reading.price.rawValue
        try meter.count([Energy(microjoules: Int64(wattHours) * 3_600_000_000)])
    }

    private func read(_ meter: LifeElectricMeter) throws {
        let channel = try utility.channel(to: meter)
        let client = try utility.workplace(over: channel).elementClient
        _ = try client.snapshot(over: channel)
        _ = try client.readUse(over: channel)
        _ = try client.balance(of: .electricity, over: channel)
    }

    /// A table for now or later; asked for again, it is the same order.
    private func setTariff(_ plan: Plan) throws {
        guard let table = plan.table else { return }
        let (channel, image): (any CardChannel, () throws -> ElementImage)
        if case .meter(let meter)? = plan.rotated {
            (channel, image) = (try utility.channel(to: meter), { try meter.meter.image })
        } else {
            let meter = plan.electricMeter
            (channel, image) = (try utility.channel(to: meter), { try meter.meter.image })
        }
        let client = try utility.workplace(over: channel).elementClient
        for _ in 0..<2 {
            let result = try client.convertTariff(
                to: table, effective: plan.effective, over: channel, reference: plan.reference, replacingAhead: true)
            guard case .done = result.outcome else {
                throw Violation(description: "table \(table.id) was not taken: \(result.outcome)")
            }
        }
        let now = try image()
        let charges = (now.charges.inForce.map { [$0] } ?? []) + now.charges.ahead
        guard charges.contains(where: { if case .table(table, _) = $0.system { true } else { false } }) else {
            throw Violation(description: "table \(table.id) is not in the meter")
        }
    }

    // MARK: Keys

    private func rotate(_ part: LifePart) throws {
        switch part {
        case .card(let card):
            try rotate(over: utility.channel(to: card))
            utility.cards.first { $0.eid == card.eid }?.keyVersion = utility.keyVersion
            try requireNewest(card.eid, try card.image)
        case .meter(let meter):
            try rotate(over: try utility.channel(to: meter))
            meter.keyVersion = utility.keyVersion
            try requireNewest(meter.eid, try meter.meter.image)
        case .electricMeter(let meter):
            try rotate(over: try utility.channel(to: meter))
            meter.keyVersion = utility.keyVersion
            try requireNewest(meter.eid, try meter.meter.image)
        }
    }

    private func rotate(over channel: any CardChannel) throws {
        let workplace = try utility.workplace(over: channel)
        let element = try ElementInfo.select(over: channel)
        guard let plan = try utility.host.rotationPlan(of: element, masterKeys: workplace.masterKeys) else {
            return try workplace.proveNewestKeys()
        }
        _ = try workplace.rotate(plan)
    }

    private func requireNewest(_ eid: PartyID, _ image: ElementImage) throws {
        let held = image.keys.map(\.name).filter { $0.purpose != .transfer }
        let newest = IssuePlan.purposes(of: eid.kind).filter { $0 != .transfer }.map {
            KeyName($0, utility.keyVersion)
        }
        guard held.sorted() == newest.sorted() else {
            throw Violation(description: "\(eid) holds \(held) after a rotation")
        }
    }
}

extension Utility {
    /// Whether every meter has the newest keys.
    var areMetersRotated: Bool {
        meters.allSatisfy { $0.keyVersion == keyVersion } && electricMeters.allSatisfy { $0.keyVersion == keyVersion }
    }

    /// Meters first: a card whose slot has a key that its meter lacks could not be drawn from.
    var nextToRotate: LifePart? {
        if let meter = meters.first(where: { $0.keyVersion < keyVersion }) { return .meter(meter) }
        if let meter = electricMeters.first(where: { $0.keyVersion < keyVersion }) { return .electricMeter(meter) }
        return cards.first { $0.fate == .inUse && $0.keyVersion < keyVersion }.map { .card($0.card) }
    }

    /// What was to go wrong and did not is forgotten; power returns where it was cut.
    func disarm(_ parts: [LifePart]) throws {
        losses.fault = .none
        for part in parts where part.power.isOff { try part.powerUp() }
        for part in parts { part.power.restorePower() }
        if process.isDead { try restart() } else { process.spare() }
    }
}

extension LifePart {
    var eid: PartyID {
        switch self {
        case .card(let card): card.eid
        case .meter(let meter): meter.eid
        case .electricMeter(let meter): meter.eid
        }
    }
}

extension UtilityLife {
    /// New keys are made, and everything gets them.
    package func rotateEverything() throws {
        if utility.nextToRotate == nil { try utility.makeKeys(utility.keyVersion + 1) }
        while let part = utility.nextToRotate { try rotate(part) }
    }
}
