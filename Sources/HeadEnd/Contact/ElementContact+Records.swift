import Records
import ValueProtocol

/// What follows a reply of the records.
extension ElementContact {
    mutating func whenRecorded(_ event: ContactEvent, _ note: Note) -> ContactStep {
        let reply: RecordReply
        switch event {
        case .recorded(let given): reply = given
        case .notRecorded(let error):
            switch note {
            // A balance that only completes what is known may be missing.
            case .proven(_, _, isNeeded: false), .accountKept(_, isNeeded: false): return next()
            default: return fail(unrecorded(note, error))
            }
        default: preconditionFailure("the records reply, or return an error")
        }
        switch (note, reply) {
        case (.found, .transaction(let known)):
            retryPurpose = known?.kind.purpose ?? .credit
            return next()
        case (.lookedUp(let purpose), .transaction(let open)):
            let purpose = purpose ?? open?.kind.purpose ?? .credit
            var actions: [Action] = [.open(open?.kind.purpose ?? purpose), .lookUp]
            if let open, open.kind.purpose != purpose { actions.append(.open(purpose)) }
            agenda = actions + agenda
            return next()
        case (.lookedUpAgain, .transaction(let open)):
            if let open { agenda.insert(.execute(.resolve(open)), at: 0) }
            return next()
        case (.resolved, .transaction(let known?)):
            recovered.append(known)
            // The present balance: the transaction's may have been drawn on since.
            agenda.insert(.execute(.balance(known.order.service, isNeeded: false)), at: 0)
            return next()
        case (.proven(let answer, let service, _), .done):
            lastStatus = answer
            highest = max(highest, answer.highest)
            if case .balance = task {
                result = .balance(ProvenBalance(service: service, amount: answer.balance, time: now))
            }
            return next()
        case (.accountKept(let account, _), .done):
            self.account = account
            return next()
        case (.numbersAccepted, .gap(let gap)):
            self.gap = gap
            agenda = numbersToAsk().map { .execute(.lacking($0)) }
            if gap?.doubted != nil { agenda.append(.lookUp) }
            agenda.append(.giveNumbers)
            return next()
        case (.retried, .transaction(let known)): return prepare(known)
        case (.begun, .started(let started)):
            switch started {
            case .declined(let reason): return finishCredit(.declined(reason))
            case .queued(let tariff): return finishCredit(.queued(tariff))
            case .alreadyDone(let transaction): return finishCredit(.done(transaction), isRepeated: true)
            case .send(let transaction):
                agenda.insert(.execute(.order(transaction)), at: 0)
                return next()
            }
        case (.settled, .transaction(let known?)):
            if case .refused = known.state { return finishCredit(.refused(known)) }
            return complete(known)
        case (.notSealed(let error), .transaction(let known?)):
            return fail(HostError(.notSealed, "\(known)", cause: error))
        default: return whenMeterRecorded(note, reply)
        }
    }

    /// What the element has applied without the records, as far as it was asked.
    func numbers() -> AcceptedNumbers {
        let doubted = gap?.doubted.map { doubted in recovered.last { $0.htxn == doubted.htxn } ?? doubted }
        return AcceptedNumbers(eid: eid, gap: gap, orders: lacking, doubted: doubted)
    }

    /// The numbers of the gap that the element may still know, at most so many, whatever it claims.
    private func numbersToAsk() -> [HostTransaction] {
        guard let gap, let lowest = lastStatus?.lowestKept.rawValue else { return [] }
        let last = gap.applied.rawValue
        let first = max(gap.known.rawValue + 1, lowest, last - min(last, Self.maxNumbersAsked - 1))
        return first > last ? [] : (first...last).map(HostTransaction.init)
    }

    /// An element keeps 8, which need not follow one another.
    private static let maxNumbersAsked: UInt64 = 64

    /// What the caller learns where the records did not take a reply: an outcome that is not recorded is in doubt, whatever
    /// the element did.
    private func unrecorded(_ note: Note, _ error: HostError) -> HostError {
        switch note {
        // These are about the transaction itself, and are recorded.
        case _ where [.contradicted, .noSuchTransaction].contains(error.code): error
        case .settled(let transaction): HostError(.inDoubt, "\(transaction)", cause: error)
        case .resolved(let transaction): HostError(.stillInDoubt, "\(transaction)", cause: error)
        default: error
        }
    }

    private mutating func prepare(_ known: CreditTransaction?) -> ContactStep {
        guard case .retry(let htxn) = task else { preconditionFailure("only a retry is prepared") }
        guard let known else { return fail(HostError(.noSuchTransaction, "HTXN \(htxn) of \(eid)")) }
        agenda = [
            .execute(.balance(known.order.service)), .begin(.beginAgain(htxn, eid, elementHighest: .none)),
        ]
        return next()
    }
}
