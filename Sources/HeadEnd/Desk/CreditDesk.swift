public import ISO7816
public import Records
public import ValueProtocol

/// Stores credit on elements and takes it off again, whatever is lost on the way (protocol §3, §4, §7).
///
/// Whoever leads to the element, a reader or a power line, is the channel; whoever holds the keys, a file or a
/// master-key card, is the authority. Every contact first finds out what is in doubt with that element. An order with a
/// reference may be repeated until it is done: it is applied once. One without is taken for the repetition of the same
/// order without a reference that this very contact found done, or that is known as not applied and was the newest;
/// otherwise it is another.
///
/// Calls block as long as the element takes; use one desk from one thread at a time.
public final class CreditDesk {
    let records: any RecordStore
    private let authority: SealTrackingAuthority
    private let clock: () -> Timestamp

    /// - Parameters:
    ///   - records: the host's.
    ///   - authority: holds the keys, or reaches what holds them.
    ///   - clock: the time of day; the system's unless another is given.
    public init(
        records: any RecordStore, authority: any Authority, clock: @escaping () -> Timestamp = SystemClock.now
    ) {
        self.records = records
        self.authority = SealTrackingAuthority(authority)
        self.clock = clock
    }

    /// Stores `amount` in the purse of `service`.
    ///
    /// - Parameters:
    ///   - amount: above zero.
    ///   - service: whose purse it is for.
    ///   - currency: the purse's.
    ///   - channel: leads to the element.
    ///   - reference: what the caller knows the order by, one an order; an order of the same reference that was done
    ///     is not done again. It must not begin with `carry-over `.
    ///   - expected: the element that must be there; nil takes whichever is.
    /// - Throws: `HostError` `.noSession` and `.notSealed` where nothing was sent, `.inDoubt` where the outcome is not
    ///   known, `.stillInDoubt` where that of an earlier one could not be found out, `.otherOrder`, or of the records.
    public func storeCredit(
        _ amount: Amount, for service: UtilityService, in currency: Currency, over channel: any CardChannel,
        reference: String? = nil, expecting expected: PartyID? = nil
    ) throws(HostError) -> CreditResult {
        let request = CreditRequest(
            kind: .storeCredit, service: service, currency: currency, amount: amount, reference: try own(reference))
        return try carryOut(request, over: channel, expected)
    }

    /// Takes `amount` off the purse of `service`; otherwise as `storeCredit`.
    ///
    /// - Throws: as `storeCredit`.
    public func refund(
        _ amount: Amount, for service: UtilityService, in currency: Currency, over channel: any CardChannel,
        reference: String? = nil, expecting expected: PartyID? = nil
    ) throws(HostError) -> CreditResult {
        let request = CreditRequest(
            kind: .refund, service: service, currency: currency, amount: amount, reference: try own(reference))
        return try carryOut(request, over: channel, expected)
    }

    /// Stores `amount` in a purse of an element that was selected already; otherwise as the other `storeCredit`.
    ///
    /// `element` is what ``select(over:expecting:)`` has found over this channel just now.
    ///
    /// - Throws: as the other `storeCredit`.
    public func storeCredit(
        _ amount: Amount, for service: UtilityService, in currency: Currency, to element: ElementInfo,
        over channel: any CardChannel, reference: String? = nil
    ) throws(HostError) -> CreditResult {
        let request = CreditRequest(
            kind: .storeCredit, service: service, currency: currency, amount: amount, reference: try own(reference))
        return try carryOut(request, over: channel, with: element)
    }

    /// Takes `amount` off a purse of an element that was selected already; otherwise as the other `refund`.
    ///
    /// `element` is what ``select(over:expecting:)`` has found over this channel just now.
    ///
    /// - Throws: as `storeCredit`.
    public func refund(
        _ amount: Amount, for service: UtilityService, in currency: Currency, from element: ElementInfo,
        over channel: any CardChannel, reference: String? = nil
    ) throws(HostError) -> CreditResult {
        let request = CreditRequest(
            kind: .refund, service: service, currency: currency, amount: amount, reference: try own(reference))
        return try carryOut(request, over: channel, with: element)
    }

    /// Sends a transaction again that is known as not applied: with its own HTXN, so that it cannot be done twice.
    ///
    /// - Throws: as `storeCredit`, and `HostError` `.noSuchTransaction`.
    public func retry(
        _ htxn: HostTransaction, of eid: PartyID, over channel: any CardChannel
    ) throws(HostError) -> CreditResult {
        let purpose = try records.transaction(htxn, of: eid)?.kind.purpose ?? .credit
        var contact = try openContact(purpose, over: channel, eid)
        guard let known = try records.transaction(htxn, of: eid) else {
            throw HostError(.noSuchTransaction, "HTXN \(htxn) of \(eid)")
        }
        let highest = try contact.ask(known.order.service).highest
        let started = try records.beginAgain(htxn, of: eid, elementHighest: highest, at: clock())
        return CreditResult(outcome: try contact.finish(started), recovered: contact.recovered)
    }

    /// Finds out what is in doubt with the element, and backs up the balance of the purse concerned.
    ///
    /// - Returns: what was in doubt, with what is now known of it.
    /// - Throws: `HostError` `.noSession`, `.stillInDoubt`, or of the records.
    @discardableResult
    public func recover(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> [CreditTransaction] {
        let element = try select(over: channel, expecting: expected)
        let purpose = try records.transactionInDoubt(with: element.eid)?.kind.purpose ?? .credit
        return try openContact(purpose, with: element, over: channel).recovered
    }

    /// Has the element prove the balance of a purse, 0 where it has none, and backs it up.
    ///
    /// - Throws: as `recover`.
    public func balance(of service: UtilityService, over channel: any CardChannel) throws(HostError) -> ProvenBalance {
        var contact = try openContact(.credit, over: channel, nil)
        let answer = try contact.ask(service)
        return ProvenBalance(service: service, amount: answer.balance, time: clock())
    }

    /// Stores what an element is to get for one that it replaced (`ElementStore.replace`), each purse once; nothing where
    /// it replaced none. To be repeated until every outcome is done.
    ///
    /// - Throws: as `storeCredit`.
    public func completeCarryOver(over channel: any CardChannel) throws(HostError) -> [CreditResult] {
        let eid = try select(over: channel).eid
        var results: [CreditResult] = []
        for carry in try records.openCarryOvers(to: eid) {
            let request = CreditRequest(
                kind: .storeCredit, service: carry.service, currency: carry.currency, amount: carry.amount,
                reference: carry.reference)
            results.append(try carryOut(request, over: channel, eid))
        }
        return results
    }

    func carryOut(
        _ request: CreditRequest, over channel: any CardChannel, _ expected: PartyID?
    ) throws(HostError) -> CreditResult {
        try carryOut(request, over: channel, with: try select(over: channel, expecting: expected))
    }

    func carryOut(
        _ request: CreditRequest, over channel: any CardChannel, with element: ElementInfo
    ) throws(HostError) -> CreditResult {
        var contact = try openContact(request.kind.purpose, with: element, over: channel)
        // Whoever repeats what was in doubt does not mean it twice.
        if let same = contact.recovered.last(where: { $0.state == .done && $0.isRepeated(by: request) }) {
            return CreditResult(outcome: .done(same), recovered: contact.recovered)
        }
        // Asked every time: the highest HTXN tells whether these records are older than the element.
        let highest = try contact.ask(request.service).highest
        let started = try records.begin(request, of: contact.eid, elementHighest: highest, at: clock())
        return CreditResult(outcome: try contact.finish(started), recovered: contact.recovered)
    }

    func own(_ reference: String?) throws(HostError) -> String? {
        if let reference, reference.hasPrefix(CarryOver.prefix) { throw HostError(.otherOrder, reference) }
        return reference
    }

    /// Selects the element at the end of a channel, and takes what it tells of itself.
    ///
    /// - Parameters:
    ///   - channel: leads to the element.
    ///   - expected: the element that must be there; nil takes whichever is.
    /// - Throws: `HostError` `.noSession`.
    public func select(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> ElementInfo {
        do {
            let element = try ElementInfo.select(over: channel)
            if let expected, expected != element.eid {
                throw SessionError(.otherElement, "\(element.eid), not \(expected)")
            }
            return element
        } catch {
            throw HostError(.noSession, expected.map { "\($0)" } ?? "the element", cause: error)
        }
    }

    func open(
        _ purpose: Purpose, with element: ElementInfo, over channel: any CardChannel
    ) throws(SessionError) -> ElementConversation {
        guard let key = element.newest(purpose) else {
            throw SessionError(.noSuchKey, "\(purpose) of \(element.eid)")
        }
        return try ElementConversation(with: element, over: channel, by: authority, key: key)
    }

    /// A contact in a session of `purpose`, in which what was in doubt is known.
    ///
    /// What is in doubt is asked for in a session of its own purpose, before any other (protocol §7).
    func openContact(
        _ purpose: Purpose, over channel: any CardChannel, _ expected: PartyID?
    ) throws(HostError) -> ElementContact {
        try openContact(purpose, with: try select(over: channel, expecting: expected), over: channel)
    }

    func openContact(
        _ purpose: Purpose, with element: ElementInfo, over channel: any CardChannel
    ) throws(HostError) -> ElementContact {
        var earlier: [CreditTransaction] = []
        if let open = try records.transactionInDoubt(with: element.eid), open.kind.purpose != purpose {
            var other = try newContact(open.kind.purpose, with: element, over: channel)
            try other.recover()
            earlier = other.recovered
        }
        var contact = try newContact(purpose, with: element, over: channel)
        try contact.recover()
        contact.recovered = earlier + contact.recovered
        return contact
    }

    private func newContact(
        _ purpose: Purpose, with element: ElementInfo, over channel: any CardChannel
    ) throws(HostError) -> ElementContact {
        do {
            let conversation = try open(purpose, with: element, over: channel)
            return ElementContact(conversation, eid: element.eid, authority: authority, records: records, clock: clock)
        } catch {
            throw HostError(.noSession, "\(element.eid)", cause: error)
        }
    }

    var now: Timestamp { clock() }
}
