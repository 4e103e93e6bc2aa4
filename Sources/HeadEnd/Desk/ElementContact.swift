internal import Records
internal import ValueProtocol

/// One session of a desk with an element, and the records made around each of its EXECUTEs.
struct ElementContact: ~Copyable {
    let eid: PartyID
    /// Transactions in doubt that were resolved at this contact.
    var recovered: [CreditTransaction] = []
    private var conversation: ElementConversation
    private let authority: SealTrackingAuthority
    private let records: any RecordStore
    private let clock: () -> Timestamp

    init(
        _ conversation: consuming ElementConversation, eid: PartyID, authority: SealTrackingAuthority,
        records: any RecordStore,
        clock: @escaping () -> Timestamp
    ) {
        self.conversation = conversation
        self.eid = eid
        self.authority = authority
        self.records = records
        self.clock = clock
    }

    /// Protocol §7: this session has ended the one in doubt, so what STATUS reports now is final.
    mutating func recover() throws(HostError) {
        guard let open = try records.transactionInDoubt(with: eid) else { return }
        let answer: AskStatus.Answer
        do {
            answer = try status(open.htxn, open.order.service)
        } catch {
            throw HostError(.stillInDoubt, "\(open)", cause: error)
        }
        let known: CreditTransaction
        if answer.found {
            // The same number with another amount belongs to another host's transaction: these records are not the only
            // ones.
            known =
                try answer.amount == open.order.amount
                ? records.conclude(open, as: .done, balance: answer.balance, at: clock())
                : records.conclude(open, as: .needsManualResolution, balance: nil, at: clock())
        } else if answer.lowestKept == .none || open.htxn > answer.lowestKept {
            known = try records.conclude(open, as: .notApplied, balance: nil, at: clock())
        } else {
            known = try records.conclude(open, as: .needsManualResolution, balance: nil, at: clock())
        }
        recovered.append(known)
        do throws(HostError) {
            // The present balance: the transaction's may have been drawn on since.
            _ = try ask(open.order.service)
        } catch {
            // The outcome stands: an error here would hide it, and the order would be repeated as a new one. The next
            // contact asks again.
        }
    }

    /// Requests the balance of a purse and records it.
    mutating func ask(_ service: UtilityService) throws(HostError) -> AskStatus.Answer {
        let answer: AskStatus.Answer
        do {
            answer = try status(.none, service)
        } catch {
            throw HostError(.noSession, subject, cause: error)
        }
        try records.recordStatus(answer, of: service, on: eid, at: clock())
        return answer
    }

    /// Finishes the transaction, unless it was done before.
    mutating func result(of started: StartedTransaction) throws(HostError) -> CreditResult {
        let isRepeated = if case .alreadyDone = started { true } else { false }
        return CreditResult(outcome: try finish(started), recovered: recovered, isRepeated: isRepeated)
    }

    /// Sends the recorded transaction, and records what the element proves.
    private mutating func finish(_ started: StartedTransaction) throws(HostError) -> CreditOutcome {
        switch started {
        case .declined(let reason): return .declined(reason)
        case .alreadyDone(let transaction): return .done(transaction)
        case .send(let transaction):
            let (status, answer) = try execute(transaction)
            guard let answer else {
                return .refused(
                    try records.conclude(transaction, as: .refused(status), balance: nil, at: clock()))
            }
            guard answer.htxn == transaction.htxn else {
                throw HostError(.inDoubt, "\(transaction)", cause: SessionError(.malformedAnswer, "\(eid)"))
            }
            return .done(try records.conclude(transaction, as: .done, balance: answer.balance, at: clock()))
        }
    }

    private mutating func execute(
        _ transaction: CreditTransaction
    ) throws(HostError) -> (BusinessStatus, (htxn: HostTransaction, balance: Amount?)?) {
        do {
            switch transaction.kind {
            case .storeCredit:
                let result = try conversation.execute(StoreCredit(transaction.order))
                return (result.status, result.answer.map { ($0.htxn, $0.balance) })
            case .refund:
                let result = try conversation.execute(Refund(transaction.order))
                return (result.status, result.answer.map { ($0.htxn, $0.balance) })
            case .convertTariff:
                guard let tariff = transaction.tariff else { throw SessionError(.notAuthorized, "\(transaction)") }
                let order = transaction.order
                let result = try conversation.execute(
                    ConvertTariff(
                        htxn: order.htxn, time: order.time, effective: tariff.effective, table: tariff.table))
                return (result.status, result.answer.map { ($0.htxn, nil) })
            }
        } catch {
            guard !authority.sealFailed else {
                let known = try records.conclude(transaction, as: .notApplied, balance: nil, at: clock())
                throw HostError(.notSealed, "\(known)", cause: error)
            }
            throw HostError(.inDoubt, "\(transaction)", cause: error)
        }
    }

    /// Executes an operation that has no HTXN; it is safe to repeat.
    mutating func perform<O: ElementOperation>(_ operation: O) throws(HostError) -> O.Answer {
        do {
            let result = try conversation.execute(operation)
            guard let answer = result.answer else {
                throw SessionError(.notAuthorized, "\(O.code) of \(eid): \(result.status)")
            }
            return answer
        } catch {
            throw HostError(.noSession, subject, cause: error)
        }
    }

    /// The element, and the outcomes found at this contact: an error must not hide them.
    private var subject: String { (["\(eid)"] + recovered.map { "\($0)" }).joined(separator: "; ") }

    private mutating func status(
        _ htxn: HostTransaction, _ service: UtilityService
    ) throws(SessionError) -> AskStatus.Answer {
        let result = try conversation.execute(AskStatus(htxn: htxn, service: service))
        guard let answer = result.answer else { throw SessionError(.malformedAnswer, "STATUS of \(eid)") }
        return answer
    }
}
