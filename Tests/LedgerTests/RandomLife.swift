import Ledger
import TestSupport
import Testing
import ValueProtocol

/// A utility by a random course: elements that hold what is true, and a ledger that hears of it now and then.
///
/// Answers are lost, orders repeated, cards rebound, lost and replaced, meters exchanged. Each order is checked by
/// difference, and each refusal has to change nothing.
struct RandomLife {
    var random: SeededGenerator
    private(set) var ledger = GeneralLedger()
    /// How often each code refused an order.
    private(set) var refusals: [LedgerError.Code: Int] = [:]
    private(set) var repeatCount = 0
    /// The kinds of differences that were ever open.
    private(set) var seenDifferences: Set<BookDifference.Kind> = []
    private(set) var violations: [LedgerViolation] = []

    var cards: [Card] = []
    var meters: [Meter] = []
    var float = Element(TestBooks.float)
    private var open: [PartyID: OpenOrder] = [:]
    private var voided: [TransferID: OpenOrder] = [:]
    private var done: [LedgerOrder] = []
    /// What meters have truly credited, and what was paid because they had not.
    private var creditedDebits: Set<LeftDebitID> = []
    private(set) var paidDebits: Set<LeftDebitID> = []
    private var time: UInt32 = 1_700_000_000
    private(set) var orderCount = 0
    private var elementCount: UInt32 = 0

    /// What an element truly holds.
    struct Element {
        let purse: PurseID
        var balance: UInt64 = 0
        var debt: UInt64 = 0
        var nt: UInt32 = 0
        var applied: Set<UInt64> = []
        var isReplaced = false

        init(_ purse: PurseID) { self.purse = purse }
        var highest: HostTransaction { HostTransaction(rawValue: applied.max() ?? 0) }
    }

    struct Card {
        var element: Element
        /// Which meter its slot is for; nil without a slot.
        var slot: Int?
        var lastDebit: LeftDebit?
        var left: LeftDebit?
        /// A meter's word, and the NT under which it came.
        var word: MeterStatement?
    }

    struct Meter {
        var element: Element
        var spent: UInt64 = 0
        /// The newest first.
        var credited: [MeterStatus.CreditedCard] = []
        var isElectric: Bool { element.purse.service == .electricity }
    }

    private struct OpenOrder {
        let id: TransferID
        let htxn: UInt64
        let amount: UInt64
        let isStore: Bool
        let isFromFloat: Bool
    }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        do {
            try setPurse(TestBooks.float)
            for service in [UtilityService.gas, .gas, .electricity, .electricity] { try addMeter(service) }
            for index in 0..<8 { try addCard(for: index % 4) }
        } catch {
            Issue.record(error)
        }
    }

    // MARK: Orders

    /// Does an order, and checks what it changed; nil if it is refused.
    @discardableResult
    mutating func perform(_ request: LedgerRequest, key: String? = nil) throws -> [LedgerFact]? {
        orderCount += 1
        time += 60
        let order = LedgerOrder(
            key: IdempotencyKey(key ?? "order \(orderCount)"), time: Timestamp(rawValue: time), request)
        done.append(order)
        if done.count > 50 { done.removeFirst() }
        return try perform(order)
    }

    private mutating func perform(_ order: LedgerOrder) throws -> [LedgerFact]? {
        let facts: [LedgerFact]
        do {
            let decision = try ledger.decide(order)
            if decision == .repeated { repeatCount += 1 }
            facts = decision.facts
        } catch {
            refusals[error.code, default: 0] += 1
            try expectNothingChanged(by: order)
            return nil
        }
        let check = StepCheck(of: facts, on: ledger)
        for fact in facts {
            if case .differenceOpened(let difference) = fact.change { seenDifferences.insert(difference.kind) }
            try ledger.append(fact)
        }
        violations += check.violations(after: ledger)
        return facts
    }

    private mutating func expectNothingChanged(by order: LedgerOrder) throws {
        let before = ledger
        #expect(throws: LedgerError.self) { try ledger.perform(order) }
        #expect(ledger == before)
    }

    private mutating func repeatOrder() throws {
        guard let order = done.randomElement(using: &random) else { return }
        // It was refused, or is done.
        if Bool.random(using: &random) { _ = try perform(order) }
        let other = LedgerOrder(
            key: order.key, time: order.time,
            .purchase(
                PurchaseOrder(
                    by: SubscriberID(rawValue: 0), currency: TestBooks.dollar, amount: Amount(rawValue: 1))))
        if ledger.transfers(of: order.key).first != nil { #expect(try perform(other) == nil) }
    }

    private mutating func setPurse(_ purse: PurseID) throws {
        try perform(.setPurse(PurseTerms(purse, currency: TestBooks.euro, limit: euros(1_000))))
    }

    // MARK: Elements

    @discardableResult
    private mutating func addMeter(_ service: UtilityService) throws -> Int {
        elementCount += 1
        let kind = PartyKind(rawValue: service.rawValue)
        let eid = PartyID(issuer: TestBooks.issuer, kind: kind, number: 100 + elementCount)
        meters.append(Meter(element: Element(PurseID(eid, service))))
        try setPurse(PurseID(eid, service))
        return meters.count - 1
    }

    @discardableResult
    private mutating func addCard(for meter: Int) throws -> Int {
        elementCount += 1
        let eid = PartyID(issuer: TestBooks.issuer, kind: .subscriberCard, number: 100 + elementCount)
        let purse = PurseID(eid, meters[meter].element.purse.service)
        cards.append(Card(element: Element(purse), slot: meter))
        try setPurse(purse)
        return cards.count - 1
    }

    private mutating func amount(_ units: UInt64 = 20) -> UInt64 {
        UInt64.random(in: 1...units * 1_000_000, using: &random)
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    // MARK: Steps

    mutating func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<5:
            try perform(
                .purchase(
                    PurchaseOrder(by: subscriber(), currency: TestBooks.euro, amount: Amount(rawValue: amount()))))
        case 5..<23: try contact(Int.random(in: cards.indices, using: &random), orders: true)
        case 23..<53: visit(Int.random(in: cards.indices, using: &random))
        case 53..<63: use(Int.random(in: meters.indices, using: &random))
        case 63..<73: try session(Int.random(in: meters.indices, using: &random), orders: true)
        case 73..<78: try floatSession()
        case 78..<82: try rebind(Int.random(in: cards.indices, using: &random))
        case 82..<90: try repeatOrder()
        case 90..<92: try decideSomething()
        case 92..<93 where cards.count < 60: try replace(Int.random(in: cards.indices, using: &random))
        case 93..<95 where meters.count < 30: try exchange(Int.random(in: meters.indices, using: &random))
        case 95..<97: try payLeft()
        default: try contact(Int.random(in: cards.indices, using: &random), orders: false)
        }
    }

    private mutating func subscriber() -> SubscriberID {
        SubscriberID(rawValue: UInt64.random(in: 1...5, using: &random))
    }

    /// A card at its meter: what is not credited yet is, then it gives what the meter asks for.
    private mutating func visit(_ index: Int, drawing limit: UInt64? = nil) {
        var card = cards[index]
        guard let slot = card.slot else { return }
        time += 1
        if let last = card.lastDebit { credit(last, of: card.element.purse.element, at: slot) }
        card.element.nt += 1
        let meter = meters[slot]
        if !meter.isElectric {
            card.word = MeterStatement(
                meter.element.purse, currency: TestBooks.euro, balance: Amount(rawValue: meter.element.balance),
                spent: Amount(rawValue: meter.spent), debt: nil, credited: Array(meter.credited.prefix(3)),
                clock: Timestamp(rawValue: time), way: .card(card.element.purse.element, nt: card.element.nt))
        }
        let drawn = min(card.element.balance, limit ?? amount(15))
        card.element.balance -= drawn
        let debit = LeftDebit(
            meter: meter.element.purse.element, nt: card.element.nt, amount: Amount(rawValue: drawn))
        card.lastDebit = debit
        cards[index] = card
        // The answer may be lost.
        if !chance(20) { credit(debit, of: card.element.purse.element, at: slot) }
    }

    private mutating func credit(_ debit: LeftDebit, of card: PartyID, at slot: Int) {
        let last = meters[slot].credited.first { $0.card == card }
        guard debit.nt > last?.nt ?? 0 else { return }
        let name = LeftDebitID(card: card, meter: debit.meter, nt: debit.nt)
        #expect(!paidDebits.contains(name))
        creditedDebits.insert(name)
        meters[slot].element.balance += debit.amount.rawValue
        meters[slot].credited.removeAll { $0.card == card }
        let total = (last?.total.rawValue ?? 0) + debit.amount.rawValue
        meters[slot].credited.insert(
            MeterStatus.CreditedCard(card: card, nt: debit.nt, total: Amount(rawValue: total)), at: 0)
    }

    private mutating func use(_ index: Int) {
        let wanted = amount(10)
        let used = min(wanted, meters[index].element.balance)
        meters[index].element.balance -= used
        meters[index].spent += used
        // Emergency credit.
        let mayLend = meters[index].isElectric && !meters[index].element.isReplaced
        if mayLend, meters[index].element.debt < 5_000_000, chance(30) {
            let lent = min(wanted - used, 5_000_000)
            meters[index].element.debt += lent
            meters[index].spent += lent
        }
    }

    /// A card at the host: what is in doubt, the meter's word, its balance, and perhaps an order.
    private mutating func contact(_ index: Int, orders: Bool) throws {
        cards[index].element.nt += 1
        if orders { try recover(\.cards[index].element) }
        if let word = cards[index].word, chance(80) {
            try perform(.meterStatement(word))
            cards[index].word = nil
        }
        try report(index)
        if orders { try self.order(\.cards[index].element) }
    }

    private mutating func report(_ index: Int) throws {
        let card = cards[index]
        let facts = try perform(
            .cardStatement(
                CardStatement(
                    card.element.purse, currency: TestBooks.euro, balance: Amount(rawValue: card.element.balance),
                    nt: card.element.nt, highest: card.element.highest,
                    slot: card.slot.map { meters[$0].element.purse.element })))
        #expect(facts != nil)
    }

    /// A meter on line.
    private mutating func session(_ index: Int, orders: Bool, isWhole: Bool = false) throws {
        guard meters[index].isElectric else {
            if orders, !meters[index].element.isReplaced { try self.order(\.meters[index].element) }
            return try recover(\.meters[index].element)
        }
        meters[index].element.nt += 1
        if orders { try recover(\.meters[index].element) }
        let meter = meters[index]
        let tellsAll = isWhole || chance(50)
        let facts = try perform(
            .meterStatement(
                MeterStatement(
                    meter.element.purse, currency: TestBooks.euro, balance: Amount(rawValue: meter.element.balance),
                    spent: tellsAll ? Amount(rawValue: meter.spent) : nil,
                    debt: tellsAll ? Amount(rawValue: meter.element.debt) : nil, credited: nil,
                    clock: Timestamp(rawValue: time),
                    way: .session(nt: meter.element.nt, highest: meter.element.highest))))
        #expect(facts != nil)
        if orders { try self.order(\.meters[index].element) }
    }

    private mutating func floatSession() throws {
        float.nt += 1
        try recover(\.float)
        try perform(
            .cardStatement(
                CardStatement(
                    float.purse, currency: TestBooks.euro, balance: Amount(rawValue: float.balance), nt: float.nt,
                    highest: float.highest, slot: nil)))
        try order(\.float)
    }

    // MARK: Transactions

    /// A load, a refund or a retry.
    private mutating func order(_ path: WritableKeyPath<Self, Element>) throws {
        var element = self[keyPath: path]
        defer { self[keyPath: path] = element }
        guard !element.isReplaced, chance(60) else { return }
        let id = element.purse.element
        if chance(20), let voided = voided.values.sorted(by: { $0.id < $1.id }).randomElement(using: &random),
            open[id] == nil
        {
            // Of this element or another; most are refused.
            guard let facts = try perform(.retry(voided.id)), !facts.isEmpty,
                ledger.transfer(voided.id)?.transaction?.purse.element == id
            else {
                if let transfer = ledger.transfer(voided.id), transfer.isPending,
                    let other = transfer.transaction?.purse.element
                {
                    open[other] = voided
                    self.voided[voided.id] = nil
                }
                return
            }
            self.voided[voided.id] = nil
            open[id] = voided
            return try send(voided, to: &element)
        }
        let isStore = chance(75)
        let isFromFloat = isStore && element.purse.service != .float && chance(25)
        let party: ValueSource =
            isFromFloat ? .reseller(float.purse.element) : chance(50) ? .seller : .subscriber(subscriber())
        let highest = max(element.highest, ledger.state.elements[id]?.highest ?? .none)
        let htxn = highest.rawValue + UInt64.random(in: 0...2, using: &random)
        let amount = amount()
        let order = ElementOrder(
            element.purse, currency: TestBooks.euro, amount: Amount(rawValue: amount),
            htxn: HostTransaction(rawValue: htxn), party: party)
        guard let facts = try perform(isStore ? .load(order) : .refund(order)),
            let transfer = facts.compactMap(\.change.transfer).first
        else { return }
        let opened = OpenOrder(
            id: transfer, htxn: htxn, amount: amount, isStore: isStore, isFromFloat: isFromFloat)
        open[id] = opened
        try send(opened, to: &element)
    }

    /// The EXECUTE: it, its answer, or nothing may be lost.
    private mutating func send(_ order: OpenOrder, to element: inout Element) throws {
        if chance(15) { return }
        let isApplied = apply(order, to: &element)
        if chance(15) { return }
        try perform(.settle(order.id, isApplied ? .posted : .voided(.refused)))
        open[element.purse.element] = nil
    }

    private mutating func apply(_ order: OpenOrder, to element: inout Element) -> Bool {
        if element.applied.contains(order.htxn) { return true }
        if order.isStore {
            let repaid = min(order.amount, element.debt)
            element.debt -= repaid
            element.balance += order.amount - repaid
        } else {
            guard element.balance >= order.amount else { return false }
            element.balance -= order.amount
        }
        if order.isFromFloat { float.balance -= order.amount }
        element.applied.insert(order.htxn)
        return true
    }

    /// STATUS of what is in doubt: done, sent again, or not done.
    private mutating func recover(_ path: WritableKeyPath<Self, Element>) throws {
        var element = self[keyPath: path]
        defer { self[keyPath: path] = element }
        let id = element.purse.element
        guard let order = open[id] else { return }
        if !element.applied.contains(order.htxn) {
            if chance(40), !element.isReplaced { return try send(order, to: &element) }
            try perform(.settle(order.id, .voided(.notApplied)))
            voided[order.id] = order
            if voided.count > 10, let oldest = voided.keys.min() { voided[oldest] = nil }
        } else {
            try perform(.settle(order.id, .posted))
        }
        open[id] = nil
    }

    // MARK: Cards and meters that change

    /// The card's slot makes way for another meter's of the same service.
    private mutating func rebind(_ index: Int, to meter: Int? = nil, reporting: Bool = true) throws {
        if reporting { try contact(index, orders: false) }
        let card = cards[index]
        let service = card.element.purse.service
        let choices = meters.indices.filter {
            meters[$0].element.purse.service == service && !meters[$0].element.isReplaced && $0 != card.slot
        }
        guard !card.element.isReplaced || meter != nil, let next = meter ?? choices.randomElement(using: &random) else {
            return
        }
        try unbind(index)
        cards[index].slot = next
    }

    private mutating func unbind(_ index: Int) throws {
        if let last = cards[index].lastDebit { cards[index].left = last }
        cards[index].lastDebit = nil
        cards[index].slot = nil
        guard let left = cards[index].left else { return }
        let purse = cards[index].element.purse
        #expect(try perform(.leave(LeftStatement(card: purse.element, service: purse.service, left))) != nil)
    }

    private mutating func replace(_ index: Int) throws {
        guard !cards[index].element.isReplaced, let slot = cards[index].slot else { return }
        let isAtHand = chance(60)
        if isAtHand {
            try contact(index, orders: true)
            cards[index].element.nt += 1
            try recover(\.cards[index].element)
            try report(index)
            try unbind(index)
        }
        let successor = try addCard(for: slot)
        let old = cards[index].element.purse
        let carry = isAtHand ? .known : ElementReplacement.Carry.allCases.randomElement(using: &random) ?? .none
        let facts = try perform(
            .replace(ElementReplacement(of: old.element, by: cards[successor].element.purse.element, carry: carry)))
        guard facts != nil else { return }
        cards[index].element.isReplaced = true
        if carry == .afterReport { try perform(.assign(old)) }
        try carryOver(from: old, to: \.cards[successor].element)
    }

    private mutating func carryOver(from old: PurseID, to path: WritableKeyPath<Self, Element>) throws {
        var element = self[keyPath: path]
        defer { self[keyPath: path] = element }
        let held = ledger.balance(of: .carried(from: old), in: TestBooks.euro)
        guard held > 0 else { return }
        let order = OpenOrder(
            id: TransferID(rawValue: ledger.state.transferCount + 1), htxn: element.highest.rawValue + 1,
            amount: UInt64(held), isStore: true, isFromFloat: false)
        let facts = try perform(
            .carryOver(
                CarryOverOrder(
                    from: old, to: element.purse.element, currency: TestBooks.euro,
                    amount: Amount(rawValue: order.amount), htxn: HostTransaction(rawValue: order.htxn))))
        guard facts != nil else { return }
        open[element.purse.element] = order
        try send(order, to: &element)
    }

    private mutating func exchange(_ index: Int) throws {
        guard meters[index].isElectric, !meters[index].element.isReplaced else { return }
        try session(index, orders: false, isWhole: true)
        try recover(\.meters[index].element)
        try session(index, orders: false, isWhole: true)
        guard open[meters[index].element.purse.element] == nil else { return }
        let successor = try addMeter(.electricity)
        let (old, new) = (meters[index].element, meters[successor].element.purse.element)
        let debt: ElementReplacement.Debt = chance(50) ? .carried : .repaid
        let facts = try perform(
            .replace(ElementReplacement(of: old.purse.element, by: new, carry: .known, debt: debt)))
        guard facts != nil else { return }
        meters[index].element.isReplaced = true
        let books = -ledger.balance(of: .debt(new), in: TestBooks.euro)
        // The value that repays it is what the books know of.
        let repaid = debt == .repaid ? min(old.debt, old.balance) : 0
        #expect((Int128(old.debt - repaid)...Int128(old.debt)).contains(books))
        #expect(debt == .repaid || books == Int128(old.debt))
        for card in cards.indices where cards[card].slot == index { try rebind(card, to: successor) }
        // A debt is put on the successor before its value.
        meters[successor].element.debt = UInt64(books)
        try carryOver(from: old.purse, to: \.meters[successor].element)
    }

    private mutating func decideSomething() throws {
        let approval = try TestBooks.approval()
        if chance(50) {
            try perform(
                .correct(
                    CorrectionOrder(
                        from: .corrections, to: .subscriber(subscriber()), currency: TestBooks.euro,
                        amount: Amount(rawValue: amount()), approval: approval)))
        } else if let difference = ledger.differences.first(where: { $0.kind == .drewAfterReplacement }) {
            try perform(.resolve(difference.id, approval))
        }
        let replaced = cards.filter(\.element.isReplaced).randomElement(using: &random)
        if let replaced { try perform(.release(replaced.element.purse, to: .seller)) }
    }

    private mutating func payLeft() throws {
        let debits = ledger.state.leftDebits.base.keys.sorted { ($0.nt, $0.card) < ($1.nt, $1.card) }
        guard let debit = debits.randomElement(using: &random) else { return }
        let isPayable = ledger.isPayable(debit)
        let facts = try perform(.payLeft(LeftPayment(debit, to: .subscriber(subscriber()))))
        #expect((facts != nil) == isPayable)
        if isPayable {
            #expect(!creditedDebits.contains(debit))
            paidDebits.insert(debit)
        }
    }

    // MARK: The end

    /// Everybody reports until nothing is in doubt but what nobody can tell.
    mutating func settleEverything() throws {
        for index in meters.indices { try settle(\.meters[index].element) }
        try settle(\.float)
        for index in cards.indices { try settle(\.cards[index].element) }
        for index in cards.indices {
            // A debit without an amount carries the meter's word.
            visit(index, drawing: 0)
            visit(index, drawing: 0)
            visit(index, drawing: 0)
            cards[index].element.nt += 1
            if let word = cards[index].word { try perform(.meterStatement(word)) }
            cards[index].word = nil
            try report(index)
        }
        for index in meters.indices where meters[index].isElectric { try session(index, orders: false, isWhole: true) }
        float.nt += 1
        try perform(
            .cardStatement(
                CardStatement(
                    float.purse, currency: TestBooks.euro, balance: Amount(rawValue: float.balance), nt: float.nt,
                    highest: float.highest, slot: nil)))
    }

    private mutating func settle(_ path: WritableKeyPath<Self, Element>) throws {
        while open[self[keyPath: path].purse.element] != nil { try recover(path) }

    }
}
