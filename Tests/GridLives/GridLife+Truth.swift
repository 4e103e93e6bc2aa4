import Grid
import HeadEnd
import Records
import ValueElement
import ValueProtocol

/// What somebody who sees everything knows, beside the meters' own truth.
struct LifeTruth {
    /// Of one meter, by the host's records.
    struct State {
        var books: [HostTransaction: CreditTransaction] = [:]
        /// How many of the transactions that it applied were looked at.
        var seenCount = 0
        /// What it applied that a restored backup does not have, in micro-units, and how often.
        var unknown: (sum: Int64, count: Int) = (0, 0)
    }

    var states: [PartyID: State] = [:]
    var confirmedCount = 0
    var refusedCount = 0
}

/// What holds after every step: value is conserved, every order is carried out once or not at all, and every transaction is in
/// a state that is true.
extension GridLife {
    func check() throws {
        for local in locals {
            if let what = local.violation ?? local.stationViolation() { throw violation(what) }
        }
        if let what = host.violation ?? pipes.lazy.compactMap(\.violation).first { throw violation(what) }
        for event in host.events { try check(event) }
        host.events = []
        for meter in meters {
            if let what = meter.truth.violation { throw violation(what) }
            try checkNew(meter)
        }
    }

    private func meter(_ eid: PartyID) -> LifeMeter? { meters.first { $0.eid == eid } }

    private func check(_ event: LifeHost.Event) throws {
        switch event {
        case .recorded(let eid): try readBooks(eid)
        case .answered(let id, let asked, let outcome): try check(id, asked, outcome)
        case .ended(let job, let stage, let since): try check(job, stage, since)
        }
    }

    /// What the host is told of an exchange is true, and no worse than it has to be.
    private func check(_ id: ExchangeID, _ asked: LifeHost.Waiting, _ outcome: ExchangeOutcome) throws {
        guard let meter = meter(asked.meter) else { return }
        switch outcome {
        case .answered(let response):
            let isChanged =
                pipes.contains { $0.corrupted.contains(id) } || locals.contains { $0.corrupted.contains(id) }
            guard isChanged || response.isEmpty || meter.truth.answers[asked.command]?.contains(response) == true else {
                throw violation("the host has an answer that \(meter.eid) did not give to this command")
            }
            return
        case .notSent(let cause):
            meter.forbid(asked.command, "the host")
            try check(asked, cause)
        case .perhapsDone(let cause): try check(asked, cause)
        }
    }

    private func check(_ asked: LifeHost.Waiting, _ cause: ExchangeOutcome.Cause) throws {
        switch cause {
        case .restarted:
            let deaths = areas.map(\.lastDeath) + locals.map(\.lastDeath)
            guard !deaths.contains(where: { $0 >= asked.sent }) else { return }
            throw violation("the host is told of a restart, and no unit died")
        case .late where now < asked.deadline - .milliseconds(50):
            throw violation("the host is told that it is late \(asked.deadline - now) before the deadline")
        case .late, .disconnected, .silent, .unknownMeter:
            // Who has nothing against him for so long is served.
            guard now - max(chance.troubleEnds, asked.sent) > Self.patience,
                locals.contains(where: { $0.isReached(asked.meter) })
            else { return }
            throw violation("\(asked.meter) is not served (\(cause)), and nothing has been wrong for long")
        case .noCard, .full, .cancelled, .sessions: return
        }
    }

    /// What the slowest line takes for everything that may be before an exchange.
    private static var patience: Duration { .seconds(40) }

    /// What was proved in a meter's memory since the last step was ordered, and is on record as perhaps or surely done.
    private func checkNew(_ meter: LifeMeter) throws {
        guard let state = truth.states[meter.eid], state.seenCount < meter.truth.applied.count else { return }
        for applied in meter.truth.applied[state.seenCount...] {
            guard let intent = state.books[applied.htxn] else {
                throw violation("\(meter.eid) applied \(applied.htxn), which nobody has written down")
            }
            guard intent.isContent(of: applied) else {
                throw violation("\(meter.eid) applied \(applied.htxn) with another content than \(intent)")
            }
            guard intent.state == .inDoubt || intent.state == .done else {
                throw violation("\(meter.eid) applied what is on record as over: \(intent)")
            }
        }
        truth.states[meter.eid]?.seenCount = meter.truth.applied.count
    }

    /// The records of a meter changed: each transaction's state is true.
    func readBooks(_ eid: PartyID) throws {
        guard let meter = meter(eid) else { return }
        let all = try host.records.file.transactions(of: eid)
        var books: [HostTransaction: CreditTransaction] = [:]
        var references: Set<String> = []
        for transaction in all {
            if let other = books.updateValue(transaction, forKey: transaction.htxn) {
                throw violation("two transactions have one number: \(other), \(transaction)")
            }
            let applied = meter.truth.applied.first { $0.htxn == transaction.htxn }
            if let applied, !transaction.isContent(of: applied) {
                throw violation("\(transaction) is on record, and \(eid) applied another under its number")
            }
            switch transaction.state {
            case .done:
                if applied == nil { throw violation("on record as done, and \(eid) did not apply it: \(transaction)") }
                if let reference = transaction.reference, !references.insert(reference).inserted {
                    throw violation("one order was carried out twice: \(transaction)")
                }
            case .refused, .notApplied:
                if applied != nil { throw violation("\(eid) applied it, and on record is: \(transaction)") }
            case .inDoubt: break
            case .needsManualResolution: throw violation("nobody can say what became of it: \(transaction)")
            }
        }
        if let former = truth.states[eid]?.books {
            for (htxn, transaction) in former where transaction.state == .done && books[htxn]?.state != .done {
                throw violation("was on record as done, and is not any more: \(transaction)")
            }
        }
        truth.states[eid]?.books = books
    }

    /// An operation has come to its end: what its owner is told is true.
    private func check(_ job: LifeHost.Job, _ stage: GridOperation.Stage, _ since: Duration) throws {
        guard let meter = meter(job.meter) else { return }
        switch stage {
        case .needsPerson: throw violation("\(job.task) of \(job.meter) needs a person")
        case .confirmed: truth.confirmedCount += 1
        case .refused: truth.refusedCount += 1
        default: return
        }
        switch job.task {
        case .order(let request) where request.reference != nil:
            let done = truth.states[job.meter]?.books.values.filter {
                $0.reference == request.reference && $0.state == .done
            }
            if stage == .confirmed, done?.count != 1 {
                throw violation("\(job.number) of \(job.meter) is confirmed, and not on record as done")
            }
            let isOpen = truth.states[job.meter]?.books.values.contains {
                $0.reference == request.reference && $0.state == .inDoubt
            }
            if stage == .refused, done?.isEmpty != true || isOpen == true {
                throw violation("\(job.number) of \(job.meter) is refused, and on record as done, or in doubt")
            }
        case .readUse: try checkReading(of: meter, since)
        default: break
        }
    }

    /// Every hour that was over when the reading began is on record, as the meter has it.
    private func checkReading(of meter: LifeMeter, _ since: Duration) throws {
        let read = try host.records.file.use(
            of: meter.eid, .hours, from: Timestamp(rawValue: 0), to: Timestamp(rawValue: .max))
        let then = LifeHost.base + UInt32(since.components.seconds)
        let expected = meter.usage.hours(before: then)
        let known = Set(read)
        if let missing = expected.first(where: { !known.contains($0) }) {
            throw violation("\(meter.eid) was read, and its hour \(missing) is not on record")
        }
        if let invented = read.first(where: { $0 != meter.usage.record($0.start.rawValue) }) {
            throw violation("\(meter.eid): an hour on record that it never had: \(invented)")
        }
    }

    /// Nothing fails any more, and everything was asked for: nothing is left open.
    func expectEnd() throws {
        for meter in meters {
            try readBooks(meter.eid)
            guard let books = truth.states[meter.eid]?.books else { continue }
            if let open = books.values.first(where: { $0.state == .inDoubt }) {
                throw violation("still in doubt: \(open)")
            }
            let sum = books.values.filter { $0.state == .done }.reduce(0 as Int64) { sum, transaction in
                switch transaction.kind {
                case .storeCredit: sum + Int64(transaction.order.amount.rawValue)
                case .refund: sum - Int64(transaction.order.amount.rawValue)
                case .convertTariff: sum
                }
            }
            let unknown = truth.states[meter.eid]?.unknown.sum ?? 0
            if sum + unknown != meter.balance + meter.truth.spent {
                throw violation(
                    "\(meter.eid) was sold \(sum), holds \(meter.balance) and has used \(meter.truth.spent)")
            }
        }
        if let broken = try host.records.file.violations().first { throw violation("in the books: \(broken)") }
    }
}

extension CreditTransaction {
    /// Whether an element applied just this.
    fileprivate func isContent(of applied: AppliedTransaction) -> Bool {
        applied.htxn == htxn && applied.op == kind.operation && applied.service == order.service
            && applied.amount == order.amount && (tariff == nil || tariff?.table.id == applied.table)
    }
}
