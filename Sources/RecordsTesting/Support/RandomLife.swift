import Records
import ValueProtocol

/// Calls of every kind on a few elements, as they come, beside what their trails must hold.
struct RandomLife {
    private let trial: Trial
    private var random: SeededNumbers
    private let cards: [PartyID]
    private var time: UInt32 = 1_000
    /// What each element has applied.
    private var applied: [PartyID: HostTransaction] = [:]
    /// Every transaction in its newest state.
    private(set) var transactions: [TransactionName: CreditTransaction] = [:]
    /// Every element's entries so far.
    private(set) var trails: [PartyID: [AuditEntry]] = [:]

    struct TransactionName: Hashable {
        let eid: PartyID
        let htxn: HostTransaction
    }

    init(_ trial: Trial) {
        self.trial = trial
        random = SeededNumbers(seed: trial.seed)
        cards = (0..<7).map(trial.card)
    }

    /// One call, and what it must have added to the trail.
    mutating func step(in store: any RecordStore) throws {
        time += UInt32(random.below(3))
        let eid = cards[random.below(cards.count)]
        let last: AuditEvent?
        do {
            last = try call(on: eid, in: store)
        } catch let error as HostError {
            let expected: [HostError.Code] = [
                .openTransaction, .otherOrder, .wrongStatus, .notResolvable, .booksBroken, .noSession,
            ]
            try trial.require(expected.contains(error.code), "in a random life: expected no such error as “\(error)”")
            last = nil
        }
        try follow(eid, last, in: store)
    }

    /// Entries are only added; the last one tells what the call did, and a call that did nothing adds none.
    private mutating func follow(_ eid: PartyID, _ last: AuditEvent?, in store: any RecordStore) throws {
        for card in cards {
            let known = trails[card] ?? []
            let now = try store.auditTrail(of: card)
            try trial.equal(Array(now.prefix(known.count)), known, "the entries of \(card) before the last call")
            let added = now.dropFirst(known.count)
            try trial.require(
                added.allSatisfy { $0.eid == card }, "the trail of \(card) has an entry of another element: \(added)")
            if card == eid { try trial.equal(added.last?.event, last, "the last new entry of \(card)") }
            trails[card] = now
        }
    }

    private mutating func call(on eid: PartyID, in store: any RecordStore) throws -> AuditEvent? {
        switch random.below(16) {
        case 0...4: return try order(of: eid, in: store)
        case 5...7: return try outcome(of: eid, in: store)
        case 8: return try contradiction(of: eid, in: store)
        case 9:
            let status = [ElementStatus.inUse, .inUse, .lost, .blocked][random.below(4)]
            let reason = random.isOneIn(2) ? "reason \(random.below(9)) – “é”" : nil
            try store.setStatus(status, of: eid, because: reason, at: at(time))
            return .elementStatus(status, reason: reason)
        case 10:
            let purse = Bind(service: service(), currency: euro, limit: micro(random.next()))
            try store.recordPurses([purse], of: eid, at: at(time))
            return .purse(purse)
        case 11:
            let (service, balance) = (service(), micro(UInt64(random.below(1_000))))
            let answer = AskStatus.Answer(
                nt: UInt32(random.below(1_000)), found: false, amount: .zero, balance: balance)
            try store.recordStatus(answer, of: service, on: eid, at: at(time))
            return .balance(service, balance, .proven)
        case 12, 13: return try resolution(of: eid, in: store)
        case 14: return try replacement(of: eid, in: store)
        default:
            let hour = UsageRecord(start: at(time), quantity: 1, spent: .zero)
            _ = try store.record([hour], .hours, of: eid, at: at(time))
            _ = try store.record([EventRecord(time: at(time), codeNumber: 1, value: 0)], of: eid, at: at(time))
            try store.recordClock(at(time), of: eid, at: at(time))
            try store.recordIssued(eid)
            return nil
        }
    }

    private mutating func service() -> UtilityService { UtilityService.all[random.below(2)] }

    private mutating func keep(_ transaction: CreditTransaction) -> AuditEvent {
        transactions[TransactionName(eid: transaction.eid, htxn: transaction.htxn)] = transaction
        return .transaction(transaction)
    }

    private mutating func order(of eid: PartyID, in store: any RecordStore) throws -> AuditEvent? {
        if random.isOneIn(20) { return try accept(of: eid, in: store) }
        let reference = random.isOneIn(2) ? "order \(random.below(12))" : nil
        let amount = UInt64(random.below(4))
        let order: CreditRequest =
            random.isOneIn(6)
            ? try trial.tariff(
                UInt16(1 + random.below(3)), effective: time + UInt32(random.below(40)), reference: reference,
                replacesAhead: random.isOneIn(2))
            : request(amount, service(), kind: random.isOneIn(4) ? .refund : .storeCredit, reference: reference)
        let highest = applied[eid] ?? .none
        let waiting = try store.queuedTariffs(of: eid)
        switch try store.begin(order, of: eid, elementHighest: highest, at: at(time)) {
        case .send(let transaction): return keep(transaction)
        case .queued(let tariff):
            return waiting.contains(tariff) ? nil : .queuedTariff(effective: tariff.effective, tariff)
        default: return nil
        }
    }

    /// The element has applied orders of another host.
    private mutating func accept(of eid: PartyID, in store: any RecordStore) throws -> AuditEvent? {
        let highest = HostTransaction(rawValue: (applied[eid] ?? .none).rawValue + 50)
        let gap = try store.acceptNumbers(upTo: highest, of: eid, at: at(time))
        applied[eid] = highest
        if let doubted = gap?.doubted { return keep(doubted) }
        return gap.map { .numberGap(applied: $0.applied, known: $0.known) }
    }

    private mutating func outcome(of eid: PartyID, in store: any RecordStore) throws -> AuditEvent? {
        guard let open = try store.transactionInDoubt(with: eid) else { return nil }
        let states: [CreditTransaction.State] = [
            .done, .done, .done, .refused(.overLimit), .notApplied, .notApplied, .needsManualResolution,
        ]
        let state = states[random.below(states.count)]
        let balance = random.isOneIn(3) ? nil : micro(UInt64(random.below(1_000)))
        let settled = try store.conclude(open, as: state, balance: balance, at: at(time))
        if state == .done { applied[eid] = open.htxn }
        return keep(settled)
    }

    private mutating func contradiction(of eid: PartyID, in store: any RecordStore) throws -> AuditEvent? {
        let all = transactions.values.filter { $0.eid == eid && ($0.state == .done || $0.state == .notApplied) }
        guard let transaction = all.min(by: { $0.htxn < $1.htxn }) else { return nil }
        let proven: CreditTransaction.State = transaction.state == .done ? .notApplied : .done
        try trial.fails(.contradicted, "the proof “\(proven)” of \(transaction)") {
            _ = try store.conclude(transaction, as: proven, balance: nil, at: at(time))
        }
        return .contradiction(trial.settled(transaction, proven, nil, time))
    }

    private mutating func resolution(of eid: PartyID, in store: any RecordStore) throws -> AuditEvent? {
        guard let open = try store.unsettled().last(where: { $0.eid == eid }) else { return nil }
        return keep(try trial.resolve(open, applied: random.isOneIn(2), at: time, in: store))
    }

    private mutating func replacement(of eid: PartyID, in store: any RecordStore) throws -> AuditEvent? {
        guard try store.element(eid)?.status.replacement == nil else { return nil }
        let successor = cards[random.below(cards.count)]
        let rule = CarryRule.allCases[random.below(2)]
        _ = try store.replace(eid, by: successor, carrying: rule, at: at(time))
        return .elementStatus(.replaced(by: successor), reason: nil)
    }
}
