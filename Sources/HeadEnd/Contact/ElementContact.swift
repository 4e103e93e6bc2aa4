internal import Records
public import ValueProtocol

/// One contact of a host with an element, as an engine: it is told what happened, and says what to do next.
///
/// It selects the element, opens a session, resolves what is in doubt, and carries its task out (protocol §3, §7); it knows
/// no thread, reader, line, clock or store. The intent of an order is recorded before its EXECUTE is sent, and every
/// outcome before the next step. Whatever step is never answered, a contact that begins anew finds out what became of it.
///
///     var contact = ElementContact(.recover)
///     var step = contact.start(at: now)
///     while case let … = step { step = contact.advance(event, at: now) }
public struct ElementContact: Sendable {
    public let task: ContactTask
    /// The element that must answer; nil accepts any.
    public let expected: PartyID?
    /// What is to be done after what is under way.
    var agenda: [Action]
    /// What the next event answers.
    var phase = Phase.ready
    /// Of the last event.
    var now = Timestamp(rawValue: 0)
    /// Whose keys open this session.
    var authority: PartyID?
    var selected: ElementInfo?
    /// Of the next EXECUTE, after a good S2 and while every answer was good; nil without a session.
    var nextSeq: UInt16?
    /// Transactions that had been in doubt, with their outcomes.
    var recovered: [CreditTransaction] = []
    /// What STATUS said of a purse last.
    var lastStatus: AskStatus.Answer?
    /// What ACCOUNT said last; nil if the meter does not tell it.
    var account: MeterAccount?
    /// The highest HTXN that the element has applied in this session.
    var highest = HostTransaction.none
    var reading: UseProgress?
    /// Of a transaction that is sent again.
    var retryPurpose = Purpose.credit
    var collected: [MeterStatusRecord] = []
    /// What the records lack, and what the element knows of it.
    var gap: NumberGap?
    var lacking: [AcceptedNumbers.Order] = []
    var result = ContactResult.recovered

    enum Action {
        case find(HostTransaction)
        case select
        /// What follows once the element is known.
        case plan
        /// Look up what is in doubt; resolve it in a session of its own purpose; open one of `purpose`.
        case resolve(Purpose?)
        case open(Purpose)
        /// Look up again: another process may have begun an order before this session was open.
        case lookUp
        case execute(Exchange)
        case placeOrder(CreditRequest)
        case prepareRetry(HostTransaction)
        case begin(RecordRequest)
        case finishOrder(CreditTransaction)
        case acceptNumbers
        case giveNumbers
        case beginSettingClock(Timestamp?)
        case readSeries
        case readPage
        case keepMeterStatus
    }

    /// An EXECUTE, and what it is for.
    enum Exchange {
        /// STATUS of a transaction in doubt.
        case resolve(CreditTransaction)
        /// STATUS of a purse; where it only completes what is known, a failure is passed over.
        case balance(UtilityService, isNeeded: Bool = true)
        case order(CreditTransaction)
        /// STATUS of a transaction that the records do not have; a failure is passed over.
        case lacking(HostTransaction)
        /// ACCOUNT of a meter, which one of an earlier version does not know; where it only completes what is known, a
        /// failure is passed over.
        case account(UtilityService, isNeeded: Bool)
        /// READ USAGE of an empty period: the answer has the clock.
        case clock
        case setClock(Timestamp, number: Int64)
        case page
        case meterStatus(cursor: UInt16)
    }

    enum Phase {
        case ready
        case selecting
        case opening(KeyName)
        case initializing(KeyName)
        case authenticating
        case sealing(Exchange)
        case executing(Exchange)
        case unsealing(Exchange)
        case recording(Note)
        case over
    }

    /// What a reply of the records is for.
    enum Note {
        case found
        case lookedUp(Purpose?)
        case lookedUpAgain
        case resolved(CreditTransaction)
        case proven(AskStatus.Answer, UtilityService, isNeeded: Bool)
        case accountKept(MeterAccount, isNeeded: Bool)
        case retried
        case begun
        case settled(CreditTransaction)
        case numbersAccepted
        case notSealed(SessionError)
        case clockRead(Timestamp)
        case settingBegun(Timestamp)
        case settingEnded(Timestamp, before: Timestamp)
        case seriesStart
        case seriesKept(then: HostError?)
        case readingEnd
        case meterStatus
    }

    /// - Parameters:
    ///   - task: what it is for.
    ///   - expected: the element that must answer; nil accepts any, but a retry names its own.
    public init(_ task: ContactTask, expecting expected: PartyID? = nil) {
        self.task = task
        self.expected = expected
        agenda =
            switch task {
            // Its purpose is that of the session.
            case .retry(let htxn): [.find(htxn), .select, .plan]
            default: [.select, .plan]
            }
    }

    /// - Parameters:
    ///   - task: what it is for.
    ///   - element: selected already, by this contact's driver.
    public init(_ task: ContactTask, with element: ElementInfo) {
        self.init(task, expecting: element.eid)
        selected = element
        agenda.removeAll { if case .select = $0 { true } else { false } }
    }

    /// The first step.
    ///
    /// - Parameter now: the host's time.
    public mutating func start(at now: Timestamp) -> ContactStep {
        self.now = now
        return next()
    }

    /// The step that follows what happened.
    ///
    /// - Parameters:
    ///   - event: the answer to the step before.
    ///   - now: the host's time.
    /// - Precondition: the event is one that answers the step before.
    public mutating func advance(_ event: ContactEvent, at now: Timestamp) -> ContactStep {
        self.now = now
        let awaited = phase
        phase = .ready
        switch awaited {
        case .selecting: return whenSelected(event)
        case .opening(let key): return whenOpened(event, key)
        case .initializing(let key): return whenInitialized(event, key)
        case .authenticating: return whenAuthenticated(event)
        case .sealing(let exchange): return whenSealed(event, exchange)
        case .executing(let exchange): return whenExecuted(event, exchange)
        case .unsealing(let exchange): return whenUnsealed(event, exchange)
        case .recording(let note): return whenRecorded(event, note)
        case .ready, .over: preconditionFailure("a contact's step is answered once")
        }
    }

    /// Begins what is on the agenda, or ends the contact.
    mutating func next() -> ContactStep {
        guard !agenda.isEmpty else { return finish(result) }
        switch agenda.removeFirst() {
        case .find(let htxn): return record(.transaction(htxn, expected ?? .none), .found)
        case .select: return select()
        case .plan: return plan()
        case .resolve(let purpose): return record(.transactionInDoubt(eid), .lookedUp(purpose))
        case .open(let purpose): return open(purpose)
        case .lookUp: return record(.transactionInDoubt(eid), .lookedUpAgain)
        case .execute(let exchange): return seal(exchange)
        case .placeOrder(let order): return place(order)
        case .prepareRetry(let htxn): return record(.transaction(htxn, eid), .retried)
        case .begin(let request): return record(withHighest(request), .begun)
        case .finishOrder(let done): return finishCredit(.done(done))
        case .acceptNumbers: return record(.acceptNumbers(upTo: lastStatus?.highest ?? .none, eid), .numbersAccepted)
        case .giveNumbers: return finish(.numbers(numbers()))
        case .beginSettingClock(let target):
            let target = target ?? now
            return record(.beginSettingClock(to: target, eid), .settingBegun(target))
        case .readSeries: return readSeries()
        case .readPage: return readPage()
        case .keepMeterStatus: return record(.meterStatus(collected, from: eid), .meterStatus)
        }
    }

    var eid: PartyID { selected?.eid ?? .none }

    /// The element, and the outcomes found at this contact: an error must not hide them.
    var subject: String { (["\(eid)"] + recovered.map { "\($0)" }).joined(separator: "; ") }

    mutating func record(_ request: RecordRequest, _ note: Note) -> ContactStep {
        phase = .recording(note)
        return .record(request)
    }

    mutating func finish(_ result: ContactResult) -> ContactStep {
        phase = .over
        guard let selected else { preconditionFailure("a contact ends well after SELECT") }
        return .done(.success(ContactReport(element: selected, recovered: recovered, result: result)))
    }

    /// Ends the contact; what was read so far is kept first.
    mutating func fail(_ error: HostError) -> ContactStep {
        if reading?.isInSeries == true { return keepSeries(then: error) }
        phase = .over
        return .done(.failure(error))
    }
}
