public import ISO7816
public import Records
public import ValueProtocol

/// The host as the client of its elements, on the caller's thread: stores and refunds credit, sets tariffs, reads use and
/// status, whatever messages are lost (protocol §3, §4, §7). Each call is an ``ElementContact``.
///
/// The channel may lead to a reader or a power line; the authority may be a key file or a master-key card. Every
/// contact first resolves transactions in doubt with that element. An order with a reference may be repeated until it
/// is done: it is applied once. An order without one counts as a repetition only of the same order without a reference
/// that this same contact found done, or that is proven not applied and was the newest; otherwise it is a new order.
///
/// Calls block while the element works; use one client from one thread at a time.
public final class ElementClient {
    let records: any RecordStore
    private let authority: any Authority
    private let clock: () -> Timestamp
    /// The element that answered last; nil before the first.
    public private(set) var lastElement: PartyID?

    var now: Timestamp { clock() }

    /// - Parameters:
    ///   - records: the host's.
    ///   - authority: the holder of the keys, or the route to it.
    ///   - clock: the time of day; the system's by default.
    public init(
        records: any RecordStore, authority: any Authority, clock: @escaping () -> Timestamp = SystemClock.now
    ) {
        self.records = records
        self.authority = authority
        self.clock = clock
    }

    /// Carries one contact out.
    ///
    /// - Parameters:
    ///   - task: what it is for.
    ///   - channel: the channel to the element.
    ///   - expected: the element that must answer; nil accepts any.
    /// - Throws: `HostError`, as ``ElementContact/run(over:by:recordingIn:clock:)``.
    public func run(
        _ task: ContactTask, over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> ContactReport {
        let report = try ElementContact(task, expecting: expected).run(
            over: channel, by: authority, recordingIn: records, clock: clock)
        lastElement = report.element.eid
        return report
    }

    /// Stores `amount` in the purse of `service`.
    ///
    /// - Parameters:
    ///   - amount: above zero.
    ///   - service: the purse's.
    ///   - currency: the purse's.
    ///   - channel: the channel to the element.
    ///   - reference: the caller's identifier of the order, unique per order; an order with the same reference that was
    ///     done is not done again. It must not begin with `carry-over `.
    ///   - expected: the element that must answer; nil accepts any.
    /// - Throws: `HostError` `.noSession` and `.notSealed` if nothing was sent, `.inDoubt` if the outcome is unknown or
    ///   could not be recorded, `.stillInDoubt` if that of an earlier transaction could not be, `.otherOrder`, or of the
    ///   records.
    public func storeCredit(
        _ amount: Amount, for service: UtilityService, in currency: Currency, over channel: any CardChannel,
        reference: String? = nil, expecting expected: PartyID? = nil
    ) throws(HostError) -> CreditResult {
        let request = try request(.storeCredit, amount, service, currency, reference)
        return try carryOut(request, over: channel, expected)
    }

    /// Deducts `amount` from the purse of `service`; otherwise as `storeCredit`.
    ///
    /// - Throws: as `storeCredit`.
    public func refund(
        _ amount: Amount, for service: UtilityService, in currency: Currency, over channel: any CardChannel,
        reference: String? = nil, expecting expected: PartyID? = nil
    ) throws(HostError) -> CreditResult {
        let request = try request(.refund, amount, service, currency, reference)
        return try carryOut(request, over: channel, expected)
    }

    /// Sends a transaction again that is proven not applied: with its own HTXN, so that it cannot be done twice.
    ///
    /// - Throws: as `storeCredit`, and `HostError` `.noSuchTransaction`.
    public func retry(
        _ htxn: HostTransaction, of eid: PartyID, over channel: any CardChannel
    ) throws(HostError) -> CreditResult {
        try credit(in: try run(.retry(htxn), over: channel, expecting: eid))
    }

    /// Resolves the transaction in doubt with the element, and records the balance of the purse concerned.
    ///
    /// - Returns: the transactions that were in doubt, with their outcomes.
    /// - Throws: `HostError` `.noSession`, `.stillInDoubt`, or of the records.
    @discardableResult
    public func recover(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> [CreditTransaction] {
        try run(.recover, over: channel, expecting: expected).recovered
    }

    /// Has the element prove the balance of a purse, 0 if it has none, and records it.
    ///
    /// - Throws: as `recover`.
    public func balance(of service: UtilityService, over channel: any CardChannel) throws(HostError) -> ProvenBalance {
        guard case .balance(let balance) = try run(.balance(service), over: channel).result else { unreachable() }
        return balance
    }

    /// Asks an element for the highest transaction that it has applied, and accepts it where the records lack some: they
    /// were lost, or are old. Orders with it can go on. What it still knows of those that are lacking is asked too.
    ///
    /// - Throws: as `recover`.
    public func acceptNumbers(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> AcceptedNumbers {
        let report = try run(.acceptNumbers, over: channel, expecting: expected)
        guard case .numbers(let numbers) = report.result else { unreachable() }
        return numbers
    }

    /// Stores the value carried over from an element that this one replaced (`ElementStore.replace`), each purse once;
    /// nothing if it replaced none. Repeat until every outcome is done.
    ///
    /// - Throws: as `storeCredit`.
    public func completeCarryOver(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> [CreditResult] {
        let eid = try select(over: channel, expecting: expected).eid
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
        try credit(in: try run(.order(request), over: channel, expecting: expected))
    }

    /// Carries an order out on an element that is selected already.
    func carryOut(
        _ request: CreditRequest, over channel: any CardChannel, with element: ElementInfo
    ) throws(HostError) -> CreditResult {
        try credit(
            in: try ElementContact(.order(request), with: element).run(
                over: channel, by: authority, recordingIn: records, clock: clock))
    }

    private func credit(in report: ContactReport) throws(HostError) -> CreditResult {
        guard case .credit(let result) = report.result else { unreachable() }
        return result
    }

    func request(
        _ kind: CreditTransaction.Kind, _ amount: Amount, _ service: UtilityService, _ currency: Currency,
        _ reference: String?
    ) throws(HostError) -> CreditRequest {
        CreditRequest(
            kind: kind, service: service, currency: currency, amount: amount,
            reference: try checkedReference(reference))
    }

    /// A caller's reference. Those of carry-overs are the client's own.
    func checkedReference(_ reference: String?) throws(HostError) -> String? {
        if let reference, reference.hasPrefix(CarryOver.prefix) { throw HostError(.otherOrder, reference) }
        return reference
    }

    /// Selects the element at the end of a channel, and parses its response.
    ///
    /// - Parameters:
    ///   - channel: the channel to the element.
    ///   - expected: the element that must answer; nil accepts any.
    /// - Throws: `HostError` `.noSession`.
    func select(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> ElementInfo {
        do {
            let element = try ElementInfo.select(over: channel)
            if let expected, expected != element.eid {
                throw SessionError(.otherElement, "\(element.eid), not \(expected)")
            }
            lastElement = element.eid
            return element
        } catch {
            throw HostError(.noSession, expected.map { "\($0)" } ?? "the element", cause: error)
        }
    }

    /// A contact ends with the result of its task.
    func unreachable() -> Never { preconditionFailure("the result of another task") }
}
