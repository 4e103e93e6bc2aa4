import Records
import ValueProtocol

/// What is in doubt, and orders.
extension ElementContact {
    /// What follows once the element is known.
    mutating func plan() -> ContactStep {
        let service = UtilityService(rawValue: eid.kind.rawValue)
        switch task {
        case .recover: agenda = [.resolve(nil)]
        case .balance(let service):
            agenda = [.resolve(.credit), .execute(.balance(service))]
            if eid.kind.isMeter { agenda.append(.execute(.account(service, isNeeded: true))) }
        case .acceptNumbers: agenda = [.resolve(.credit), .execute(.balance(service)), .acceptNumbers]
        case .order(let order):
            if order.kind == .convertTariff, !eid.kind.isMeter {
                let error = SessionError(.notAuthorized, "CONVERT TARIFF of \(eid), which is not a meter")
                return fail(HostError(.noSession, "\(eid)", cause: error))
            }
            agenda = [.resolve(order.kind.purpose), .placeOrder(order)]
        case .retry(let htxn): agenda = [.resolve(retryPurpose), .prepareRetry(htxn)]
        case .snapshot:
            agenda = [
                .resolve(.usage), .execute(.balance(service)), .execute(.account(service, isNeeded: true)),
                .execute(.clock),
            ]
        case .setClock(let target):
            agenda = [.resolve(.admin), .execute(.balance(service)), .beginSettingClock(target)]
        case .readUse(let everything):
            reading = UseProgress(everything: everything)
            agenda = [
                .resolve(.usage), .execute(.balance(service)), .execute(.account(service, isNeeded: true)), .readSeries,
            ]
        case .collectMeterStatus:
            agenda = [.open(.usage), .execute(.meterStatus(cursor: 0)), .keepMeterStatus]
        }
        return next()
    }

    /// The plaintext of an exchange; nil where a transaction is incomplete.
    func request(of exchange: Exchange) -> [UInt8]? {
        switch exchange {
        case .resolve(let open): return AskStatus(htxn: open.htxn, service: open.order.service).request
        case .balance(let service, _): return AskStatus(service: service).request
        case .lacking(let htxn):
            return AskStatus(htxn: htxn, service: UtilityService(rawValue: eid.kind.rawValue)).request
        case .order(let transaction):
            let order = transaction.order
            switch transaction.kind {
            case .storeCredit: return StoreCredit(order).request
            case .refund: return Refund(order).request
            case .convertTariff:
                return transaction.tariff.map { tariff in
                    ConvertTariff(
                        htxn: order.htxn, time: order.time, effective: tariff.effective, table: tariff.table
                    ).request
                }
            }
        case .account(let service, _): return AskAccount(service: service).request
        case .clock:
            let (first, last) = (Timestamp(rawValue: 1), Timestamp(rawValue: 0))
            return ReadUsage(time: now, series: .events, from: first, to: last).request
        case .setClock(let target, _): return SetClock(target).request
        case .page: return reading?.request(at: now)
        case .meterStatus(let cursor):
            return ReadUsage(
                time: now, series: .meterStatus, from: Timestamp(rawValue: 0), to: Timestamp(rawValue: .max),
                cursor: cursor
            ).request
        }
    }

    /// Takes the answer to an exchange.
    ///
    /// - Throws: `SessionError` where it is not what the operation answers.
    mutating func take(_ c4: [UInt8], of exchange: Exchange) throws(SessionError) -> ContactStep {
        switch exchange {
        case .resolve(let open): return conclude(open, by: try status(c4))
        case .balance(let service, let isNeeded):
            let answer = try status(c4)
            return record(.status(answer, service, eid), .proven(answer, service, isNeeded: isNeeded))
        case .order(let transaction): return try settle(transaction, c4)
        case .lacking(let htxn):
            let answer = try status(c4)
            if answer.found { lacking.append(AcceptedNumbers.Order(htxn: htxn, amount: answer.amount)) }
            return next()
        case .account(let service, let isNeeded):
            let result = try result(AskAccount.self, c4)
            // A meter without a purse has no account.
            guard let account = result.answer else { return next() }
            return record(
                .account(account, service, eid, nt: lastStatus?.nt ?? 0, highest: highest),
                .accountKept(account, isNeeded: isNeeded))
        case .clock:
            let clock = try answer(ReadUsage.self, c4).clock
            return record(.clock(clock, eid), .clockRead(clock))
        case .setClock(let target, let number):
            let before = try answer(SetClock.self, c4)
            return record(.endSettingClock(number, eid, before: before), .settingEnded(target, before: before))
        case .page: return try takePage(try answer(ReadUsage.self, c4))
        case .meterStatus(let cursor):
            let page = try answer(ReadUsage.self, c4)
            // A cursor that stands still would be read forever.
            guard let records = MeterStatusRecord.records(page.records), page.next > cursor else {
                throw SessionError(.malformedAnswer, "READ USAGE of \(eid)")
            }
            collected += records
            if page.next != ReadUsage.end { agenda.insert(.execute(.meterStatus(cursor: page.next)), at: 0) }
            return next()
        }
    }

    private mutating func status(_ c4: [UInt8]) throws(SessionError) -> AskStatus.Answer {
        guard let answer = try result(AskStatus.self, c4).answer else {
            throw SessionError(.malformedAnswer, "STATUS of \(eid)")
        }
        return answer
    }

    /// Protocol §7: this session has ended the one in doubt, so what STATUS reports now is final.
    private mutating func conclude(_ open: CreditTransaction, by answer: AskStatus.Answer) -> ContactStep {
        let isDone = answer.found && answer.amount == open.order.amount
        let isAbsent = !answer.found && (answer.lowestKept == .none || open.htxn > answer.lowestKept)
        // The same number with another amount belongs to another host's transaction: these records are not the only ones.
        let state: CreditTransaction.State = isDone ? .done : isAbsent ? .notApplied : .needsManualResolution
        return record(.conclude(open, as: state, balance: isDone ? answer.balance : nil), .resolved(open))
    }

    /// The outcome of an order, as the element proves it.
    private mutating func settle(
        _ transaction: CreditTransaction, _ c4: [UInt8]
    ) throws(SessionError) -> ContactStep {
        let status: BusinessStatus
        let answer: (htxn: HostTransaction, balance: Amount?)?
        switch transaction.kind {
        case .storeCredit:
            let result = try result(StoreCredit.self, c4)
            (status, answer) = (result.status, result.answer.map { ($0.htxn, $0.balance) })
        case .refund:
            let result = try result(Refund.self, c4)
            (status, answer) = (result.status, result.answer.map { ($0.htxn, $0.balance) })
        case .convertTariff:
            let result = try result(ConvertTariff.self, c4)
            (status, answer) = (result.status, result.answer.map { ($0.htxn, nil) })
        }
        guard let answer else {
            return record(.conclude(transaction, as: .refused(status), balance: nil), .settled(transaction))
        }
        guard answer.htxn == transaction.htxn else { throw SessionError(.malformedAnswer, "\(eid)") }
        highest = max(highest, transaction.htxn)
        return record(.conclude(transaction, as: .done, balance: answer.balance), .settled(transaction))
    }

    mutating func place(_ order: CreditRequest) -> ContactStep {
        // Repeating an order that was in doubt does not mean ordering it twice.
        if let same = recovered.last(where: { $0.state == .done && $0.isRepeated(by: order, now: now) }) {
            return finish(.credit(CreditResult(outcome: .done(same), recovered: recovered, isRepeated: true)))
        }
        // Requested every time: the highest HTXN shows whether these records are older than the element.
        agenda = [.execute(.balance(order.service)), .begin(.begin(order, eid, elementHighest: .none))] + agenda
        return next()
    }

    /// The intent of an order, with what the element proved in this session, and whose keys seal it.
    func withHighest(_ request: RecordRequest) -> RecordRequest {
        let highest = lastStatus?.highest ?? .none
        let payer = authority?.kind == .masterKeyCard ? authority : nil
        return switch request {
        case .begin(let order, let eid, _): .begin(order.paid(by: payer), eid, elementHighest: highest)
        case .beginAgain(let htxn, let eid, _): .beginAgain(htxn, eid, elementHighest: highest)
        default: request
        }
    }

    mutating func finishCredit(_ outcome: CreditOutcome, isRepeated: Bool = false) -> ContactStep {
        finish(
            .credit(
                CreditResult(outcome: outcome, recovered: recovered, isRepeated: isRepeated, account: account)))
    }

    /// A meter's receipt says what became of the value: some of it may have repaid a debt.
    mutating func complete(_ done: CreditTransaction) -> ContactStep {
        guard eid.kind.isMeter, done.kind != .convertTariff else { return finishCredit(.done(done)) }
        agenda = [.execute(.account(done.order.service, isNeeded: false)), .finishOrder(done)]
        return next()
    }
}
