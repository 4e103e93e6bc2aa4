public import Records
public import ValueProtocol

/// What a contact reads from the records, or changes in them.
public enum RecordRequest: Sendable {
    /// The transaction in doubt with an element.
    case transactionInDoubt(PartyID)
    case transaction(HostTransaction, PartyID)
    /// The intent of an order, with the highest HTXN that the element has applied.
    case begin(CreditRequest, PartyID, elementHighest: HostTransaction)
    /// The intent to send a transaction again.
    case beginAgain(HostTransaction, PartyID, elementHighest: HostTransaction)
    /// The outcome of a transaction.
    case conclude(CreditTransaction, as: CreditTransaction.State, balance: Amount?)
    /// The highest HTXN that the element has applied is accepted, whatever the records have.
    case acceptNumbers(upTo: HostTransaction, PartyID)
    /// What STATUS proved.
    case status(AskStatus.Answer, UtilityService, PartyID)
    /// What ACCOUNT proved, in the session of an NT, after all orders up to `highest`.
    case account(MeterAccount, UtilityService, PartyID, nt: UInt32, highest: HostTransaction)
    /// A meter's clock that was read.
    case clock(Timestamp, PartyID)
    case beginSettingClock(to: Timestamp, PartyID)
    case endSettingClock(Int64, PartyID, before: Timestamp)
    case readingStart(UsageSeries, PartyID)
    case use([UsageRecord], UsageSeries, PartyID)
    case events([EventRecord], PartyID)
    /// Everything up to this time of the meter's clock was read.
    case readingEnd(Timestamp, PartyID)
    /// What meters reported through a card.
    case meterStatus([MeterStatusRecord], from: PartyID)
}

extension RecordRequest {
    /// The element that it concerns.
    var element: PartyID {
        switch self {
        case .transactionInDoubt(let eid), .transaction(_, let eid), .begin(_, let eid, _), .beginAgain(_, let eid, _),
            .acceptNumbers(_, let eid), .status(_, _, let eid), .clock(_, let eid), .beginSettingClock(_, let eid),
            .endSettingClock(_, let eid, _), .readingStart(_, let eid), .use(_, _, let eid), .events(_, let eid),
            .readingEnd(_, let eid), .meterStatus(_, let eid), .account(_, _, let eid, _, _):
            eid
        case .conclude(let transaction, _, _): transaction.eid
        }
    }
}

/// What the records return.
public enum RecordReply: Sendable {
    case done
    case transaction(CreditTransaction?)
    case started(StartedTransaction)
    case number(Int64)
    case gap(NumberGap?)
    case time(Timestamp)
    /// How many records are new.
    case count(Int)
    /// The new ones.
    case events([EventRecord])
    /// The new ones.
    case meterStatus([MeterStatusRecord])
}

extension RecordAccess {
    /// Reads or changes the records; of a store a change is durable when this returns.
    ///
    /// - Throws: `HostError`, as the store's call for the request does.
    public func perform(_ request: RecordRequest, at time: Timestamp) throws(HostError) -> RecordReply {
        switch request {
        case .transactionInDoubt(let eid): return .transaction(try transactionInDoubt(with: eid))
        case .transaction(let htxn, let eid): return .transaction(try transaction(htxn, of: eid))
        case .begin(let order, let eid, let highest):
            return .started(try begin(order, of: eid, elementHighest: highest, at: time))
        case .beginAgain(let htxn, let eid, let highest):
            return .started(try beginAgain(htxn, of: eid, elementHighest: highest, at: time))
        case .conclude(let transaction, let state, let balance):
            return .transaction(try conclude(transaction, as: state, balance: balance, at: time))
        case .acceptNumbers(let highest, let eid): return .gap(try acceptNumbers(upTo: highest, of: eid, at: time))
        case .status(let answer, let service, let eid):
            try recordStatus(answer, of: service, on: eid, at: time)
        case .account(let account, let service, let meter, let nt, let highest):
            try record(account, of: service, on: meter, nt: nt, highest: highest, at: time)
        case .clock(let clock, let meter): try recordClock(clock, of: meter, at: time)
        case .beginSettingClock(let target, let meter):
            return .number(try beginSettingClock(to: target, of: meter, at: time))
        case .endSettingClock(let number, let meter, let before): try endSettingClock(number, of: meter, before: before)
        case .readingStart(let series, let meter): return .time(try readingStart(series, of: meter))
        case .use(let use, let series, let meter): return .count(try record(use, series, of: meter, at: time))
        case .events(let events, let meter): return .events(try record(events, of: meter, at: time))
        case .readingEnd(let clock, let meter): try recordReading(upTo: clock, of: meter)
        case .meterStatus(let statuses, let card):
            return .meterStatus(try record(statuses, from: card, at: time))
        }
        return .done
    }
}
